"""Whole days and calendar months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel.days import Period, add_months, add_years, age, days_between, whole_months

days = st.dates(date(1950, 1, 1), date(2090, 12, 31))


@st.composite
def periods(draw, *, running=True):
    start = draw(days)
    length = draw(st.integers(1, 4000))
    end = start + timedelta(days=length)
    return Period(start, None if running and draw(st.booleans()) else end)


class TestMonths:
    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2028, 1, 31), 1, date(2028, 2, 29)),
            (date(2026, 1, 31), 2, date(2026, 3, 31)),
            (date(2026, 3, 31), -1, date(2026, 2, 28)),
            (date(2026, 11, 15), 24, date(2028, 11, 15)),
            (date(2026, 5, 1), -17, date(2024, 12, 1)),
        ],
    )
    def test_keeps_the_day_or_the_months_last_one(self, day, months, expected):
        assert add_months(day, months) == expected

    def test_a_leap_day_becomes_the_last_of_february(self):
        assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
        assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)

    @given(days, st.integers(0, 600))
    def test_counting_back_gives_the_months_that_were_added(self, day, months):
        assert whole_months(day, add_months(day, months)) == months

    @given(days, st.integers(0, 600))
    def test_more_months_are_never_earlier(self, day, months):
        assert add_months(day, months) < add_months(day, months + 1)

    def test_refuses_to_leave_the_calendar(self):
        with pytest.raises(OverflowError):
            add_months(date(9999, 12, 1), 1)
        with pytest.raises(ValueError):
            whole_months(date(2026, 2, 1), date(2026, 1, 1))


class TestAge:
    @pytest.mark.parametrize(
        ("on", "years"), [(date(2026, 3, 1), 17), (date(2026, 3, 2), 18), (date(2026, 3, 3), 18)]
    )
    def test_turns_on_the_birthday(self, on, years):
        assert age(date(2008, 3, 2), on) == years

    def test_of_someone_born_on_a_leap_day(self):
        born = date(2008, 2, 29)
        assert (age(born, date(2026, 2, 28)), age(born, date(2026, 3, 1))) == (17, 18)

    def test_refuses_the_unborn(self):
        with pytest.raises(ValueError):
            age(date(2026, 1, 2), date(2026, 1, 1))


class TestPeriod:
    def test_does_not_hold_its_end(self):
        period = Period(date(2026, 1, 1), date(2026, 2, 1))
        assert date(2026, 1, 31) in period
        assert date(2026, 2, 1) not in period
        assert (period.last, period.days) == (date(2026, 1, 31), 31)
        assert Period.through(date(2026, 1, 1), date(2026, 1, 31)) == period
        assert Period.of_months(date(2026, 1, 1), 1) == period

    def test_has_at_least_a_day(self):
        with pytest.raises(ValueError):
            Period(date(2026, 1, 1), date(2026, 1, 1))

    @given(periods(running=False))
    def test_counts_the_days_it_lists(self, period):
        assert sum(1 for _ in period) == period.days == days_between(period.start, period.end)

    @given(periods(), periods(), days)
    def test_the_common_days_are_those_in_both(self, one, other, day):
        common = one.common(other)
        assert (day in one and day in other) == (common is not None and day in common)
        assert common == other.common(one)
        assert one.overlaps(other) == other.overlaps(one) == (common is not None)

    @given(periods(running=False))
    def test_neighbours_share_nothing(self, period):
        assert not period.overlaps(Period(period.end))

    def test_a_running_one_has_no_last_day(self):
        with pytest.raises(ValueError):
            list(Period(date(2026, 1, 1)))
        assert Period(date(2026, 1, 1)).last is None
