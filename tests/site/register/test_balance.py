"""The register's balance: it adds up, or says whose line does not and why."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.monitoring import operations as monitoring
from lindung.monitoring.models import BookLine, LineMark, Recount, Tally, Told
from lindung.monitoring.operations import tallies
from lindung.placement.models import Milestone, Placement
from lindung.preparation import operations as preparation
from lindung.preparation.models import Crossing, Direction
from lindung.registry import merging
from lindung.registry import operations as registering
from lindung.registry.models import PostChange, Source, Worker, WorkerState
from lindung.reintegration import operations as reintegration
from lindung.reintegration.models import Return, ReturnReason
from lindung.site.register import balance, book
from lindung.site.tasks import fold_book, recount_some
from tests import cast
from tests.conftest import Scene
from tests.site.keys import caller

pytestmark = pytest.mark.usefixtures("posts", "places")
YEAR = date(2026, 1, 1)
LATER = cast.TODAY + timedelta(days=100)


def sheet(*, start: date = YEAR, end: date = LATER, post: int = cast.SEOUL) -> balance.Sheet:
    book.recount()
    found = balance.balance(ROBOT, start=start, end=end, today=end, post=post).sheets
    assert len(found) == 1
    return found[0]


def reasons(**given: Any) -> dict[str, int]:
    book.recount()
    return {each.reason: each.weight for each in balance.names(ROBOT, on=LATER, **given)}


def entered() -> Worker:
    key = new_id()
    return registering.enrol_abroad(
        cast.self_of(key), worker_id=key, name="Ani", works_in="KR", on=cast.TODAY
    )


def home(who: Worker) -> Return:
    return reintegration.record_return(
        cast.ATTACHE,
        who.id,
        on=LATER,
        reason=ReturnReason.OWN_WISH,
        source=Source.OFFICER,
    )


@pytest.fixture
def abroad() -> Worker:
    who = cast.worker()
    cast.arrived(who)
    return who


class TestTheSheet:
    def test_adds_up_through_departure_self_enrolment_and_return(self, abroad: Worker) -> None:
        entered()
        first = sheet()
        assert (first.opening, first.departures, first.enrolled) == (0, 1, 1)
        assert (first.closing, first.counted, first.named, first.adds_up) == (2, 2, 0, True)
        home(abroad)
        second = sheet()
        assert (second.returns, second.closing, second.counted, second.adds_up) == (1, 1, 1, True)

    def test_begins_with_what_the_period_before_ended_with(self, abroad: Worker) -> None:
        before = sheet(end=cast.TODAY)
        after = sheet(start=cast.TODAY + timedelta(days=1))
        assert after.opening == before.closing == 1
        assert (after.departures, after.adds_up) == (0, True)

    def test_counts_nobody_on_a_day_that_is_past(self, abroad: Worker) -> None:
        book.fold()
        (past,) = balance.balance(ROBOT, start=YEAR, end=cast.TODAY, today=LATER).sheets
        assert (past.closing, past.counted, past.difference) == (1, None, None)

    def test_takes_a_leave_for_no_return(self, abroad: Worker) -> None:
        leave = monitoring.go_on_leave(
            cast.ATTACHE,
            abroad.id,
            on=cast.TODAY + timedelta(days=10),
            back_by=cast.TODAY + timedelta(days=30),
            source=Source.WORKER,
        )
        self.cross(abroad, Direction.IN, 11)
        assert sheet().adds_up
        monitoring.end_leave(
            cast.ATTACHE, leave.id, step="come back", on=cast.TODAY + timedelta(days=30)
        )
        self.cross(abroad, Direction.OUT, 30)
        assert sheet().adds_up

    def test_takes_one_coming_home_told_twice_for_one(self, abroad: Worker) -> None:
        self.cross(abroad, Direction.IN, 98)
        home(abroad)
        assert (sheet().returns, sheet().adds_up) == (1, True)

    def test_moves_between_posts_cancel_out(self, abroad: Worker, scene: Scene) -> None:
        with scene():
            PostChange.objects.create(
                worker=abroad, was=cast.SEOUL, now=cast.TAIPEI, on=LATER, **abroad.scope()
            )
            for model in (Worker, WorkerState):
                key = {"id" if model is Worker else "worker": abroad.id}
                model.objects.filter(**key).update(post_id=cast.TAIPEI)
        since = cast.TODAY + timedelta(days=1)
        old, new = sheet(start=since), sheet(start=since, post=cast.TAIPEI)
        assert (old.opening, old.moved_out, old.closing, old.counted) == (1, 1, 0, 0)
        assert (new.opening, new.moved_in, new.closing, new.counted) == (0, 1, 1, 1)

    def cross(self, who: Worker, direction: Direction, after: int) -> None:
        preparation.record_crossing(
            ROBOT,
            who.id,
            direction=direction,
            on=cast.TODAY + timedelta(days=after),
            carrier="GA 878",
            source=Source.OFFICER,
        )


class TestTheNames:
    """Each trouble, planted: the sum is off by it and its person is named with it."""

    def test_left_without_crossing(self, scene: Scene) -> None:
        who = cast.worker()
        with scene():
            for model in (Worker, WorkerState):
                key = {"id" if model is Worker else "worker": who.id}
                model.objects.filter(**key).update(post_id=cast.SEOUL)
            WorkerState.objects.filter(worker=who).update(stage="during")
        assert reasons() == {"left_without_crossing": 1}
        assert (sheet().difference, sheet().named) == (1, 1)

    def test_returned_but_still_during(self, abroad: Worker) -> None:
        TestTheSheet().cross(abroad, Direction.IN, 50)
        assert reasons() == {"returned_still_during": 1}
        assert (sheet().difference, sheet().adds_up) == (1, False)

    def test_died_but_still_during(self, abroad: Worker, scene: Scene) -> None:
        with scene():
            placement = Placement.objects.get(worker=abroad)
            Milestone.objects.create(
                worker=abroad, placement=placement, code="deceased", on=LATER,
                source="destination", **placement.scope(),
            )  # fmt: skip
        assert reasons() == {"died_still_during": 1}
        assert sheet().deaths == 1

    def test_left_by_the_border_and_still_before(self, abroad: Worker, scene: Scene) -> None:
        with scene():
            WorkerState.objects.filter(worker=abroad).update(stage="before")
        assert reasons() == {"never_left": -1}

    def test_home_without_a_return(self, abroad: Worker, scene: Scene) -> None:
        with scene():
            WorkerState.objects.filter(worker=abroad).update(stage="after")
        assert reasons() == {"home_without_return": -1}

    def test_counted_twice(self, abroad: Worker, scene: Scene) -> None:
        with scene():
            again = Placement.objects.get(worker=abroad)
            again.pk, again.number = new_id(), "PNP-X"
            again.save(force_insert=True)
        assert reasons() == {"counted_twice": -1}
        assert sheet().difference == -1

    def test_never_arrived_is_named_and_does_not_change_the_sum(
        self, abroad: Worker, scene: Scene
    ) -> None:
        with scene():
            Placement.objects.update(state="departed", arrived_on=None)
        assert reasons() == {"never_arrived": 0}
        assert reasons(moving=True) == {}
        assert sheet().adds_up

    def test_not_seen_at_the_border_where_the_border_tells(
        self, abroad: Worker, scene: Scene
    ) -> None:
        other = cast.worker()
        with scene():
            Crossing.objects.create(
                worker=other, direction="out", on=YEAR, carrier="GA 1", source="officer",
            )  # fmt: skip
        found = reasons()
        assert found["no_crossing"] == 0

    def test_are_paged_and_filtered_by_reason(self, scene: Scene) -> None:
        people = [entered() for _ in range(3)]
        with scene():
            WorkerState.objects.filter(worker__in=people).update(stage="after")
        book.recount()
        first = balance.names(ROBOT, on=LATER, most=2)
        assert len(first) == 3
        last = first[1]
        rest = balance.names(ROBOT, on=LATER, after=(last.number, last.reason))
        assert [each.number for each in rest] == [first[2].number]
        assert balance.names(ROBOT, on=LATER, reason="counted_twice") == []
        assert len(list(balance.every_name(ROBOT, on=LATER, most=2))) == 2


class TestWhoMay:
    def test_a_post_reads_its_own_people_only(self, abroad: Worker) -> None:
        book.fold()
        with pytest.raises(NotFound):
            balance.balance(cast.OTHER_ATTACHE, start=YEAR, end=LATER, today=LATER, post=cast.SEOUL)
        assert balance.balance(cast.OTHER_ATTACHE, start=YEAR, end=LATER, today=LATER).sheets == []
        assert balance.names(cast.OTHER_ATTACHE, on=LATER) == []

    def test_recruiters_home_offices_and_workers_do_not(self) -> None:
        for actor in (cast.RECRUITER, cast.OFFICER, cast.self_of(new_id())):
            with pytest.raises(NotAllowed):
                balance.balance(actor, start=YEAR, end=LATER, today=LATER)
            with pytest.raises(NotAllowed):
                balance.names(actor, on=LATER)


class TestTheBook:
    """Kept with the changes, and compared with a whole count."""

    def kept(self) -> balance.Sheet:
        """Without counting anew: what happened has left its marks."""
        book.fold()
        (found,) = balance.balance(
            ROBOT, start=YEAR, end=LATER, today=LATER, post=cast.SEOUL
        ).sheets
        return found

    def test_follows_what_happens(self, abroad: Worker) -> None:
        entered()
        assert (self.kept().departures, self.kept().enrolled, self.kept().counted) == (1, 1, 2)
        home(abroad)
        TestTheSheet().cross(abroad, Direction.IN, 98)
        assert (self.kept().returns, self.kept().counted, self.kept().adds_up) == (1, 1, True)
        again = book.recount()
        assert (again.lines, again.totals) == ([], [])

    def test_says_until_when_it_is_whole(self, abroad: Worker) -> None:
        with acting_as(ROBOT):
            marked = min(LineMark.objects.values_list("at", flat=True))
        assert book.standing().as_of == marked
        book.fold()
        assert book.standing().as_of > marked

    def test_names_a_line_that_nothing_had_announced(self, abroad: Worker, scene: Scene) -> None:
        self.kept()
        with scene():
            WorkerState.objects.filter(worker=abroad).update(stage="after")
        found = book.recount()
        assert [each.number for each in found.lines] == [abroad.public_number]
        assert (self.kept().difference, self.kept().named) == (-1, 1)
        assert book.recount().lines == []

    def test_names_a_total_that_is_not_what_its_rows_say(
        self, abroad: Worker, scene: Scene
    ) -> None:
        self.kept()
        with scene():
            Tally.objects.filter(what=Told.DEPARTURE).update(n=7)
            Tally.objects.filter(what=Told.CONFIRMED).delete()
        found = book.recount().totals
        assert {(each.what, each.kept, each.counted) for each in found} == {
            ("d", 7, 1),
            ("k", 0, 1),
        }
        assert (self.kept().departures, book.recount().totals) == (1, [])

    def test_forgets_who_never_moved(self, scene: Scene) -> None:
        cast.worker()
        book.fold()
        with acting_as(ROBOT):
            assert not BookLine.objects.exists()

    def test_keeps_both_books_of_two_who_became_one(self, abroad: Worker) -> None:
        other = entered()
        book.fold()
        with acting_as(ROBOT):
            assert BookLine.objects.count() == 2
        merging.merge(
            cast.ATTACHE, keep_id=abroad.id, gone_id=other.id, reason="Orang yang sama", on=LATER
        )
        assert self.kept().enrolled == 0
        assert book.recount().lines == []

    def test_is_refused_before_the_first_count(self, abroad: Worker, scene: Scene) -> None:
        with scene():
            Recount.objects.all().delete()
        with pytest.raises(book.NotCountedYet):
            balance.balance(ROBOT, start=YEAR, end=LATER, today=LATER)
        assert book.recount().lines == []
        assert self.kept().adds_up

    def test_shows_a_post_its_own_totals_alone(self, abroad: Worker) -> None:
        book.fold()
        with acting_as(cast.OTHER_ATTACHE):
            assert not Tally.objects.exists()
        with acting_as(cast.ATTACHE):
            assert {each.post_id for each in Tally.objects.all()} == {cast.SEOUL}
        for actor in (cast.RECRUITER, cast.self_of(abroad.id)):
            with acting_as(actor), pytest.raises(ProgrammingError), transaction.atomic():
                Tally.objects.exists()


class TestTheConfirmed:
    """The tally of when people were last confirmed is the count of their states, whatever is done."""

    def counted(self) -> set[tuple[Any, ...]]:
        with acting_as(ROBOT):
            rows = WorkerState.objects.filter(stage="during").values_list("post_id", "confirmed_on")
            return {(*each, n) for each, n in Counter(rows).items()}

    def kept(self) -> set[tuple[Any, ...]]:
        with acting_as(ROBOT):
            rows = Tally.objects.filter(what=Told.CONFIRMED).values_list("post_id", "day")
            return {row for row in rows.annotate(n=Sum("n")) if row[2]}

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        acts=st.lists(
            st.tuples(
                st.integers(0, 2),
                st.sampled_from(["before", "during", "after", "gone"]),
                st.sampled_from([cast.SEOUL, cast.TAIPEI, None]),
                st.sampled_from([None, cast.TODAY, LATER]),
                st.booleans(),
            ),
            max_size=8,
        )
    )
    def test_holds_whatever_is_written(self, scene: Scene, acts: list[tuple[Any, ...]]) -> None:
        people = [cast.worker() for _ in range(3)]
        for which, stage, post, day, folded in acts:
            with scene():
                states = WorkerState.objects.filter(worker=people[which])
                if stage == "gone":
                    states.delete()
                elif states.exists():
                    states.update(stage=stage, post_id=post, confirmed_on=day)
                else:
                    WorkerState.objects.create(
                        worker=people[which], stage=stage, post_id=post, confirmed_on=day
                    )
            if folded:
                with acting_as(ROBOT):
                    tallies.fold()
            assert self.kept() == self.counted()


class TestTheCommand:
    def run(self) -> str:
        out = StringIO()
        call_command("balance", stdout=out)
        return out.getvalue()

    def test_says_that_it_adds_up(self, abroad: Worker) -> None:
        assert "the register adds up" in self.run()

    def test_counts_anew_and_fails_where_the_book_was_wrong(
        self, abroad: Worker, scene: Scene
    ) -> None:
        self.run()
        with scene():
            WorkerState.objects.filter(worker=abroad).update(stage="before", post_id=cast.TAIPEI)
            WorkerState.objects.filter(worker=abroad).update(stage="during", post_id=cast.SEOUL)
            BookLine.objects.filter(worker_id=abroad.id).update(now=0)
        out = StringIO()
        with pytest.raises(CommandError, match="kept wrongly"):
            call_command("balance", recount=True, stdout=out)
        assert f"{abroad.public_number}  the line in the book was wrong" in out.getvalue()
        assert "the register adds up" in self.run()

    def test_fails_and_names_numbers_but_nobody(self, abroad: Worker, scene: Scene) -> None:
        with scene():
            WorkerState.objects.filter(worker=abroad).update(stage="after")
        book.recount()
        out = StringIO()
        with pytest.raises(CommandError, match="does not add up"):
            call_command("balance", stdout=out)
        assert f"{abroad.public_number}  -1  home_without_return" in out.getvalue()
        assert abroad.full_name not in out.getvalue()


class TestTheApi:
    def test_gives_the_sheet_and_the_names(self, abroad: Worker, scene: Scene) -> None:
        key = caller(scene, "attache")
        with scene():
            WorkerState.objects.filter(worker=abroad).update(stage="after")
        book.recount()
        (found,) = key.get("/register/balance").json()
        assert (found["difference"], found["named"]) == (-1, 1)
        (named,) = key.get("/register/balance/names").json()["items"]
        assert named["number"] == abroad.public_number
        assert key.get("/register/confirmed").json()["abroad"] == 0

    def test_says_how_sure_we_are_of_somebody(self, abroad: Worker, scene: Scene) -> None:
        key = caller(scene, "attache")
        found = key.get(f"/workers/{abroad.public_number}/living").json()
        assert [each["kind"] for each in found["held"]][:2] == ["arrival", "whereabouts"]
        assert found["work_ends_on"] == "2029-03-01"
        other = caller(scene, "agency_staff")
        assert other.get(f"/workers/{abroad.public_number}/living").status_code == 403

    def test_takes_a_leave_family_and_an_extension(self, abroad: Worker, scene: Scene) -> None:
        key = caller(scene, "attache")
        number = abroad.public_number
        gone = key.post(f"/workers/{number}/leaves", on="2026-03-03", back_by="2026-03-20")
        assert (gone.status_code, gone.json()["state"]) == (201, "away")
        back = key.post(f"/leaves/{gone.json()['id']}/end", step="come back", on="2026-03-19")
        assert back.json()["state"] == "back"
        key.post(f"/workers/{number}/companions", name="Putri", relation="child", birth_year=2023)
        assert key.get(f"/workers/{number}/companions").json()[0]["name"] == "Putri"
        with acting_as(ROBOT):
            placement = Placement.objects.get(worker=abroad)
        asked = key.post(f"/placements/{placement.number}/extensions", until="2030-01-01")
        assert (asked.status_code, asked.json()["state"]) == (201, "asked")
        decided = key.post(
            f"/extensions/{asked.json()['id']}/decision", step="grant", reason="Dibaca."
        )
        assert decided.json()["state"] == "granted"

    def test_refuses_a_key_without_the_right(self, scene: Scene) -> None:
        key = caller(scene, "attache", Right.WORKER_READ)
        assert key.get("/register/balance").status_code == 403


def test_before_the_first_count_the_minute_job_begins_it_once(scene: Scene) -> None:
    with scene():
        Recount.objects.all().delete()
    fold_book()
    fold_book()
    with acting_as(ROBOT):
        begun = Recount.objects.get()
    assert begun.ended_at is None
    recount_some(str(begun.id))
    balance.balance(ROBOT, start=YEAR, end=LATER, today=LATER)
