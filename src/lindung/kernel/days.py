"""Whole days and calendar months, as contracts and laws count them.

A period is ``[start, end)``: its end is the first day that no longer belongs to it. People are
shown ``last``; machines keep ``end``.
"""

from __future__ import annotations

import calendar
import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Self

ONE = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later; a day that month lacks becomes its last one.

    31 January plus one month is 28 or 29 February. Always counted from the first day, never
    step by step, so that 31 January plus two months is 31 March.

    Raises:
        OverflowError: outside the years 1 to 9999.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("Outside the calendar.")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 28 February in a common year."""
    return add_months(day, years * 12)


def whole_months(start: date, end: date) -> int:
    """How many full calendar months fit from ``start`` to ``end`` (end not counted in)."""
    if end < start:
        raise ValueError("It ends before it starts.")
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def age(born: date, on: date) -> int:
    """Whole years lived on a day.

    Someone born on 29 February turns a year older on 1 March of a common year.

    Raises:
        ValueError: not born yet.
    """
    if on < born:
        raise ValueError("Not born yet.")
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def days_between(start: date, end: date) -> int:
    """Whole days from one to the other; tomorrow is 1, yesterday is -1."""
    return (end - start).days


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Period:
    """From ``start`` up to, not including, ``end``; ``end`` None means still running.

    Raises:
        ValueError: the end is not after the start.
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError("A period has at least one day.")

    @classmethod
    def through(cls, first: date, last: date) -> Self:
        """The period that people write as "from first through last"."""
        return cls(first, last + ONE)

    @classmethod
    def of_months(cls, start: date, months: int) -> Self:
        """So many calendar months from this day: 24 months from 1 March end on 1 March."""
        return cls(start, add_months(start, months))

    @property
    def last(self) -> date | None:
        """The last day that belongs to it, None while it runs."""
        return None if self.end is None else self.end - ONE

    @property
    def days(self) -> int | None:
        """Whole days in it, None while it runs."""
        return None if self.end is None else (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """Whether they share at least one day; neighbours do not."""
        return (self.end is None or other.start < self.end) and (
            other.end is None or self.start < other.end
        )

    def common(self, other: Period) -> Period | None:
        """The days both have, None if there are none."""
        if not self.overlaps(other):
            return None
        ends = [end for end in (self.end, other.end) if end is not None]
        return Period(max(self.start, other.start), min(ends) if ends else None)

    def __iter__(self) -> Iterator[date]:
        """Its days in order; a running period has no last one and is refused (ValueError)."""
        if self.end is None:
            raise ValueError("A running period has no last day.")
        for number in range((self.end - self.start).days):
            yield self.start + timedelta(days=number)
