"""Where a person stands in Korea's own system, and each of its time limits on its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lindung.kernel.clock import Phase, Workweek
from lindung.kernel.days import add_months
from lindung.placement import standing
from lindung.placement.lifecycles import PlacementState
from lindung.placement.standing import Facts, Running
from lindung.placement.systems import systems
from lindung.regulations import pathways
from lindung.regulations.lawbook import law

SEOUL = Workweek(country="KR", timezone="Asia/Seoul")
EPS = systems()["kr-eps"]
DAY = date(2026, 3, 2)


def noon(day: date) -> datetime:
    """Noon in Seoul."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def facts(state: PlacementState = PlacementState.ARRIVED, /, **days: date) -> Facts:
    """Facts of a placement to Korea; ``days`` are milestones as well."""
    marks: list[tuple[str, date, dict[str, Any]]] = [
        (code, on, {}) for code, on in sorted(days.items(), key=lambda each: each[1])
    ]
    return Facts(state=state, days=days, marks=marks, pathway="g2g-kr")


def limit(name: str, known: Facts, on: date) -> Running | None:
    """One limit as it stands on a day."""
    rule = next(each for each in EPS.clocks if each.id == name)
    return standing.run(rule, known, now=noon(on), week=SEOUL)


class TestTheDescription:
    def test_names_all_twenty_two_states_and_what_interrupts_them(self) -> None:
        assert {each.number for each in EPS.states} == set(range(1, 23))
        aside = {each.code for each in EPS.aside if each.number == 90}
        assert aside == {
            "absent", "irregular", "injured", "deceased", "cancelled", "roster_expired",
        }  # fmt: skip

    def test_rests_on_rules_and_requirements_that_exist(self) -> None:
        way = pathways.pathway("g2g-kr")
        for state in (*EPS.states, *EPS.aside):
            if state.reached.requirement:
                assert way.asks(state.reached.requirement), state.code
            assert set(state.clocks) <= {each.id for each in EPS.clocks}, state.code
        rules = {each.rule for each in EPS.clocks if each.rule}
        assert rules <= set(law().parameters)

    def test_names_messages_of_the_agreement_going_the_right_way(self) -> None:
        from lindung.exchange.wire import agreement

        ours = {agreement.name_of(each) for each in agreement.said_by("origin")}
        theirs = {agreement.name_of(each) for each in agreement.said_by("destination")}
        for state in (*EPS.states, *EPS.aside):
            assert set(state.sends) <= ours, state.code
            assert set(state.gets) <= theirs, state.code


# Limit, facts it begins with, its last day, what meets it.
LIMITS: list[tuple[str, dict[str, date], date, str]] = [
    ("test", {"test_passed": DAY}, add_months(DAY, 24), ""),
    ("roster", {"roster_active": DAY}, add_months(DAY, 12), "selected"),
    ("answer_offer", {"offered": DAY, "answer_by": DAY + timedelta(14)}, DAY + timedelta(14), "contract_signed"),
    ("visa_authorisation", {"visa_authorised": DAY}, add_months(DAY, 3), "departed"),
    ("induction", {"arrived": DAY}, DAY + timedelta(15), "inducted"),
    ("registration", {"arrived": DAY}, DAY + timedelta(90), "registered"),
    ("employer_report", {"change_known": DAY}, DAY + timedelta(15), "change_reported"),
    ("change_apply", {"work_ended": DAY}, add_months(DAY, 1), "changing_workplace"),
    ("change_permit", {"changing_workplace": DAY}, add_months(DAY, 3), "working"),
    ("extension", {"registered": DAY, "stay_until": date(2029, 3, 1)}, date(2029, 2, 22), "extended"),
    ("stay", {"registered": DAY, "stay_until": date(2029, 3, 1)}, date(2029, 3, 1), "left"),
    ("guarantee_payout", {"left": DAY}, DAY + timedelta(14), "departure_guarantee_paid"),
    ("guarantee_claim", {"left": DAY}, add_months(DAY, 36), "departure_guarantee_paid"),
    ("reentry", {"left": DAY, "reentry_committed": DAY}, add_months(DAY, 1), "reentry_reported"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "days", "last", "met"), LIMITS, ids=[each[0] for each in LIMITS])
