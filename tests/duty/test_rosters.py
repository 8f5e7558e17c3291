"""The roster of a post: who answers at an instant, holes, swaps, the chain."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.models import Account, Duty, Post
from lindung.duty import operations, queries
from lindung.duty.chain import Who
from lindung.duty.models import Shift
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from tests import cast
from tests.cast import ATTACHE, MINISTRY, NOW, OFFICER, OTHER_ATTACHE, SEOUL, TAIPEI
from tests.conftest import Scene

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Asia/Seoul")
MONDAY = date(2026, 3, 2)
PHONE = "+82 2 000"


@pytest.fixture(autouse=True)
def posts(scene: Scene) -> None:
    with scene():
        cast.posts()


def officer(scene: Scene, name: str = "Rina", *, post: int | None = SEOUL) -> Account:
    with scene():
        account = Account.objects.create_user(f"{name}{post}".lower(), display_name=name)
        Duty.objects.create(
            account=account,
            role="attache" if post else "ministry_officer",
            post_id=post,
            valid_from=date(2025, 1, 1),
        )
    return account


def put(starts: datetime = NOW, hours: int = 8, **given: object) -> Shift:
    values = {
        "who": "first", "phone": PHONE, "role": "Penjaga", "starts_at": starts,
        "ends_at": starts + HOUR * hours,
    } | given  # fmt: skip
    return operations.put_on_duty(ATTACHE, SEOUL, **values)  # type: ignore[arg-type]


def who(at: datetime, post: int | None = SEOUL) -> list[tuple[Who, str]]:
    return [(each.who, each.name) for each in queries.on_duty(post, at=at)]


class TestOnDuty:
    def test_falls_to_the_ministry_where_nobody_is(self) -> None:
        assert [each.who for each in queries.on_duty(SEOUL, at=NOW)] == [Who.MINISTRY]
        assert [each.who for each in queries.on_duty(None, at=NOW)] == [Who.MINISTRY]

    def test_names_first_then_second_then_head_then_ministry(self, scene: Scene) -> None:
        rina = officer(scene)
        put(who="second", role="Galih")
        put(account_id=rina.id, role="")
        operations.keep_chain(ATTACHE, SEOUL, who="head", minutes=7, name="Dubes", phone="1")
        operations.keep_chain(MINISTRY, None, who="ministry", minutes=3, name="Krisis", phone="2")
        found = queries.on_duty(SEOUL, at=NOW)
        assert [(each.who, each.name, each.minutes) for each in found] == [
            (Who.FIRST, "Rina", 5), (Who.SECOND, "Galih", 5),
            (Who.HEAD, "Dubes", 7), (Who.MINISTRY, "Krisis", 3),
        ]  # fmt: skip
        assert found[0].account_id == rina.id

    def test_ends_with_the_instant_the_shift_ends(self) -> None:
        put()
        assert who(NOW)[0] == (Who.FIRST, "Penjaga")
        assert who(NOW + HOUR * 8 - timedelta(seconds=1))[0] == (Who.FIRST, "Penjaga")
        assert who(NOW + HOUR * 8)[0][0] == Who.MINISTRY
        assert who(NOW - timedelta(seconds=1))[0][0] == Who.MINISTRY

    def test_passes_over_those_who_left_or_are_shut_out(self, scene: Scene) -> None:
        gone, shut = officer(scene, "Pergi"), officer(scene, "Tutup")
        put(account_id=gone.id)
        put(account_id=shut.id, who="second")
        assert [name for _, name in who(NOW)[:2]] == ["Pergi", "Tutup"]
        with scene():
            Duty.objects.filter(account=gone).update(valid_to=NOW.date())
            Account.objects.filter(id=shut.id).update(is_active=False)
        assert [each for each, _ in who(NOW)] == [Who.MINISTRY]

    def test_of_one_post_is_not_of_another(self) -> None:
        put()
        assert [each for each, _ in who(NOW, TAIPEI)] == [Who.MINISTRY]

    def test_of_the_ministry_is_whoever_sits_there(self, scene: Scene) -> None:
        dewi = officer(scene, "Dewi", post=None)
        operations.put_on_duty(
            MINISTRY, None, who="first", phone="2", account_id=dewi.id,
            starts_at=NOW, ends_at=NOW + HOUR,
        )  # fmt: skip
        assert who(NOW, TAIPEI) == [(Who.MINISTRY, "Dewi")]

    @settings(
        max_examples=40, deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )  # fmt: skip
    @given(
        spans=st.lists(
            st.tuples(
                st.integers(0, 200), st.integers(1, 24), st.sampled_from(["first", "second"])
            ),
            max_size=8,
        ),
        asked=st.lists(st.integers(-10 * 60, 240 * 60), min_size=1, max_size=10),
        withdrawn=st.booleans(),
    )
    def test_is_never_nobody_at_any_instant(
        self,
        scene: Scene,
        spans: list[tuple[int, int, str]],
        asked: list[int],
        withdrawn: bool,
    ) -> None:
        with scene():
            Shift.objects.all().delete()
            for start, hours, place in spans:
                Shift.objects.create(
                    post_id=SEOUL, who=place, name="Seseorang", phone="1",
                    starts_at=NOW + HOUR * start, ends_at=NOW + HOUR * (start + hours),
                    withdrawn_at=NOW if withdrawn else None,
                )  # fmt: skip
        for minutes in asked:
            at = NOW + timedelta(minutes=minutes)
            found = queries.on_duty(SEOUL, at=at)
            assert found[-1].who is Who.MINISTRY
            covered = not withdrawn and any(
                place == "first" and NOW + HOUR * start <= at < NOW + HOUR * (start + hours)
                for start, hours, place in spans
            )
            assert (found[0].who is Who.FIRST) == covered
            assert all(each.minutes >= 1 for each in found)


class TestPutOnDuty:
    def test_refuses_what_is_no_shift(self) -> None:
        for given_, field in (
            ({"ends_at": NOW}, "until"),
            ({"ends_at": NOW + HOUR * 25}, "until"),
            ({"phone": " "}, "phone"),
            ({"who": "head"}, "who"),
            ({"role": " "}, "account"),
        ):
            with pytest.raises(Incomplete) as caught:
                put(**given_)
            assert set(caught.value.facts["fields"]) == {field}

    def test_refuses_a_place_that_is_taken(self) -> None:
        put()
        with pytest.raises(operations.AlreadyCovered):
            put(starts=NOW + HOUR * 7)
        put(starts=NOW + HOUR * 8)
        put(who="second")

    def test_is_closed_to_others(self, scene: Scene) -> None:
        rina = officer(scene)
        for stranger, error in ((OTHER_ATTACHE, NotFound), (OFFICER, NotAllowed)):
            with pytest.raises(error):
                operations.put_on_duty(
                    stranger, SEOUL, who="first", phone="1", account_id=rina.id,
                    starts_at=NOW, ends_at=NOW + HOUR,
                )  # fmt: skip
        with pytest.raises(NotFound):
            put(account_id=officer(scene, "Tono", post=TAIPEI).id)
        with pytest.raises(NotFound):
            operations.put_on_duty(
                ATTACHE, None, who="first", phone="1", role="x", starts_at=NOW, ends_at=NOW + HOUR
            )
        put()
        with acting_as(OTHER_ATTACHE):
            assert not Shift.objects.exists()


class TestWithdrawAndSwap:
    def test_leaves_a_hole(self) -> None:
        operations.withdraw_shift(ATTACHE, put().id, at=NOW)
        assert who(NOW)[0][0] is Who.MINISTRY
        put()

    def test_is_closed_to_what_is_over(self) -> None:
        made = put()
        with pytest.raises(StepClosed):
            operations.withdraw_shift(ATTACHE, made.id, at=made.ends_at)
        with pytest.raises(NotFound):
            operations.withdraw_shift(OTHER_ATTACHE, made.id, at=NOW)

    def test_swaps_people_and_their_telephones_not_hours(self) -> None:
        one = put(role="A", phone="1")
        other = put(starts=NOW + HOUR * 8, role="B", phone="2")
        operations.swap_shifts(ATTACHE, one.id, other_id=other.id, at=NOW)
        first, second = (
            queries.on_duty(SEOUL, at=NOW)[0],
            queries.on_duty(SEOUL, at=NOW + HOUR * 8)[0],
        )
        assert (first.name, first.phone, second.name) == ("B", "2", "A")
        with pytest.raises(Incomplete):
            operations.swap_shifts(ATTACHE, one.id, other_id=one.id, at=NOW)


class TestTheWeek:
    def test_shows_holes_by_the_desks_own_clock(self) -> None:
        put(starts=datetime.combine(MONDAY, time(8), ZONE), hours=12)
        with acting_as(ATTACHE):
            monday, tuesday, *_ = queries.week_of(Post.objects.get(id=SEOUL), monday=MONDAY)
        spans = [(a.astimezone(ZONE).hour, b.astimezone(ZONE).hour) for a, b in monday.holes]
        assert spans == [(0, 8), (20, 0)]
        assert len(tuesday.holes) == 1

    def test_is_copied_by_the_wall_clock_once(self) -> None:
        put(starts=datetime.combine(MONDAY, time(8), ZONE))
        made = operations.repeat_week(ATTACHE, SEOUL, monday=MONDAY)
        assert [each.starts_at for each in made] == [
            datetime.combine(MONDAY + timedelta(days=7), time(8), ZONE)
        ]
        with pytest.raises(Incomplete):
            operations.repeat_week(ATTACHE, SEOUL, monday=MONDAY)

    @given(
        spans=st.lists(st.tuples(st.integers(0, 48), st.integers(1, 30)), max_size=8),
    )
    def test_holes_and_shifts_make_up_the_whole(self, spans: list[tuple[int, int]]) -> None:
        start = datetime(2026, 3, 2, tzinfo=UTC)
        covered = [(start + HOUR * a, start + HOUR * (a + b)) for a, b in spans]
        found = queries.holes(covered, start, start + HOUR * 48)
        for hour in range(48):
            at = start + HOUR * hour
            assert any(a <= at < b for a, b in found) != any(a <= at < b for a, b in covered)
        assert all(a < b for a, b in found)


class TestTheChain:
    def test_of_the_ministry_is_the_ministrys(self) -> None:
        with pytest.raises(Incomplete):
            operations.keep_chain(ATTACHE, SEOUL, who="ministry", minutes=5, phone="1")
        with pytest.raises(Incomplete):
            operations.keep_chain(ATTACHE, SEOUL, who="head", minutes=0, phone="1")
        with pytest.raises(Incomplete):
            operations.keep_chain(ATTACHE, SEOUL, who="head", minutes=5)

    def test_leaves_a_note_to_the_desk_alone(self) -> None:
        operations.write_handover(ATTACHE, SEOUL, words="KSS-26-1: telepon jam 20", at=NOW)
        with acting_as(ATTACHE):
            post = Post.objects.get(id=SEOUL)
            assert [each.author for each in queries.handovers(post)] == ["Rina"]
        with acting_as(OTHER_ATTACHE):
            assert queries.handovers(post) == []
        with pytest.raises(Incomplete):
            operations.write_handover(ATTACHE, SEOUL, words=" ", at=NOW)
