"""Another employer, an extension, a leave, family abroad, and what ends soon."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.roles import ROBOT
from lindung.kernel.identifiers import Kind
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.monitoring import operations, queries
from lindung.monitoring.endings import ending
from lindung.monitoring.models import Companion, Extension, Leave, Relation
from lindung.monitoring.operations.renewing import RulesBroken
from lindung.placement import queries as placements
from lindung.placement import twin
from lindung.placement.models import Contract, Finding, Placement
from lindung.placement.operations import NothingInForce
from lindung.registry import operations as registering
from lindung.registry import queries as registry
from lindung.registry.models import PostChange, Source, Task, Worker
from tests import cast
from tests.conftest import Scene

pytestmark = pytest.mark.usefixtures("posts", "places")
FAR = date(2030, 1, 1)


@pytest.fixture
def who() -> Worker:
    made = cast.worker()
    cast.arrived(made)
    with acting_as(ROBOT):
        return registry.worker(made.id)


def placement_of(who: Worker) -> Placement:
    with acting_as(ROBOT):
        found = placements.live_placement(who.id)
    assert found is not None
    return found


def contract_of(who: Worker) -> Contract:
    with acting_as(ROBOT):
        found = placements.contract_in_force(placement_of(who).id)
    assert found is not None
    return found


def tasks(who: Worker) -> set[str]:
    with acting_as(ROBOT):
        return set(Task.objects.filter(worker=who, state="open").values_list("kind", flat=True))


def change(who: Worker, actor: Actor = cast.ATTACHE, **given: str) -> None:
    operations.change_employer(
        actor,
        who.id,
        **({"employer": "Daehan", "region": "KR-41"} | given),
        source=Source.WORKER,
        at=cast.NOW,
        on=cast.TODAY + timedelta(days=40),
    )


class TestChangeEmployer:
    def test_ends_what_went_on_and_keeps_who_said_it(self, who: Worker) -> None:
        change(who)
        with acting_as(cast.ATTACHE):
            now = queries.current_employment(who.id)
            facts = registry.current_facts(who.id)["employer"]
        assert now is not None
        assert (now.employer_name, now.source) == ("Daehan", "worker")
        assert [each.value["shown"] for each in facts] == ["Daehan"]

    def test_lays_it_beside_the_cleared_contract(self, who: Worker) -> None:
        change(who)
        with acting_as(cast.ATTACHE):
            (found,) = Finding.objects.filter(worker=who)
        assert (found.field, found.told_by) == (twin.EMPLOYER, "worker")

    def test_finds_nothing_where_the_contract_says_the_same(self, who: Worker) -> None:
        change(who, employer="Hanbit")
        with acting_as(cast.ATTACHE):
            assert not Finding.objects.filter(worker=who).exists()

    def test_may_bring_another_post_and_the_move_is_kept(self, who: Worker, scene: Scene) -> None:
        from lindung.access.models import Jurisdiction

        with scene():
            Jurisdiction.objects.create(
                post_id=cast.TAIPEI, country="KR", region="KR-26", valid_from=date(2020, 1, 1)
            )
        change(who, region="KR-26")
        with acting_as(cast.ATTACHE), pytest.raises(NotFound):
            registry.worker(who.id)
        with acting_as(ROBOT):
            (moved,) = PostChange.objects.filter(worker=who, was=cast.SEOUL)
        assert moved.now == cast.TAIPEI

    def test_is_for_the_post_in_charge(self, who: Worker) -> None:
        with pytest.raises(NotFound):
            change(who, cast.OTHER_ATTACHE)
        for actor in (cast.RECRUITER, cast.OFFICER, cast.self_of(who.id)):
            with pytest.raises(NotAllowed):
                change(who, actor)

    def test_refuses_no_employer(self, who: Worker) -> None:
        with pytest.raises(Incomplete):
            change(who, employer=" ")


class TestRecordResigning:
    def resign(self, who: Worker, **told: object) -> list[Finding]:
        return operations.record_resigning(
            cast.ATTACHE,
            placement_of(who).id,
            told=told,
            source=Source.WORKER,
            signed_on=cast.TODAY,
            at=cast.NOW,
            on=cast.TODAY,
        )

    def test_names_every_field_that_differs_and_leaves_the_cleared_one_in_force(
        self, who: Worker
    ) -> None:
        before = contract_of(who).id
        found = self.resign(who, **{twin.EMPLOYER: "Hanbit", twin.JOB: "Pembantu rumah"})
        assert [each.field for each in found] == [twin.JOB]
        assert contract_of(who).id == before
        assert "contract:resigned" in tasks(who)

    def test_makes_the_whole_paper_a_version_that_waits(self, who: Worker) -> None:
        terms = contract_of(who).fields | {"job": {"place": "Busan", "description": "Perakitan"}}
        operations.record_resigning(
            cast.ATTACHE,
            placement_of(who).id,
            told={},
            terms=terms,
            source=Source.WORKER,
            signed_on=cast.TODAY,
            at=cast.NOW,
            on=cast.TODAY,
        )
        with acting_as(cast.ATTACHE):
            (waiting,) = Contract.objects.filter(worker=who, state="offered")
        assert waiting.changes[0]["path"] == "job.place"

    def test_refuses_nothing_told_and_nothing_in_force(self, who: Worker) -> None:
        with pytest.raises(Incomplete):
            self.resign(who)
        other = cast.worker()
        made = cast.placement(other)
        with pytest.raises((NothingInForce, NotFound)):
            operations.record_resigning(
                cast.ATTACHE,
                made.id,
                told={twin.JOB: "x"},
                source=Source.WORKER,
                signed_on=cast.TODAY,
                at=cast.NOW,
                on=cast.TODAY,
            )


class TestAnExtension:
    def ask(self, who: Worker, actor: Actor = cast.ATTACHE, **given: object) -> Extension:
        values = {"until": FAR, "source": Source.EMPLOYER, "on": cast.TODAY}
        return operations.ask_extension(actor, placement_of(who).id, **(values | given))

    def test_is_tested_by_the_rules_and_waits_for_the_officer(self, who: Worker) -> None:
        asked = self.ask(who)
        assert asked.state == "asked"
        assert asked.outcome in {"meets", "needs_check"}
        assert asked.check_result["law"]
        assert asked.ended_on == date(2029, 3, 1)
        assert "extension:decide" in tasks(who)
        assert self.ask(who).id == asked.id

    def test_granted_says_when_work_ends_and_changes_no_contract(self, who: Worker) -> None:
        version = contract_of(who).version
        asked = self.ask(who)
        operations.decide_extension(
            cast.ATTACHE, asked.id, step="grant", on=cast.TODAY, reason="Sudah dibaca."
        )
        with acting_as(ROBOT):
            contract = placements.contract_in_force(placement_of(who).id)
            assert contract is not None
            assert queries.work_ends_on(contract) == FAR
        assert contract.version == version
        assert "extension:decide" not in tasks(who)
        with pytest.raises(StepClosed):
            operations.decide_extension(
                cast.ATTACHE, asked.id, step="refuse", on=cast.TODAY, reason="x"
            )

    def test_that_breaks_a_rule_cannot_be_granted(self, who: Worker, scene: Scene) -> None:
        with scene():  # work under the renewed one begins while the floor is known
            Contract.objects.update(ends_on=cast.TODAY + timedelta(days=30))
        low = contract_of(who).fields | {"wage": {"monthly_ordinary": "100000"}}
        asked = self.ask(who, terms=low)
        assert asked.outcome == "breaks"
        with pytest.raises(RulesBroken):
            operations.decide_extension(
                cast.ATTACHE, asked.id, step="grant", on=cast.TODAY, reason="tetap"
            )
        operations.decide_extension(
            cast.ATTACHE, asked.id, step="refuse", on=cast.TODAY, reason="Upah di bawah batas."
        )

    def test_needs_a_reason_to_be_refused_or_judged(self, who: Worker, scene: Scene) -> None:
        asked = self.ask(who)
        with scene():
            Extension.objects.filter(id=asked.id).update(outcome="needs_check")
        for step in ("grant", "refuse"):
            with pytest.raises(Incomplete):
                operations.decide_extension(cast.ATTACHE, asked.id, step=step, on=cast.TODAY)

    def test_is_decided_by_the_post_in_charge_alone(self, who: Worker) -> None:
        asked = self.ask(who, cast.self_of(who.id), source=Source.WORKER)
        with pytest.raises(NotFound):
            operations.decide_extension(
                cast.OTHER_ATTACHE, asked.id, step="grant", on=cast.TODAY, reason="x"
            )
        for actor in (cast.self_of(who.id), cast.RECRUITER, cast.OFFICER, cast.MINISTRY):
            with pytest.raises(NotAllowed):
                operations.decide_extension(
                    actor, asked.id, step="grant", on=cast.TODAY, reason="x"
                )

    def test_does_not_shorten_and_can_be_withdrawn(self, who: Worker) -> None:
        with pytest.raises(Incomplete):
            self.ask(who, until=cast.TODAY)
        asked = self.ask(who)
        assert operations.withdraw_extension(cast.ATTACHE, asked.id).state == "withdrawn"

    def test_is_for_who_is_at_work_abroad(self) -> None:
        other = cast.worker()
        contract = cast.signed(other)
        with pytest.raises(StepClosed):
            operations.ask_extension(
                cast.ATTACHE,
                contract.placement_id,
                until=FAR,
                source=Source.EMPLOYER,
                on=cast.TODAY,
            )


class TestALeave:
    def go(self, who: Worker, actor: Actor = cast.ATTACHE, days: int = 14) -> Leave:
        return operations.go_on_leave(
            actor,
            who.id,
            on=cast.TODAY,
            back_by=cast.TODAY + timedelta(days=days),
            source=Source.WORKER,
        )

    def test_leaves_the_person_during_and_is_one_at_a_time(self, who: Worker) -> None:
        self.go(who)
        with acting_as(cast.ATTACHE):
            assert registry.worker(who.id).state.stage == "during"
        with pytest.raises(StepClosed):
            self.go(who)

    def test_ends_with_coming_back_or_staying_away(self, who: Worker) -> None:
        leave = self.go(who)
        away = operations.end_leave(cast.ATTACHE, leave.id, step="stay away", on=FAR)
        assert away.state == "not_returned"
        # Who comes back after all is back.
        back = operations.end_leave(cast.ATTACHE, leave.id, step="come back", on=FAR)
        assert back.state == "back"

    def test_overdue_becomes_a_task_once(self, who: Worker) -> None:
        from lindung.monitoring.tasks import look_for_absences

        leave = self.go(who, days=3)  # cast.TODAY is past by now
        look_for_absences()
        look_for_absences()
        assert "leave:not_back" in tasks(who)
        operations.end_leave(cast.ATTACHE, leave.id, step="come back", on=FAR)
        assert "leave:not_back" not in tasks(who)

    def test_refuses_days_that_cannot_be(self, who: Worker) -> None:
        with pytest.raises(Incomplete):
            self.go(who, days=-1)
        leave = self.go(who)
        with pytest.raises(Incomplete):
            operations.end_leave(
                cast.ATTACHE, leave.id, step="come back", on=cast.TODAY - timedelta(days=1)
            )

    def test_is_for_the_post_in_charge(self, who: Worker) -> None:
        with pytest.raises(NotFound):
            self.go(who, cast.OTHER_ATTACHE)
        for actor in (cast.RECRUITER, cast.self_of(who.id)):
            with pytest.raises(NotAllowed):
                self.go(who, actor)


class TestKeepCompanion:
    def keep(self, who: Worker, actor: Actor, **given: object) -> Companion:
        values: dict[str, object] = {
            "name": "Putri",
            "relation": Relation.CHILD,
            "birth_year": 2023,
            "needs": ["school"],
            "source": Source.WORKER,
            "on": cast.TODAY,
        }
        return operations.keep_companion(actor, who.id, **(values | given))

    def test_is_told_by_herself_or_the_post_and_confirmed_again(self, who: Worker) -> None:
        key = new_id()
        mine = self.keep(who, cast.self_of(who.id), companion_id=key)
        again = self.keep(who, cast.ATTACHE, companion_id=key, needs=[], on=FAR)
        assert (again.id, again.needs, again.confirmed_on, again.since) == (
            mine.id, [], FAR, cast.TODAY,
        )  # fmt: skip
        operations.companion_left(cast.ATTACHE, mine.id, on=FAR)
        with acting_as(cast.ATTACHE):
            assert queries.companions_of(who.id) == []

    def test_refuses_what_cannot_be(self, who: Worker) -> None:
        for given in ({"name": " "}, {"needs": ["gold"]}, {"birth_year": 2027}):
            with pytest.raises(Incomplete):
                self.keep(who, cast.ATTACHE, **given)

    def test_is_nobody_elses(self, who: Worker) -> None:
        mine = self.keep(who, cast.self_of(who.id))
        for actor in (cast.OTHER_ATTACHE, cast.self_of(new_id())):
            with pytest.raises(NotFound):
                operations.companion_left(actor, mine.id, on=FAR)
        for actor in (cast.RECRUITER, cast.OFFICER):
            with pytest.raises(NotAllowed):
                self.keep(who, actor)
        other = cast.worker()
        with pytest.raises(NotFound):
            self.keep(other, ROBOT, companion_id=mine.id)


class TestWhatEndsSoon:
    def ends(self, on: date) -> set[str]:
        with acting_as(ROBOT):
            return {each.what for each in ending(on)}

    def test_names_the_passport_within_its_days_and_asks_once(self, who: Worker) -> None:
        registering.add_identifier(
            cast.ATTACHE,
            who.id,
            kind=Kind.PASSPORT,
            value="X1234567",
            on=cast.TODAY,
            valid_to=date(2026, 12, 31),
        )
        assert self.ends(date(2026, 12, 31) - timedelta(days=181)) == set()
        assert self.ends(date(2026, 12, 31) - timedelta(days=180)) == {"passport"}

    def test_asks_nobody_twice_about_one_paper(self, who: Worker) -> None:
        contract = contract_of(who)
        with acting_as(ROBOT):
            registering.open_task(
                ROBOT, about=who, kind="ends:contract", title="x", due_at=cast.NOW,
                owner="post", subject=contract.id,
            )  # fmt: skip
            task = Task.objects.get(kind="ends:contract")
            registering.close_task(ROBOT, task.id, step="finish", at=cast.NOW)
        assert "contract" not in self.ends(date(2029, 3, 1))

    def test_counts_an_extension_granted(self, who: Worker) -> None:
        last = date(2029, 3, 1)  # by its months: the paper names no last day
        assert self.ends(last) == {"contract"}
        asked = operations.ask_extension(
            cast.ATTACHE, placement_of(who).id, until=FAR, source=Source.EMPLOYER, on=cast.TODAY
        )
        operations.decide_extension(cast.ATTACHE, asked.id, step="grant", on=cast.TODAY, reason="x")
        assert self.ends(last) == set()
        assert self.ends(FAR) == {"contract"}

    def test_leaves_out_who_is_home(self, who: Worker, scene: Scene) -> None:
        from lindung.registry.models import WorkerState

        registering.add_identifier(
            cast.ATTACHE, who.id, kind=Kind.PASSPORT, value="X1234567", on=cast.TODAY,
            valid_to=FAR,
        )  # fmt: skip
        with scene():
            WorkerState.objects.filter(worker=who).update(stage="after")
        assert self.ends(FAR) == set()
