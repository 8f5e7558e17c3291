"""What happened to somebody abroad: made certain, told in person, followed to its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT, acting_family
from lindung.incidents import operations, plans, queries
from lindung.incidents.clocks import due_of
from lindung.incidents.models import (
    AgencyDuty,
    HealthFinding,
    Incident,
    IncidentKind,
    Todo,
)
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.monitoring import operations as monitoring
from lindung.outreach.models import Message, SafeContact
from lindung.placement import queries as placements
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Placement
from lindung.registry.models import Stage, Worker, WorkerState
from lindung.reintegration.models import Owed, Return
from tests import cast
from tests.cast import (
    ATTACHE,
    MINISTRY,
    NOW,
    OFFICER,
    OTHER_ATTACHE,
    OTHER_OFFICER,
    OTHER_RECRUITER,
    RECRUITER,
)
from tests.conftest import Scene

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def siti(scene: Scene) -> Worker:
    """Arrived in Korea, placed by a recruiter."""
    with scene():
        cast.posts()
    worker = cast.worker()
    cast.arrived(worker)
    with scene():
        for model in (Worker, WorkerState):
            model._default_manager.all().update(agency_id=RECRUITER.agency)
        Placement.objects.update(agency_id=RECRUITER.agency)
        return Worker.objects.get(id=worker.id)


def told(siti: Worker, kind: str = "death", **given: Any) -> Incident:
    values = {"kind": kind, "source": "employer", "known_at": NOW} | given
    return operations.report_incident(ATTACHE, siti.id, **values)  # type: ignore[arg-type]


def certain(made: Incident, at: datetime = NOW, actor: Any = ATTACHE) -> Incident:
    return operations.verify_incident(
        actor, made.id, factors=["passport", "hospital"], note="Surat RS 12", at=at
    )


def tell(made: Incident, at: datetime = NOW + HOUR, **given: Any) -> Any:
    values: dict[str, Any] = {
        "name": "Ibu Aminah", "relation": "ibu", "language": "jv", "in_person": True,
        "liaison": "Sri", "trained": True, "at": at,
    } | given  # fmt: skip
    return operations.tell_family(OFFICER, made.id, **values)


def do(
    made: Incident, step: str, *, at: datetime = NOW + HOUR, actor: Any = ATTACHE, **more: Any
) -> Todo:
    return operations.do_step(actor, made.id, step=step, evidence="Surat 7", at=at, **more)


def todo(made: Incident, step: str) -> Todo:
    with acting_as(ROBOT):
        return Todo.objects.get(incident=made, step=step)


class TestWorkflows:
    def test_read_and_name_a_step_once(self) -> None:
        assert set(plans.plans()) == set(IncidentKind.values)

    def test_start_every_track_and_can_be_finished(self) -> None:
        for plan in plans.plans().values():
            steps = list(plan.steps())
            assert any(each.by == "verify" for each in steps)
            assert all(set(each.title) >= {"id", "en"} for each in steps)
            assert all(
                each.only in {key for other in steps if other.track == each.track for key in other.choices}
                for each in steps
                if each.only
            )  # fmt: skip

    def test_know_an_unknown_rule_for_one(self) -> None:
        step = plans.plan_of("death").step("papers")
        due = due_of(step, known_at=NOW, post_id=None, country="KR")
        assert (due.basis, due.needs_check) == ("kr.remains.export_papers", True)


class TestReporting:
    def test_is_one_incident_however_often_it_is_told(self, siti: Worker) -> None:
        first = told(siti)
        assert told(siti, known_at=NOW + HOUR).id == first.id
        assert first.number.startswith("KSS-")
        with acting_as(ATTACHE):
            assert Todo.objects.filter(incident=first).count() == len(
                list(plans.plan_of("death").steps())
            )

    def test_changes_nothing_for_the_person_yet(self, siti: Worker) -> None:
        told(siti)
        with acting_as(ROBOT):
            assert WorkerState.objects.get(worker=siti).stage == Stage.DURING
            assert not AgencyDuty.objects.exists()

    def test_writes_nothing_to_that_telephone(self, siti: Worker) -> None:
        with acting_as(ROBOT):
            before = Message.objects.filter(worker=siti).count()
        told(siti)
        with acting_as(ROBOT):
            assert Message.objects.filter(worker=siti).count() == before

    def test_from_the_destination_begins_the_same_work(self, siti: Worker) -> None:
        monitoring.record_employment_change(ROBOT, siti.id, change="deceased", on=NOW.date())
        with acting_as(ATTACHE):
            found = Incident.objects.get()
        assert (found.kind, found.source, found.state) == ("death", "destination", "reported")

    def test_by_a_recruiter_is_taken_and_not_shown_to_it(self, siti: Worker) -> None:
        made = operations.report_incident(
            RECRUITER, siti.id, kind="death", source="agency", known_at=NOW
        )
        with acting_as(RECRUITER), pytest.raises(NotFound):
            queries_refused(made)

    def test_is_closed_to_others(self, siti: Worker) -> None:
        for stranger in (OTHER_ATTACHE, OTHER_OFFICER, OTHER_RECRUITER):
            with pytest.raises(NotFound):
                operations.report_incident(
                    stranger, siti.id, kind="death", source="officer", known_at=NOW
                )
        with pytest.raises(NotAllowed):
            operations.report_incident(
                cast.self_of(siti.id), siti.id, kind="death", source="worker", known_at=NOW
            )

    def test_of_what_was_not_so_ends_with_a_reason(self, siti: Worker) -> None:
        made = told(siti)
        with pytest.raises(Incomplete):
            operations.dismiss_incident(ATTACHE, made.id, reason=" ", at=NOW)
        operations.dismiss_incident(ATTACHE, made.id, reason="Ia menelepon sendiri", at=NOW)
        assert told(siti).id != made.id


def queries_refused(made: Incident) -> Incident:
    """A recruiter has no table to look into."""
    from django.db import ProgrammingError, transaction

    try:
        with transaction.atomic():
            return queries.incident(made.id)
    except ProgrammingError:
        raise NotFound from None


class TestVerifying:
    @pytest.mark.parametrize(
        "factors",
        [[], ["passport"], ["passport", "passport"], ["name", "passport"], ["self", "dna"]],
    )
    def test_takes_two_different_things_and_no_name(self, siti: Worker, factors: list[str]) -> None:
        with pytest.raises(Incomplete):
            operations.verify_incident(ATTACHE, told(siti).id, factors=factors, note="x", at=NOW)

    def test_of_a_death_ends_what_ended(self, siti: Worker) -> None:
        certain(told(siti))
        with acting_as(ROBOT):
            state = WorkerState.objects.get(worker=siti)
            placement = placements.placements_of(siti.id)[0]
            rules = SafeContact.objects.get(worker=siti)
            owed = {each.kind for each in Owed.objects.filter(worker=siti)}
        assert (state.stage, state.check_in_due_on, state.cell) == (Stage.AFTER, None, None)
        assert placement.state == PlacementState.ENDED
        assert rules.do_not_call
        assert {"sms", "whatsapp"} <= set(rules.stopped)
        assert owed
        with acting_as(ROBOT):
            assert not Return.objects.exists()

    def test_asks_the_recruiter_for_what_the_law_asks(self, siti: Worker) -> None:
        certain(told(siti))
        with acting_as(RECRUITER):
            duties = {each.kind: each for each in queries.agency_duties(RECRUITER)}
        assert set(duties) == set(AgencyDuty.Kind.values)
        assert duties["tell_family"].due_at == NOW + 72 * HOUR
        operations.answer_duty(
            RECRUITER, duties["belongings"].id, answer="Koper dikirim 4/3", at=NOW
        )
        with pytest.raises(NotFound):
            operations.answer_duty(OTHER_RECRUITER, duties["rights"].id, answer="x", at=NOW)

    def test_of_somebody_who_went_alone_asks_no_recruiter(self, siti: Worker, scene: Scene) -> None:
        with scene():
            Worker.objects.update(agency_id=None)
        certain(told(siti))
        with acting_as(ROBOT):
            assert not AgencyDuty.objects.exists()


class TestTheFamily:
    def test_is_told_by_law_within_72_hours_and_by_practice_in_24(self, siti: Worker) -> None:
        made = told(siti)
        step = todo(made, "family_told")
        assert (step.basis, step.needs_check) == ("id.report.death_hours", False)
        assert step.due_at == NOW + 24 * HOUR
        assert step.law_due_at == NOW + 72 * HOUR

    @pytest.mark.parametrize(("hours", "late"), [(71, False), (72, True)])
    def test_told_late_is_said_to_be_late(self, siti: Worker, hours: int, late: bool) -> None:
        made = certain(told(siti))
        tell(made, at=NOW + hours * HOUR)
        with acting_as(ROBOT):
            entry = JournalEntry.objects.get(type="incidents.FamilyTold")
        assert (entry.payload["late"], entry.basis) == (late, "id.report.death_hours")

    def test_is_not_told_before_it_is_certain(self, siti: Worker) -> None:
        with pytest.raises(operations.StopsFirst) as caught:
            tell(told(siti))
        assert [each["id"] for each in caught.value.facts["requirements"]] == ["verified"]

    def test_is_told_by_somebody_trained_face_to_face_or_with_a_reason(self, siti: Worker) -> None:
        made = certain(told(siti))
        for given, field in (
            ({"trained": False}, "trained"),
            ({"in_person": False}, "why_not"),
            ({"language": ""}, "language"),
        ):
            with pytest.raises(Incomplete) as caught:
                tell(made, **given)
            assert field in caught.value.facts["fields"]
        tell(made, in_person=False, why_not="Pulau tanpa kapal minggu ini")

    def test_reads_nothing_before_somebody_told_them(self, siti: Worker) -> None:
        relative = acting_family(new_id(), "Ibu", worker=siti.id)
        made = certain(told(siti))
        assert queries.for_family(relative) == []
        tell(made)
        (seen,) = queries.for_family(relative)
        assert "Keluarga diberi tahu langsung oleh orang" in [title for title, _ in seen.done]
        assert not seen.cause_copied
        assert queries.for_family(acting_family(new_id(), "Lain", worker=new_id())) == []

    def test_of_a_prisoner_is_told_only_with_consent(self, siti: Worker) -> None:
        made = certain(told(siti, "detention"))
        relative = acting_family(new_id(), "Ibu", worker=siti.id)
        with pytest.raises(StepClosed):
            tell(made)
        decide(made, "visited")
        do(made, "visited")
        do(made, "consent", choice="keep")
        with pytest.raises(StepClosed):
            tell(made)
        assert queries.for_family(relative) == []


def decide(made: Incident, step: str) -> None:
    if todo(made, step).needs_check:
        operations.decide_law(
            ATTACHE, made.id, step=step, reason="Dibaca di kantor setempat", at=NOW
        )


class TestTheRemains:
    def ready(self, siti: Worker) -> Incident:
        made = certain(told(siti))
        tell(made)
        return made

    def test_are_not_sent_before_the_family_was_told_and_chose(self, siti: Worker) -> None:
        made = certain(told(siti))
        with pytest.raises(operations.StopsFirst) as caught:
            do(made, "sent")
        waiting = {each["id"] for each in caught.value.facts["requirements"]}
        assert waiting == {"family_told", "choice", "papers", "permits", "payer"}

    def test_wait_for_a_decision_where_the_law_is_unknown(self, siti: Worker) -> None:
        made = self.ready(siti)
        do(made, "choice", choice="return")
        with pytest.raises(operations.LawUnsure):
            do(made, "papers")
        with pytest.raises(NotAllowed):
            operations.decide_law(OFFICER, made.id, step="papers", reason="x", at=NOW)
        with pytest.raises(Incomplete):
            operations.decide_law(ATTACHE, made.id, step="papers", reason=" ", at=NOW)
        decide(made, "papers")
        assert do(made, "papers").decision

    def test_buried_there_need_no_coffin_home(self, siti: Worker) -> None:
        made = self.ready(siti)
        do(made, "choice", choice="burial")
        for step in ("papers", "permits", "sent", "ambulance", "received"):
            assert todo(made, step).state == "not_needed"
        assert todo(made, "buried_there").state == "open"

    def test_cost_the_family_nothing(self, siti: Worker) -> None:
        made = self.ready(siti)
        given: dict[str, Any] = {
            "what": "Kargo",
            "amount": Decimal(900),
            "currency": "USD",
            "on": NOW.date(),
        }
        for payer in ("family", "self"):
            with pytest.raises(operations.FamilyNeverPays):
                operations.record_expense(ATTACHE, made.id, payer=payer, **given)
        operations.record_expense(ATTACHE, made.id, payer="agency", **given)

    def test_stops_are_never_left_out(self, siti: Worker) -> None:
        made = certain(told(siti))
        for step in ("family_told", "sent", "family_check", "verified"):
            with pytest.raises(StepClosed):
                operations.leave_out(MINISTRY, made.id, step=step, reason="x", at=NOW)
        with pytest.raises(NotAllowed):
            operations.leave_out(OFFICER, made.id, step="work_history", reason="x", at=NOW)
        operations.leave_out(ATTACHE, made.id, step="work_history", reason="Pabrik tutup", at=NOW)


class TestTheCause:
    def record(self, made: Incident, **given: Any) -> HealthFinding:
        values: dict[str, Any] = {
            "words": "Serangan jantung", "certainty": "autopsy", "stated_by": "RS Ansan",
            "code": "BA41", "at": NOW + DAY,
        } | given  # fmt: skip
        return operations.record_finding(ATTACHE, made.id, **values)

    @pytest.mark.parametrize("code", ["", "heart", "I21.9", "B"])
    def test_has_a_code_of_the_eleventh_revision(self, siti: Worker, code: str) -> None:
        made = certain(told(siti))
        do(made, "examination_asked")
        with pytest.raises(Incomplete) as caught:
            self.record(made, code=code)
        assert set(caught.value.facts["fields"]) == {"code"}

    def test_is_read_by_the_post_alone_and_stands_in_no_journal(self, siti: Worker) -> None:
        made = certain(told(siti))
        do(made, "examination_asked")
        self.record(made)
        with acting_as(OTHER_ATTACHE):
            assert not HealthFinding.objects.exists()
        with acting_as(ROBOT):
            assert not JournalEntry.objects.filter(payload__icontains="jantung").exists()
            assert not JournalEntry.objects.filter(payload__icontains="BA41").exists()
        with pytest.raises(NotFound), acting_as(OFFICER):
            # A home office hands a copy on without reading it.
            office_reads()
        tell(made)
        operations.copy_finding(OFFICER, made.id, to="Ibu Aminah", at=NOW + 2 * DAY)
        relative = acting_family(new_id(), "Ibu", worker=siti.id)
        assert queries.for_family(relative)[0].cause_copied

    def test_unknown_is_kept_and_stays_open(self, siti: Worker) -> None:
        made = certain(told(siti))
        do(made, "examination_asked")
        self.record(made, code="", certainty="unknown")
        assert todo(made, "cause_recorded").state == "open"


def office_reads() -> None:
    from django.db import ProgrammingError, transaction

    try:
        with transaction.atomic():
            HealthFinding.objects.count()
    except ProgrammingError:
        raise NotFound from None


class TestTheEnd:
    def test_waits_for_every_track_and_six_months(self, siti: Worker) -> None:
        made = certain(told(siti))
        with pytest.raises(operations.StopsFirst):
            operations.close_incident(ATTACHE, made.id, outcome="Selesai", at=NOW)
        tell(made)
        do(made, "choice", choice="burial")
        do(made, "examination_asked")
        operations.record_finding(
            ATTACHE, made.id, words="x", certainty="autopsy", stated_by="RS", code="BA41", at=NOW
        )
        operations.copy_finding(OFFICER, made.id, to="Ibu", at=NOW)
        with acting_as(ROBOT):
            left = list(plans.plan_of("death").steps())
        for step in left:
            if step.by or step.last or todo(made, step.id).state != "open":
                continue
            decide(made, step.id)
            do(made, step.id)
        with pytest.raises(operations.TooEarly):
            do(made, "family_check", at=NOW + 150 * DAY, actor=OFFICER)
        do(made, "family_check", at=NOW + 190 * DAY, actor=OFFICER)
        over = operations.close_incident(
            ATTACHE, made.id, outcome="Semua hak dibayar", at=NOW + 190 * DAY
        )
        assert over.state == "closed"
        with pytest.raises(StepClosed):
            do(made, "rites")


class TestDetention:
    def test_that_may_end_in_death_opens_its_own_track(self, siti: Worker) -> None:
        made = told(siti, "detention")
        with acting_as(ROBOT):
            assert not Todo.objects.filter(incident=made, track="death_penalty").exists()
        operations.fear_death_penalty(ATTACHE, made.id, at=NOW + DAY)
        assert todo(made, "ministry_told").due_at == NOW + DAY + 4 * HOUR
        with acting_as(ROBOT):
            assert Incident.objects.get(id=made.id).case.kind == "death_penalty"
        with pytest.raises(StepClosed):
            operations.fear_death_penalty(ATTACHE, made.id, at=NOW + DAY)

    def test_court_dates_name_lawyer_and_interpreter(self, siti: Worker) -> None:
        made = told(siti, "detention")
        with pytest.raises(Incomplete) as caught:
            operations.record_happening(
                ATTACHE, made.id, kind="court", at=NOW + 9 * DAY, words="PN Suwon"
            )
        assert set(caught.value.facts["fields"]) == {"lawyer", "interpreter"}


class TestMissing:
    def test_ends_only_after_everybody_was_asked(self, siti: Worker) -> None:
        made = told(siti, "missing")
        with pytest.raises(operations.StopsFirst):
            do(made, "ended", choice="not_found")
        for step in (
            "last_facts",
            "employer_asked",
            "contacts_asked",
            "hospitals_asked",
            "police_told",
        ):
            do(made, step)
        do(made, "ended", choice="found")
        assert todo(made, "looked_again").state == "not_needed"


class TestRepatriation:
    def on_the_way(self, siti: Worker) -> Incident:
        made = certain(told(siti, "repatriation", reason="illness"))
        do(made, "wish")
        operations.record_finding(
            ATTACHE, made.id, words="Patah kaki", certainty="certificate", stated_by="RS",
            code="NC92", fit_to_travel=True, at=NOW,
        )  # fmt: skip
        do(made, "escort", choice="nurse")
        for step in ("dues", "travel_paper", "exit", "payer", "ticket", "home_told"):
            decide(made, step)
            do(made, step)
        return made

    def test_needs_a_reason(self, siti: Worker) -> None:
        with pytest.raises(Incomplete):
            told(siti, "repatriation")

    def test_does_not_set_out_unfit(self, siti: Worker) -> None:
        made = certain(told(siti, "repatriation", reason="illness"))
        operations.record_finding(
            ATTACHE, made.id, words="Baru operasi", certainty="certificate", stated_by="RS",
            code="NC92", fit_to_travel=False, at=NOW,
        )  # fmt: skip
        assert todo(made, "fit").state == "open"
        with pytest.raises(operations.StopsFirst):
            do(made, "travelled")

    def test_ends_in_the_hands_of_the_office_at_home(self, siti: Worker) -> None:
        made = self.on_the_way(siti)
        given = {"place": "Juanda", "received_by": "Sri", "next_place": "Rumah, dengan ibu"}
        with pytest.raises(operations.StopsFirst):
            operations.receive_home(OFFICER, made.id, at=NOW + DAY, **given)
        do(made, "travelled", at=NOW + DAY)
        with pytest.raises(NotFound):
            operations.receive_home(OTHER_OFFICER, made.id, at=NOW + 2 * DAY, **given)
        with pytest.raises(NotAllowed):
            operations.receive_home(ATTACHE, made.id, at=NOW + 2 * DAY, **given)
        receipt = operations.receive_home(OFFICER, made.id, at=NOW + 2 * DAY, **given)
        assert receipt.reference == f"{made.number}/T"
        with acting_as(ROBOT):
            home = Return.objects.get(worker=siti)
            assert (home.reason, home.on) == ("illness", (NOW + 2 * DAY).date())
            assert WorkerState.objects.get(worker=siti).stage == Stage.AFTER


class TestDeathsByEmployer:
    def test_counts_what_is_certain(self, siti: Worker) -> None:
        made = told(siti)
        with acting_as(ROBOT):
            assert queries.deaths_by_employer(since=NOW.date(), until=NOW.date()) == []
        certain(made)
        with acting_as(ROBOT):
            (found,) = queries.deaths_by_employer(since=NOW.date(), until=NOW.date())
        assert (found.country, found.count, found.unexplained) == ("KR", 1, 1)
