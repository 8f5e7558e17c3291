"""Deadlines on an office's calendar: feasts, legal hours, pauses, and no restart."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel.clock import Count, Deadline, Pause, Phase, Workweek

SEOUL = Workweek("KR", "Asia/Seoul")
RIYADH = Workweek("SA", "Asia/Riyadh", days_off=frozenset({4, 5}))


def at(text: str, zone: str = "Asia/Seoul") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def due(amount, count, began, now=None, week=SEOUL, pauses=()):
    return Deadline(began, amount, count, week, pauses).due_at(now or began)


class TestWorkingDays:
    def test_leaves_out_weekends_and_feasts(self):
        # Korea's Lunar New Year of 2026 is kept from 16 to 18 February, Monday to Wednesday.
        assert SEOUL.add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 19)
        assert not SEOUL.works_on(date(2026, 2, 17))

    def test_knows_a_week_that_rests_on_friday(self):
        assert RIYADH.works_on(date(2026, 6, 7))
        assert not RIYADH.works_on(date(2026, 6, 5))

    def test_keeps_the_offices_own_closed_and_opened_days(self):
        week = dataclasses.replace(
            SEOUL, closed=frozenset({date(2026, 8, 18)}), opened=frozenset({date(2026, 8, 22)})
        )
        assert not week.works_on(date(2026, 8, 18))
        assert week.works_on(date(2026, 8, 22))

    @given(st.dates(date(2020, 1, 1), date(2029, 1, 1)), st.integers(1, 40))
    def test_counts_as_many_working_days_as_asked(self, day, number):
        last = SEOUL.add_working_days(day, number)
        between = (day + timedelta(days=n) for n in range(1, (last - day).days + 1))
        assert sum(SEOUL.works_on(each) for each in between) == number
        assert SEOUL.works_on(last)

    def test_refuses_a_week_without_work(self):
        with pytest.raises(ValueError):
            Workweek("KR", "Asia/Seoul", days_off=frozenset(range(7)))
        with pytest.raises(ValueError):
            SEOUL.add_working_days(date(2026, 1, 1), -1)


class TestDue:
    def test_three_times_24_hours_are_72_hours_feasts_included(self):
        began = at("2026-02-14T15:30")
        assert due(72, Count.HOURS, began) == began + timedelta(hours=72)

    def test_days_end_with_the_offices_last_day(self):
        began = datetime(2026, 3, 1, 16, tzinfo=UTC)  # already the 2nd in Seoul
        assert due(15, Count.DAYS, began) == at("2026-03-18T00:00")

    def test_working_days_end_with_the_last_one(self):
        assert due(3, Count.WORKING_DAYS, at("2026-02-13T10:00")) == at("2026-02-24T00:00")

    def test_months_end_with_the_day_of_the_same_number(self):
        assert due(1, Count.MONTHS, at("2026-01-31T10:00")) == at("2026-03-01T00:00")

    def test_hours_are_hours_across_a_change_of_clocks(self):
        berlin = Workweek("DE", "Europe/Berlin")
        began = at("2026-03-28T12:00", "Europe/Berlin").astimezone(UTC)
        assert due(24, Count.HOURS, began, week=berlin) - began == timedelta(hours=24)


class TestPauses:
    BEGAN = at("2026-03-02T09:00")

    def test_hours_paused_are_given_back(self):
        pause = Pause(at("2026-03-02T12:00"), "waits_for_worker", at("2026-03-02T17:00"))
        assert due(24, Count.HOURS, self.BEGAN, pauses=[pause]) == at("2026-03-03T14:00")

    def test_overlapping_pauses_count_once(self):
        one = Pause(at("2026-03-02T12:00"), "a", at("2026-03-02T17:00"))
        two = Pause(at("2026-03-02T15:00"), "b", at("2026-03-02T18:00"))
        assert due(24, Count.HOURS, self.BEGAN, pauses=[two, one]) == at("2026-03-03T15:00")

    def test_time_before_the_beginning_and_after_the_end_does_not_count(self):
        early = Pause(at("2026-03-01T00:00"), "a", at("2026-03-02T08:00"))
        late = Pause(at("2026-03-20T00:00"), "b", at("2026-03-22T00:00"))
        assert due(24, Count.HOURS, self.BEGAN, at("2026-04-01T00:00"), pauses=[early, late]) == at(
            "2026-03-03T09:00"
        )

    def test_a_lasting_pause_moves_the_end_with_now(self):
        pause = Pause(at("2026-03-02T12:00"), "waits_for_worker")
        deadline = Deadline(self.BEGAN, 24, Count.HOURS, SEOUL, [pause])
        now = at("2026-03-05T12:00")
        assert deadline.due_at(now) == at("2026-03-06T09:00")
        state = deadline.state(now)
        assert (state.phase, state.paused_for) == (Phase.PAUSED, "waits_for_worker")

    def test_working_days_paused_are_given_back_as_working_days(self):
        # From Tuesday to Thursday: two working days; the due Friday moves over the weekend.
        pause = Pause(at("2026-03-03T10:00"), "a", at("2026-03-05T10:00"))
        assert due(4, Count.WORKING_DAYS, self.BEGAN, pauses=[pause]) == at("2026-03-11T00:00")

    def test_a_pause_inside_one_day_moves_no_day(self):
        pause = Pause(at("2026-03-03T10:00"), "a", at("2026-03-03T16:00"))
        for count in (Count.DAYS, Count.WORKING_DAYS):
            assert due(4, count, self.BEGAN, pauses=[pause]) == due(4, count, self.BEGAN)

    @given(
        st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=5),
        st.integers(1, 240),
    )
    def test_every_paused_hour_before_the_end_is_given_back_and_no_other(self, spans, hours):
        pauses = [
            Pause(
                self.BEGAN + timedelta(hours=start),
                "a",
                self.BEGAN + timedelta(hours=start + length),
            )
            for start, length in spans
        ]
        end = due(hours, Count.HOURS, self.BEGAN, self.BEGAN + timedelta(days=90), pauses=pauses)
        running = sum(
            not any(p.start <= self.BEGAN + timedelta(hours=h) < p.end for p in pauses)
            for h in range(int((end - self.BEGAN) / timedelta(hours=1)))
        )
        assert running == hours

    def test_has_a_reason_and_a_time_zone(self):
        with pytest.raises(ValueError):
            Pause(self.BEGAN, "")
        with pytest.raises(ValueError):
            Pause(datetime(2026, 1, 1), "a")  # noqa: DTZ001  that is what is refused
        with pytest.raises(ValueError):
            Pause(self.BEGAN, "a", self.BEGAN - timedelta(hours=1))


class TestState:
    DEADLINE = Deadline(at("2026-03-02T09:00"), 10, Count.DAYS, SEOUL)  # through 12 March

    @pytest.mark.parametrize(
        ("now", "phase", "left"),
        [
            ("2026-03-02T10:00", Phase.LATER, 10),
            ("2026-03-10T10:00", Phase.SOON, 2),
            ("2026-03-12T23:59", Phase.TODAY, 0),
            ("2026-03-13T00:00", Phase.OVERDUE, -1),
            ("2026-03-21T08:00", Phase.LONG_OVERDUE, -9),
        ],
    )
    def test_counts_days_of_the_office(self, now, phase, left):
        state = self.DEADLINE.state(at(now))
        assert (state.phase, state.days_left) == (phase, left)

    def test_hours_can_run_out_inside_a_day(self):
        deadline = Deadline(at("2026-03-02T09:00"), 24, Count.HOURS, SEOUL)
        assert deadline.state(at("2026-03-03T08:59")).phase is Phase.TODAY
        assert deadline.state(at("2026-03-03T09:00")).phase is Phase.OVERDUE

    def test_stops_when_met(self):
        met = dataclasses.replace(self.DEADLINE, met_at=at("2026-03-12T20:00"))
        assert (met.state(at("2027-01-01T00:00")).phase, met.late) == (Phase.DONE, False)
        late = dataclasses.replace(self.DEADLINE, met_at=at("2026-03-13T00:00"))
        assert late.late

    def test_refuses_a_time_without_a_zone(self):
        with pytest.raises(ValueError):
            self.DEADLINE.state(datetime(2026, 3, 3))  # noqa: DTZ001  that is what is refused

    def test_nothing_about_a_handover_can_restart_it(self):
        names = {field.name for field in dataclasses.fields(Deadline)}
        assert names == {"began_at", "amount", "count", "week", "pauses", "met_at", "basis"}
