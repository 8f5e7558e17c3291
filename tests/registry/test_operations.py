"""What changes a person's file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lindung.access.acting import acting_as
from lindung.access.events import PersonLookedAt
from lindung.access.journal import look, record
from lindung.access.jurisdictions import post_in_charge
from lindung.access.models import JournalEntry
from lindung.access.rights import Right
from lindung.kernel.identifiers import Kind
from lindung.kernel.refusals import Conflict, Incomplete, NotAllowed, NotFound
from lindung.registry import operations, queries
from lindung.registry.models import (
    Condition,
    Confidence,
    Fact,
    FactKind,
    Identifier,
    Source,
    Task,
    Worker,
    WorkerState,
)
from lindung.registry.newcomers import Newcomer
from tests import cast
from tests.conftest import Scene

pytestmark = pytest.mark.usefixtures("posts")


class TestEnrolAll:
    def test_answers_for_each_and_enrols_the_good_ones(self) -> None:
        found = operations.enrol_all(
            cast.RECRUITER,
            [
                Newcomer("Siti", numbers={Kind.NIK: "3502125204990001"}),
                Newcomer(" "),
                Newcomer("Wati", numbers={Kind.PHONE: "+6281234567890"}),
                Newcomer("Ani", numbers={Kind.PASSPORT: "-"}),
                Newcomer("Budi", sex="M", birth_date=date(1999, 4, 12), region=cast.PONOROGO),
            ],
            on=cast.TODAY,
            channel="import",
        )
        assert [type(each) for each in found] == [
            Worker, Incomplete, operations.PhoneOpensTheFile, Incomplete, Worker,
        ]  # fmt: skip
        with acting_as(cast.RECRUITER):
            assert set(Worker.objects.values_list("full_name", flat=True)) == {"Siti", "Budi"}
            assert WorkerState.objects.count() == 2
            budi = queries.open_tasks(found[4].id)  # type: ignore[union-attr]
        assert {task.kind for task in budi} == {"gap:nik"}

    def test_is_closed_to_whoever_may_enrol_nobody_and_to_numbers_without_that_right(self) -> None:
        from lindung.access.roles import ANYONE

        new = [Newcomer("Siti", numbers={Kind.NIK: "3502125204990001"}), Newcomer("Wati")]
        with pytest.raises(NotAllowed):
            operations.enrol_all(ANYONE, new, on=cast.TODAY, channel="import")
        some = replace(cast.OFFICER, rights=frozenset({Right.WORKER_ENROL}))
        found = operations.enrol_all(some, new, on=cast.TODAY, channel="import")
        assert [type(each) for each in found] == [NotAllowed, Worker]


class TestOpenTasks:
    def test_gives_for_each_the_one_that_is_open(self) -> None:
        who = cast.worker()
        due = datetime(2026, 3, 1, tzinfo=UTC)
        todo = [operations.Todo(who, kind, "x", due, "office") for kind in ("one", "two", "one")]
        first = operations.open_tasks(cast.OFFICER, todo[:1])
        found = operations.open_tasks(cast.OFFICER, todo)
        assert [each.id for each in found] == [first[0].id, found[1].id, first[0].id]
        assert found[1].id != first[0].id


class TestEnrol:
    def test_takes_a_person_with_nothing_but_a_name(self) -> None:
        who = operations.enrol(cast.OFFICER, full_name="Suparmi", on=cast.TODAY, channel="office")
        with acting_as(cast.OFFICER):
            gaps = {task.kind for task in queries.open_tasks(who.id)}
        assert gaps == {"gap:nik", "gap:birth_date"}
        assert who.region == cast.PONOROGO

    def test_refuses_no_name_and_says_what_to_write(self) -> None:
        with pytest.raises(Incomplete) as refused:
            operations.enrol(cast.OFFICER, full_name="  ", on=cast.TODAY, channel="office")
        assert "full_name" in refused.value.facts["fields"]

    def test_lets_a_person_enrol_alone_but_only_as_herself(self) -> None:
        who = cast.worker()
        with acting_as(cast.self_of(who.id)):
            assert queries.worker(who.id).full_name == "Siti Rahayu"
        with acting_as(cast.self_of(cast.new_id())), pytest.raises(NotFound):
            queries.worker(who.id)

    def test_is_closed_to_the_public(self) -> None:
        from lindung.access.roles import ANYONE

        with pytest.raises(NotAllowed):
            operations.enrol(ANYONE, full_name="X", on=cast.TODAY, channel="web")

    def test_takes_a_number_with_the_person_and_asks_for_it_no_more(self) -> None:
        numbers = {Kind.NIK: "3502 1252 0499 0001", Kind.PASSPORT: ""}
        who = operations.enrol(
            cast.OFFICER, full_name="Siti", on=cast.TODAY, channel="office", numbers=numbers
        )
        with acting_as(cast.OFFICER):
            assert [each.masked for each in who.identifiers.all()] == ["3502**********01"]
            assert {task.kind for task in queries.open_tasks(who.id)} == {"gap:birth_date"}

    def test_enrols_nobody_with_a_number_that_cannot_be(self) -> None:
        with pytest.raises(Incomplete):
            operations.enrol(
                cast.OFFICER, full_name="Siti", on=cast.TODAY, channel="office",
                numbers={Kind.NIK: "12"},
            )  # fmt: skip
        with acting_as(cast.MINISTRY):
            assert not Worker.objects.exists()

    def test_never_gives_a_number_twice(self) -> None:
        numbers = {cast.worker().public_number for _ in range(3)}
        assert len(numbers) == 3


class TestUpdate:
    def test_shows_both_when_somebody_saved_meanwhile(self) -> None:
        who = cast.worker()
        operations.update(cast.OFFICER, who.id, version=1, changes={"call_name": "Rahayu"})
        with pytest.raises(Conflict) as refused:
            operations.update(cast.OFFICER, who.id, version=1, changes={"call_name": "Yayuk"})
        assert refused.value.facts["current"] == {"call_name": "Rahayu"}

    def test_makes_the_new_name_findable_and_the_old_one_not(self) -> None:
        who = cast.worker()
        operations.update(
            cast.OFFICER, who.id, version=1, changes={"full_name": "Wulandari", "call_name": ""}
        )
        with acting_as(cast.OFFICER):
            assert queries.find_workers(cast.OFFICER, "wulan") == [who]
            assert queries.find_workers(cast.OFFICER, "siti") == []

    def test_refuses_fields_that_are_not_changed_here(self) -> None:
        who = cast.worker()
        with pytest.raises(Incomplete):
            operations.update(cast.OFFICER, who.id, version=1, changes={"post_id": 4})


class TestAddIdentifier:
    def test_warns_of_a_mismatch_and_keeps_the_number(self) -> None:
        who = cast.worker()
        kept = operations.add_identifier(
            cast.OFFICER, who.id, kind=Kind.NIK, value="3502 0112 0499 0001", on=cast.TODAY
        )
        assert "sex" in kept.warning
        with acting_as(cast.OFFICER):
            assert "gap:nik" not in {task.kind for task in queries.open_tasks(who.id)}

    def test_keeps_no_number_readable_in_the_row_or_the_journal(self) -> None:
        who = cast.worker()
        operations.add_identifier(
            cast.OFFICER, who.id, kind=Kind.PASSPORT, value="C1234567", on=cast.TODAY
        )
        with acting_as(cast.MINISTRY):
            row = Identifier.objects.get(worker_id=who.id)
            journal = " ".join(str(each.payload) for each in JournalEntry.objects.all())
        assert b"C1234567" not in bytes(row.cipher)
        assert "1234567" not in row.masked + journal

    @pytest.mark.parametrize("typed", ["c-1234567", "C 123 45 67"])
    def test_finds_the_person_however_the_number_is_typed(self, typed: str) -> None:
        who = cast.worker()
        operations.add_identifier(
            cast.OFFICER, who.id, kind=Kind.PASSPORT, value="C1234567", on=cast.TODAY
        )
        with acting_as(cast.OFFICER):
            assert queries.find_workers(cast.OFFICER, typed) == [who]
        with acting_as(cast.OTHER_OFFICER):
            assert queries.find_workers(cast.OTHER_OFFICER, typed) == []

    def test_leaves_the_telephone_that_lets_in_to_the_person(self) -> None:
        who = cast.worker()
        first, second = "+6281234567890", "+6281299999999"
        add = operations.add_identifier
        add(cast.OFFICER, who.id, kind=Kind.PHONE, value=first, on=cast.TODAY)
        for official in (cast.OFFICER, cast.MINISTRY):
            with pytest.raises(operations.PhoneOpensTheFile):
                add(official, who.id, kind=Kind.PHONE, value=second, on=cast.TODAY)
            add(official, who.id, kind=Kind.PHONE, value=first, on=cast.TODAY)
        add(cast.self_of(who.id), who.id, kind=Kind.PHONE, value=second, on=cast.TODAY)
        with acting_as(cast.MINISTRY):
            assert Identifier.objects.filter(worker_id=who.id, kind="phone").count() == 2

    def test_takes_no_telephone_from_a_recruiter(self) -> None:
        who = operations.enrol(
            cast.RECRUITER, full_name="Sumi", on=cast.TODAY, channel="agency", region="3502"
        )
        with pytest.raises(operations.PhoneOpensTheFile):
            operations.add_identifier(
                cast.RECRUITER, who.id, kind=Kind.PHONE, value="+620000000009", on=cast.TODAY
            )

    def test_refuses_what_cannot_be_a_number(self) -> None:
        who = cast.worker()
        with pytest.raises(Incomplete):
            operations.add_identifier(
                cast.OFFICER, who.id, kind=Kind.NIK, value="123", on=cast.TODAY
            )


class TestRecordFact:
    def _say(self, who: object, place: str, source: Source, on: date) -> Fact:
        return operations.record_fact(
            cast.MINISTRY,
            who.id,  # type: ignore[attr-defined]
            kind=FactKind.WHEREABOUTS,
            value={"region": place},
            shown=place,
            source=source,
            confirmed_on=on,
            confidence=Confidence.MEDIUM,
        )

    def test_keeps_both_sides_of_a_contradiction_and_opens_a_task(self) -> None:
        who = cast.worker()
        self._say(who, "KR-41", Source.DESTINATION, cast.TODAY)
        newer = self._say(who, "KR-26", Source.WORKER, cast.TODAY + timedelta(days=2))
        with acting_as(cast.MINISTRY):
            current = queries.current_facts(who.id)["whereabouts"]
            assert len(current) == 2
            assert newer.contradicts_id is not None
            assert Task.objects.filter(worker_id=who.id, kind="contradiction:whereabouts").exists()

    def test_replaces_what_is_old(self) -> None:
        who = cast.worker()
        self._say(who, "KR-41", Source.DESTINATION, cast.TODAY)
        self._say(who, "KR-26", Source.WORKER, cast.TODAY + timedelta(days=90))
        with acting_as(cast.MINISTRY):
            (current,) = queries.current_facts(who.id)["whereabouts"]
        assert current.value["region"] == "KR-26"

    def test_does_not_let_an_older_report_replace_a_newer_one(self) -> None:
        who = cast.worker()
        self._say(who, "KR-26", Source.WORKER, cast.TODAY + timedelta(days=90))
        self._say(who, "KR-41", Source.DESTINATION, cast.TODAY)
        with acting_as(cast.MINISTRY):
            (current,) = queries.current_facts(who.id)["whereabouts"]
        assert current.value["region"] == "KR-26"


class TestPostInCharge:
    def test_is_the_country_s_post_from_the_day_it_began(self) -> None:
        with acting_as(cast.MINISTRY):
            assert post_in_charge("KR", on=cast.TODAY) == cast.SEOUL
            assert post_in_charge("KR", on=date(2019, 12, 31)) is None
            assert post_in_charge("JP", on=cast.TODAY) is None


class TestARecruiter:
    @pytest.fixture
    def who(self, scene: Scene) -> Worker:
        made = operations.enrol(
            cast.RECRUITER, full_name="Siti Rahayu", on=cast.TODAY, channel="agency"
        )
        with scene():
            WorkerState.objects.filter(worker=made).update(
                condition=Condition.NEEDS_HELP,
                last_check_in_at=cast.NOW,
                check_in_due_on=cast.TODAY,
                dest_region="KR-41",
            )
        return made

    def test_reads_neither_how_a_person_is_nor_where(self, who: Worker) -> None:
        with acting_as(cast.RECRUITER):
            read = [
                queries.worker(who.id),
                queries.worker_by_number(who.public_number),
                *queries.newest_workers(cast.RECRUITER),
                *queries.find_workers(cast.RECRUITER, "siti"),
                *queries.find_workers(cast.RECRUITER, who.public_number),
            ]
        assert len(read) == 5
        for each in read:
            state = each.state
            assert (state.condition, state.dest_region) == ("unknown", "")
            assert state.last_check_in_at is state.check_in_due_on is None
        with acting_as(cast.MINISTRY):
            assert queries.worker(who.id).state.condition == "needs_help"

    def test_is_told_that_itself_looked_and_nobody_else(self, who: Worker) -> None:
        """An officer who opens the file may do so for a complaint against this very recruiter."""
        with acting_as(cast.MINISTRY):
            look(cast.MINISTRY, who, worker=who.id, purpose="pelayanan")
            event = PersonLookedAt(purpose="KSS-26-000001")
            record(event, actor=cast.MINISTRY, about=who, subject=cast.new_id())
        with acting_as(cast.RECRUITER):
            look(cast.RECRUITER, who, worker=who.id, purpose="pelayanan")
            told, times = queries.looks(cast.RECRUITER, who)
            story = queries.story(cast.RECRUITER, who)
        for seen, count in ((told, times), (story.looks, story.times_looked)):
            assert [each.actor_name for each in seen] == [cast.RECRUITER.name]
            assert count == 1
        with acting_as(cast.MINISTRY):
            whole, times = queries.looks(cast.MINISTRY, who)
        assert [each.payload["purpose"] for each in whole] == [
            "pelayanan", "KSS-26-000001", "pelayanan"
        ]  # fmt: skip
        assert times == 3

    def test_is_told_at_home_who_looked_but_not_for_the_sake_of_which_case(
        self, who: Worker
    ) -> None:
        with acting_as(cast.MINISTRY):
            event = PersonLookedAt(purpose="KSS-26-000001")
            record(event, actor=cast.MINISTRY, about=who, subject=cast.new_id())
        with acting_as(cast.OFFICER):
            told, times = queries.looks(cast.OFFICER, who)
        assert [each.payload["purpose"] for each in told] == [""]
        assert times == 1


class TestFindWorkers:
    @pytest.mark.parametrize("text", ["siti", "rahayu sit", "SITI RAHAYU", "soeti"])
    def test_finds_parts_in_any_order_and_old_spelling(self, text: str) -> None:
        who = cast.worker(full_name="Siti Rahayu" if text != "soeti" else "Suti")
        with acting_as(cast.OFFICER):
            assert queries.find_workers(cast.OFFICER, text) == [who]

    def test_finds_nobody_outside_the_scope(self) -> None:
        cast.worker()
        for stranger in (cast.OTHER_OFFICER, cast.ATTACHE, cast.RECRUITER):
            with acting_as(stranger):
                assert queries.find_workers(stranger, "siti") == []