class TestEachLimit:
    def test_ends_on_its_day_and_not_a_day_earlier_or_later(
        self, name: str, days: dict[str, date], last: date, met: str
    ) -> None:
        known = facts(PlacementState.ARRIVED, **days)
        before, on, after = (limit(name, known, last + timedelta(days=each)) for each in (-1, 0, 1))
        assert before
        assert on
        assert after
        assert (before.last_day, before.days_left) == (last, 1)
        assert (on.state.phase, on.days_left) == (Phase.TODAY, 0)
        assert (after.state.phase, after.days_left) == (Phase.OVERDUE, -1)

    def test_is_met_by_what_the_data_says(
        self, name: str, days: dict[str, date], last: date, met: str
    ) -> None:
        if not met:
            return
        known = facts(
            PlacementState.ARRIVED,
            **days,
            **{met: max(days.get("registered", DAY), DAY) + timedelta(days=1)},
        )
        found = limit(name, known, last + timedelta(days=30))
        assert found is not None
        assert (found.open, found.state.phase) == (False, Phase.DONE)


class TestLimits:
    def test_wake_somebody_on_day_20_of_30_and_day_75_of_90(self) -> None:
        apply = limit("change_apply", facts(work_ended=DAY), DAY)
        permit = limit("change_permit", facts(changing_workplace=DAY), DAY)
        assert apply
        assert permit
        assert apply.alarms == (DAY + timedelta(days=20),)
        assert permit.alarms == (DAY + timedelta(days=75),)

    def test_wake_somebody_at_two_thirds_where_nothing_else_is_said(self) -> None:
        found = limit("induction", facts(arrived=DAY), DAY)
        assert found is not None
        assert found.alarms == (DAY + timedelta(days=10),)

    def test_take_the_day_that_the_destination_names_over_their_own_count(self) -> None:
        known = facts(changing_workplace=DAY, permit_by=DAY + timedelta(days=60))
        found = limit("change_permit", known, DAY)
        assert found is not None
        assert (found.last_day, found.named) == (DAY + timedelta(days=60), True)

    def test_say_when_their_rule_is_not_confirmed_for_the_day(self) -> None:
        late = date(2027, 1, 4)
        found = limit("change_apply", facts(work_ended=late), late)
        assert found is not None
        assert found.needs_check
        early = limit("change_apply", facts(work_ended=DAY), DAY)
        assert early is not None
        assert not early.needs_check

    def test_do_not_run_where_nobody_knows_their_length(self) -> None:
        assert limit("answer_offer", facts(PlacementState.OFFERED, offered=DAY), DAY) is None

    def test_stop_for_an_injury_and_run_on_by_the_days_it_took(self) -> None:
        known = Facts(
            state=PlacementState.ARRIVED,
            days={"work_ended": DAY},
            marks=[
                ("work_ended", DAY, {}),
                (
                    "clock_paused",
                    DAY + timedelta(days=5),
                    {"clock": "change_apply", "reason": "injury"},
                ),
                ("clock_resumed", DAY + timedelta(days=15), {"clock": "change_apply"}),
            ],
            pathway="g2g-kr",
        )
        during = limit("change_apply", known, DAY + timedelta(days=10))
        after = limit("change_apply", known, DAY + timedelta(days=16))
        assert during
        assert after
        assert (during.state.phase, during.state.paused_for) == (Phase.PAUSED, "injury")
        assert after.last_day == add_months(DAY, 1) + timedelta(days=10)

    def test_matter_no_more_once_the_person_works_again(self) -> None:
        known = facts(work_ended=DAY, working=DAY + timedelta(days=9))
        assert limit("change_apply", known, DAY + timedelta(days=40)) is None


