"""What takes two people: a stop that cannot be met, a death told in error; and the lawful end of a death's case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import rights_of
from lindung.incidents import operations
from lindung.incidents.lifecycles import TodoState
from lindung.incidents.models import AgencyDuty, Incident, Ruling, Todo
from lindung.incidents.operations import SecondPersonDecides
from lindung.incidents.operations.ruling import ERROR_TASK
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.monitoring.models import Employment
from lindung.outreach.models import SafeContact
from lindung.placement.models import Placement
from lindung.protection.models import Case
from lindung.registry.models import Task, Worker, WorkerState
from lindung.reintegration.models import Owed
from tests import cast
from tests.cast import ATTACHE, MINISTRY, NOW, OFFICER, OTHER_ATTACHE, ROBOT, SEOUL
from tests.incidents.test_incidents import certain, siti, tell, told  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SECOND = cast._actor(ATTACHE.kind, "attache", "Wati", office="KBRI Seoul", posts=(SEOUL,))
STAFF = cast._actor(ATTACHE.kind, "post_staff", "Joko", office="KBRI Seoul", posts=(SEOUL,))


def rows(model: Any, **which: Any) -> list[Any]:
    with acting_as(ROBOT):
        return list(model.objects.filter(**which))


def asked(made: Incident, what: str = "take_back", step: str = "", **given: Any) -> Ruling:
    values = {"reason": "Jenazah orang lain; ia menelepon sendiri.", "at": NOW + DAY} | given
    return operations.ask_ruling(ATTACHE, made.id, what=what, step=step, **values)


class TestTakeBack:
    def test_puts_the_file_as_it_was_and_tells_the_family(self, siti: Worker) -> None:  # noqa: F811
        with acting_as(ROBOT):
            state = WorkerState.objects.filter(worker=siti).values().get()
            placement = Placement.objects.values("state", "ended_on").get()
            working = Employment.objects.filter(ended_on__isnull=True).count()
        made = told(siti)
        certain(made)
        tell(made)
        operations.give_ruling(SECOND, asked(made).id, agree=True, at=NOW + DAY)
        with acting_as(ROBOT):
            again = WorkerState.objects.filter(worker=siti).values().get()
            assert again == state
            assert Placement.objects.values("state", "ended_on").get() == placement
            assert Employment.objects.filter(ended_on__isnull=True).count() == working
            rules = SafeContact.objects.get(worker=siti)
            assert (rules.stopped, rules.do_not_call) == ([], False)
            assert {each.state for each in Owed.objects.all()} <= {"not_due"}
            assert all(each.answered_at for each in AgencyDuty.objects.all())
            assert Incident.objects.get(id=made.id).state == "dismissed"
        assert [each.kind for each in rows(Task, kind=ERROR_TASK, state="open")] == [ERROR_TASK]
        assert rows(JournalEntry, type="incidents.DeathTakenBack")
        # The case ends with the person's own word.
        assert rows(Case, id=made.case_id)[0].closed_at is None

    def test_nothing_changes_before_the_second_word(self, siti: Worker) -> None:  # noqa: F811
        made = certain(told(siti))
        asked(made)
        assert rows(WorkerState, worker=siti)[0].stage == "after"

    def test_who_asked_does_not_decide(self, siti: Worker) -> None:  # noqa: F811
        ruling = asked(certain(told(siti)))
        with pytest.raises(SecondPersonDecides):
            operations.give_ruling(ATTACHE, ruling.id, agree=True, at=NOW + DAY)

    def test_a_no_has_a_reason_and_leaves_all_as_it_is(self, siti: Worker) -> None:  # noqa: F811
        ruling = asked(certain(told(siti)))
        with pytest.raises(Incomplete):
            operations.give_ruling(SECOND, ruling.id, agree=False, at=NOW + DAY)
        operations.give_ruling(SECOND, ruling.id, agree=False, remark="DNA cocok.", at=NOW + DAY)
        assert rows(WorkerState, worker=siti)[0].stage == "after"
        with pytest.raises(StepClosed):
            operations.give_ruling(SECOND, ruling.id, agree=True, at=NOW + DAY)

    def test_is_asked_once_and_with_a_reason(self, siti: Worker) -> None:  # noqa: F811
        made = certain(told(siti))
        assert asked(made).id == asked(made).id
        with pytest.raises(Incomplete):
            asked(made, reason=" ")

    def test_is_for_a_death_that_was_made_certain(self, siti: Worker) -> None:  # noqa: F811
        with pytest.raises(StepClosed):
            asked(told(siti))
        with pytest.raises(StepClosed):
            asked(certain(told(siti, kind="health")))

    def test_is_closed_to_others(self, siti: Worker) -> None:  # noqa: F811
        made = certain(told(siti))
        for stranger in (STAFF, OFFICER):
            with pytest.raises(NotAllowed):
                operations.ask_ruling(stranger, made.id, what="take_back", reason="x", at=NOW)
        with pytest.raises(NotFound):
            operations.ask_ruling(OTHER_ATTACHE, made.id, what="take_back", reason="x", at=NOW)
        with pytest.raises(NotFound):
            operations.give_ruling(OTHER_ATTACHE, asked(made).id, agree=True, at=NOW)
        assert "incidents:incident:decide" not in rights_of("post_staff")


class TestAStopThatCannotBeMet:
    def test_is_left_out_by_two_people_with_a_reason(self, siti: Worker) -> None:  # noqa: F811
        made = certain(told(siti))
        ruling = asked(made, "leave_stop", "family_told", reason="Tidak ada keluarga yang hidup.")
        operations.give_ruling(MINISTRY, ruling.id, agree=True, at=NOW + DAY)
        todo = rows(Todo, incident=made, step="family_told")[0]
        assert todo.state == TodoState.NOT_NEEDED
        assert "Rina" in todo.evidence
        assert "Dewi" in todo.evidence

    def test_is_a_stop_and_open(self, siti: Worker) -> None:  # noqa: F811
        made = certain(told(siti))
        with pytest.raises(StepClosed):
            asked(made, "leave_stop", "work_history")
        tell(made)
        with pytest.raises(StepClosed):
            asked(made, "leave_stop", "family_told")


class TestTheCaseOfADeath:
    def test_ends_with_the_incident_when_everything_is_over(self, siti: Worker) -> None:  # noqa: F811
        made = certain(told(siti))
        with acting_as(ROBOT):
            Todo.objects.filter(incident=made, state=TodoState.OPEN).update(
                state=TodoState.NOT_NEEDED, done_at=NOW, done_by="x", evidence="x"
            )
        operations.close_incident(ATTACHE, made.id, outcome="Semua hak dibayar.", at=NOW + DAY)
        case = rows(Case, id=made.case_id)[0]
        assert (case.state, case.outcome) == ("died", "Semua hak dibayar.")
        assert case.closed_at == NOW + DAY
        assert rows(JournalEntry, type="protection.CaseClosedAfterDeath")

    def test_a_repatriation_has_a_kind_of_its_own(self, siti: Worker) -> None:  # noqa: F811
        made = told(siti, kind="repatriation", reason="own_wish")
        assert rows(Case, id=made.case_id)[0].kind == "repatriation"
