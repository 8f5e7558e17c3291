"""Finding the same person twice: who is found, why, and who is not asked about again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.identifiers import Kind
from lindung.kernel.refusals import NotFound
from lindung.registry import duplicates, merging, operations, queries
from lindung.registry.duplicates import Draft, Known, candidates_for, reasons_between
from lindung.registry.models import DistinctPair, Task, Worker
from lindung.registry.tasks import look_for_duplicates
from tests import cast

BORN = date(1999, 4, 12)
ALL = str(UUID(int=0))


def kinds(found: duplicates.Candidate) -> set[str]:
    return {each.kind for each in found.reasons}


def found_by(draft: Draft) -> list[duplicates.Candidate]:
    with acting_as(cast.OFFICER):
        return candidates_for(cast.OFFICER, draft)


@pytest.mark.usefixtures("posts")
class TestCandidates:
    @pytest.mark.parametrize(
        ("enrolled", "typed"),
        [
            ("Siti Rahayu", "Hj. Siti Rahajoe"),
            ("Moch. Choirul Anam", "Muhammad Khoirul Anam"),
            ("Djoko Soesilo", "Joko Susilo"),
            ("Nur Hayati", "Nurhayati"),
            ("Siti Rahayu", "Siti Rahayo"),
        ],
    )
    def test_finds_a_name_written_otherwise_and_says_why(self, enrolled: str, typed: str) -> None:
        who = cast.worker(full_name=enrolled, call_name="")
        [found] = found_by(Draft(typed, birth_date=BORN))
        assert found.worker == who
        assert "birth_same" in kinds(found)
        assert kinds(found) & {"name_same", "name_close"}
        assert found.score == sum(each.points for each in found.reasons)

    def test_finds_day_and_month_exchanged(self) -> None:
        who = cast.worker()
        [found] = found_by(Draft("Siti Rahayu", birth_date=date(1999, 12, 4)))
        assert (found.worker, "birth_swapped" in kinds(found)) == (who, True)

    def test_finds_one_name_on_one_paper_and_two_on_the_next(self) -> None:
        who = cast.worker(full_name="Rahayu", call_name="")
        [found] = found_by(Draft("Siti Rahayu", birth_date=BORN, sex="F"))
        assert found.worker == who

    def test_finds_a_number_under_any_name(self) -> None:
        who = cast.worker()
        operations.add_identifier(
            cast.OFFICER, who.id, kind=Kind.NIK, value="3502015204990001", on=cast.TODAY
        )
        [found] = found_by(Draft("Wati", numbers={Kind.NIK: "3502 0152 0499 0001"}))
        assert (found.worker, "nik_same" in kinds(found)) == (who, True)

    def test_a_name_alone_is_no_reason_to_ask(self) -> None:
        cast.worker()
        assert found_by(Draft("Siti Rahayu")) == []

    def test_twins_and_namesakes_with_a_nik_each_are_not_asked_about(self) -> None:
        one, other = cast.worker(), cast.worker()
        for who, value in ((one, "3502015204990001"), (other, "3502015204990002")):
            operations.add_identifier(
                cast.OFFICER, who.id, kind=Kind.NIK, value=value, on=cast.TODAY
            )
        with acting_as(cast.OFFICER):
            assert candidates_for(cast.OFFICER, one.id) == []
            scored = duplicates.compared(*queries_of(one, other))
        assert 0 < scored.score < duplicates.LIKELY

    def test_puts_the_likeliest_first(self) -> None:
        weak = cast.worker(full_name="Siti Rahmawati", call_name="")
        strong = cast.worker()
        assert [each.worker for each in found_by(Draft("Siti Rahayu", birth_date=BORN))] == [
            strong,
            weak,
        ][: len(found_by(Draft("Siti Rahayu", birth_date=BORN)))]

    def test_shows_nobody_of_another_office(self) -> None:
        who = cast.worker()
        with acting_as(cast.OTHER_OFFICER):
            draft = Draft("Siti Rahayu", birth_date=BORN)
            assert candidates_for(cast.OTHER_OFFICER, draft) == []
            with pytest.raises(NotFound):
                candidates_for(cast.OTHER_OFFICER, who.id)

    def test_asks_the_database_the_same_few_questions_however_many_there_are(self) -> None:
        for _ in range(12):
            cast.worker()
        with (
            acting_as(cast.OFFICER),
            CaptureQueriesContext(
                connection,
            ) as asked,
        ):
            found = candidates_for(cast.OFFICER, Draft("Siti Rahayu", birth_date=BORN))
        assert len(found) == duplicates.MOST
        assert len(asked) <= 6

    def test_leaves_out_whom_an_officer_told_apart_at_enrolment(self) -> None:
        first = cast.worker()
        second = operations.enrol(
            cast.OFFICER,
            full_name="Siti Rahayu",
            birth_date=BORN,
            on=cast.TODAY,
            channel="office",
            not_same_as=[first.id],
        )
        with acting_as(cast.OFFICER):
            assert candidates_for(cast.OFFICER, first.id) == []
            assert candidates_for(cast.OFFICER, second.id) == []
            assert DistinctPair.objects.count() == 2


def queries_of(*people: Worker) -> list[Worker]:
    return [queries.worker(each.id) for each in people]


@pytest.mark.usefixtures("posts")
class TestTheNightlySearch:
    def _tasks(self) -> list[Task]:
        with acting_as(ROBOT):
            return list(Task.objects.filter(kind=operations.DUPLICATE, state="open"))

    def test_asks_the_office_once_about_a_pair(self) -> None:
        older, younger = cast.worker(), cast.worker()
        for _ in range(2):
            look_for_duplicates(after=ALL)
        [task] = self._tasks()
        assert (task.worker_id, task.subject, task.owner) == (younger.id, older.id, "office")
        assert task.details["score"] >= duplicates.LIKELY
        assert "Siti" not in str(task.details) + task.title

    def test_asks_the_ministry_where_no_office_has_both(self) -> None:
        cast.worker()
        cast.worker(region=cast.MALANG)
        look_for_duplicates(after=ALL)
        assert [task.owner for task in self._tasks()] == ["ministry"]

    def test_is_answered_by_telling_them_apart(self) -> None:
        one, other = cast.worker(), cast.worker()
        look_for_duplicates(after=ALL)
        merging.hold_distinct(cast.OFFICER, one.id, other.id, on=cast.TODAY)
        assert self._tasks() == []
        look_for_duplicates(after=ALL)
        assert self._tasks() == []

    def test_begins_where_it_is_told(self) -> None:
        cast.worker()
        younger = cast.worker()
        look_for_duplicates(after=str(younger.id))
        assert self._tasks() == []


KNOWN = st.builds(
    Known,
    full_name=st.sampled_from(["Siti Rahayu", "Sitti Rahajoe", "Budi", "Budi Santoso", "王"]),
    call_name=st.just(""),
    sex=st.sampled_from(["F", "M", "X"]),
    birth_date=st.none() | st.dates(date(1960, 1, 1), date(2008, 12, 31)),
    birth_place=st.sampled_from(["", "Ponorogo", "Malang"]),
    region=st.sampled_from(["", "3502", "3507"]),
    blinds=st.dictionaries(
        st.sampled_from(["nik", "passport", "phone"]),
        st.frozensets(st.sampled_from([b"a", b"b"]), min_size=1),
    ),
)


class TestReasons:
    @given(KNOWN, KNOWN)
    def test_do_not_depend_on_who_is_asked_about(self, one: Known, other: Known) -> None:
        assert reasons_between(one, other) == reasons_between(other, one)

    @given(KNOWN)
    def test_speak_never_against_oneself(self, one: Known) -> None:
        if one.full_name != "王":
            assert all(each.speaks_for for each in reasons_between(one, one))

    @given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
    def test_a_day_exchanged_twice_is_the_day(self, day: date) -> None:
        other = duplicates.swapped(day)
        assert other is None or duplicates.swapped(other) == day

    def test_have_words_each(self) -> None:
        assert set(duplicates.REASONS) == set(duplicates._POINTS)