class TestStanding:
    def at(self, known: Facts) -> tuple[str, bool]:
        found = standing.standing(known)
        assert found is not None
        return found.here.code, found.aside

    def test_follows_the_order_before_entry(self) -> None:
        known = facts(PlacementState.PREPARING)
        assert self.at(known) == ("round_announced", False)
        settled: dict[str, date] = {}
        for requirement, state in (
            ("registration", "test_registered"), ("eps_topik", "test_passed"),
            ("skill_test", "skill_passed"), ("file_complete", "documents_filed"),
        ):  # fmt: skip
            settled = {**settled, requirement: DAY}
            known = Facts(state=PlacementState.PREPARING, settled=settled, pathway="g2g-kr")
            assert self.at(known) == (state, False)

    def test_goes_round_while_people_work(self) -> None:
        days: dict[str, Any] = {"arrived": DAY}
        known = facts(**days)
        marks = list(known.marks)
        for number, code in enumerate(
            ("inducted", "registered", "working", "changing_workplace", "working", "extended")
        ):
            on = DAY + timedelta(days=number + 1)
            marks.append((code, on, {}))
            days[code] = on
            known = Facts(
                state=PlacementState.ARRIVED,
                settled={"arrival_confirmed": DAY},
                days=dict(days),
                marks=list(marks),
                pathway="g2g-kr",
            )
            assert self.at(known) == (code, False)

    def test_is_interrupted_and_goes_on(self) -> None:
        marks: list[tuple[str, date, dict[str, Any]]] = [("working", DAY, {})]
        days = {"arrived": DAY, "working": DAY}
        absent = DAY + timedelta(days=3)
        known = Facts(
            state=PlacementState.ARRIVED,
            settled={"arrival_confirmed": DAY},
            days={**days, "absent": absent},
            marks=[*marks, ("absent", absent, {})],
            pathway="g2g-kr",
        )
        assert self.at(known) == ("absent", True)
        back = absent + timedelta(days=2)
        again = Facts(
            state=PlacementState.ARRIVED,
            settled={"arrival_confirmed": DAY},
            days={**days, "absent": absent, "working": back},
            marks=[*known.marks, ("working", back, {})],
            pathway="g2g-kr",
        )
        assert self.at(again) == ("working", False)

    def test_knows_no_system_for_other_pathways(self) -> None:
        assert standing.standing(Facts(PlacementState.ARRIVED, pathway="p2p-tw-care")) is None


class TestRefusals:
    def known(self, *days: date, cancelled: tuple[date, ...] = ()) -> Facts:
        return Facts(
            state=PlacementState.ROSTERED, refused=days, cancelled=cancelled, pathway="g2g-kr"
        )

    def test_one_is_free(self) -> None:
        found = standing.refusals(self.known(DAY), on=DAY)
        assert found is not None
        assert (found.used, found.allowed, found.barred_until) == (1, 1, None)

    def test_the_second_bars_for_twelve_months_to_the_day(self) -> None:
        second = DAY + timedelta(days=30)
        known = self.known(DAY, second)
        last = add_months(second, 12)
        on, after = (standing.refusals(known, on=day) for day in (last, last + timedelta(days=1)))
        assert on
        assert after
        assert (on.barred_until, after.barred_until) == (last, None)
        assert on.needs_check  # the rule was last confirmed long ago

    def test_a_contract_cancelled_by_the_worker_bars_at_once(self) -> None:
        found = standing.refusals(self.known(cancelled=(DAY,)), on=DAY)
        assert found is not None
        assert found.barred_until == add_months(DAY, 12)


class TestChanges:
    @pytest.mark.parametrize(
        ("reason", "counts"),
        [
            ("contract_ended", True), ("contract_cancelled", True), ("closure", False),
            ("wage_arrears", False), ("bad_lodging", False), ("injury", False), ("unheard", None),
        ],
    )  # fmt: skip
    def test_count_by_their_reason(self, reason: str, counts: bool | None) -> None:
        assert standing.counts("g2g-kr", reason, on=DAY) is counts

    def test_are_three_in_the_first_term_and_two_in_the_next(self) -> None:
        marks: list[tuple[str, date, dict[str, Any]]] = []
        for each in range(3):
            day = DAY + timedelta(days=10 * each)
            marks += [
                ("changing_workplace", day, {"counts": each != 1}),
                # The attaché heard it first, the destination says it on the next day.
                ("changing_workplace", day + timedelta(days=1), {"counts": each != 1}),
                ("working", day + timedelta(days=5), {}),
            ]
        known = Facts(
            state=PlacementState.ARRIVED, days={"arrived": DAY}, marks=marks, pathway="g2g-kr"
        )
        first = standing.changes(known, on=DAY)
        assert first is not None
        assert (first.used, first.allowed) == (2, 3)
        later = DAY + timedelta(days=900)
        extended = Facts(
            state=PlacementState.ARRIVED,
            days={"arrived": DAY, "extended": later},
            marks=[*marks, ("extended", later, {})],
            pathway="g2g-kr",
        )
        second = standing.changes(extended, on=date(2026, 4, 1))
        assert second is not None
        assert (second.used, second.allowed) == (0, 2)
