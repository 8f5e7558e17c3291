"""Due instants: working days of a place, legal hours, pauses with a reason.

A :class:`Deadline` begins once. Handing the case to somebody else is no argument of anything
here, so it cannot restart one. The clock is never read: callers pass ``now``.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from lindung.kernel.days import add_months

DAY = timedelta(days=1)


@functools.lru_cache(maxsize=512)
def _holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    """Public holidays of a country and year, from the library ``holidays``.

    A country that the library does not know, or none, has no holidays: a clock then ends too early
    rather than not at all.
    """
    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    except NotImplementedError:
        return frozenset()
    return frozenset(found)


@dataclasses.dataclass(frozen=True, slots=True)
class Workweek:
    """When an office works: its country's holidays, its weekly days off, its own closed days.

    Args:
        country: ISO 3166-1 alpha-2, as the library ``holidays`` has it.
        timezone: IANA name; a day begins at midnight there.
        days_off: weekdays without work, Monday 0 to Sunday 6.
        subdivision: ISO 3166-2 part after the hyphen, where holidays differ inside the country.
        closed: further days, for example the origin's own feasts that a post keeps.
        opened: days worked although they look free.
    """

    country: str
    timezone: str
    days_off: frozenset[int] = frozenset({5, 6})
    subdivision: str = ""
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.days_off <= set(range(7)) or len(self.days_off) == 7:
            raise ValueError("A week has at least one working day; weekdays are 0 to 6.")

    def works_on(self, day: date) -> bool:
        """Whether the office works on this day."""
        if day in self.opened:
            return True
        if day.weekday() in self.days_off or day in self.closed:
            return False
        return day not in _holidays(self.country, self.subdivision, day.year)

    def add_working_days(self, day: date, number: int) -> date:
        """The so-many-th working day after ``day``; the day itself does not count.

        Raises:
            ValueError: a negative number, or no working day within ten years.
        """
        if number < 0:
            raise ValueError("Working days are counted forward.")
        last = day + DAY * (3660 + number * 7)
        while number:
            day += DAY
            if day > last:
                raise ValueError("No working day in ten years.")
            if self.works_on(day):
                number -= 1
        return day

    def local(self, at: datetime) -> datetime:
        """An instant on the clock of this office."""
        return at.astimezone(ZoneInfo(self.timezone))

    def end_of(self, day: date) -> datetime:
        """The first instant that no longer belongs to the day here."""
        return datetime.combine(day + DAY, time(), ZoneInfo(self.timezone))


class Count(enum.StrEnum):
    """What a legal duration counts."""

    HOURS = "hours"  # every hour counts, nights and feasts included: 3×24 h is 72 hours
    DAYS = "days"  # calendar days, to the end of the last one
    WORKING_DAYS = "working_days"  # days the office works, to the end of the last one
    MONTHS = "months"  # calendar months, to the end of the day of the same number


@dataclasses.dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count, and why: the reason is shown beside the clock.

    Args:
        start: when it began, an instant.
        end: when it ended; None while it lasts.
        reason: a code the office knows, never empty.
        by: whose pause it is, an office's label or an id, never a worker's name.
    """

    start: datetime
    reason: str
    end: datetime | None = None
    by: str = ""

    def __post_init__(self) -> None:
        if not self.reason:
            raise ValueError("A pause has a reason.")
        for instant in (self.start, self.end):
            if instant is not None and instant.tzinfo is None:
                raise ValueError("An instant has a time zone.")
        if self.end is not None and self.end < self.start:
            raise ValueError("A pause ends after it began.")


class Phase(enum.StrEnum):
    """Where a deadline stands; lists are grouped in this order."""

    LONG_OVERDUE = "long_overdue"
    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    PAUSED = "paused"
    DONE = "done"


# How lists group clocks; ours, not a law's.
LONG_OVERDUE_DAYS = 7
SOON_DAYS = 7


@dataclasses.dataclass(frozen=True, slots=True)
class ClockState:
    """How much is left, in whole days of the office's calendar: -9, 0 (today), 2."""

    phase: Phase
    days_left: int
    due_at: datetime
    paused_for: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Deadline:
    """A legal duration that began at an instant and runs on an office's calendar.

    Args:
        began_at: the instant from which the law counts.
        amount: how many of ``count``.
        count: hours, days, working days or months.
        week: the office whose calendar and time zone hold.
        pauses: any order; overlapping ones count once.
        met_at: when what was due was done; None while open.
        basis: the rule's id, shown with the clock.
    """

    began_at: datetime
    amount: int
    count: Count
    week: Workweek
    pauses: Sequence[Pause] = ()
    met_at: datetime | None = None
    basis: str = ""

    def __post_init__(self) -> None:
        if self.began_at.tzinfo is None or (self.met_at and self.met_at.tzinfo is None):
            raise ValueError("An instant has a time zone.")
        if self.amount < 0:
            raise ValueError("A duration is not negative.")

    def _merged(self, now: datetime) -> list[tuple[datetime, datetime]]:
        """Pauses up to ``now`` as separate spans in order, cut to the deadline's own time."""
        spans: list[tuple[datetime, datetime]] = []
        for pause in sorted(self.pauses, key=lambda pause: pause.start):
            start = max(pause.start, self.began_at)
            end = pause.end if pause.end is not None else now
            if end <= start:
                continue
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(spans[-1][1], end))
            else:
                spans.append((start, end))
        return spans

    def _due_without_pauses(self) -> datetime:
        if self.count is Count.HOURS:
            return self.began_at + timedelta(hours=self.amount)
        start = self.week.local(self.began_at).date()
        if self.count is Count.DAYS:
            return self.week.end_of(start + DAY * self.amount)
        if self.count is Count.MONTHS:
            return self.week.end_of(add_months(start, self.amount))
        return self.week.end_of(self.week.add_working_days(start, self.amount))

    def due_at(self, now: datetime) -> datetime:
        """The instant from which it is too late.

        A pause moves it by the hours, days or working days that it took; one still lasting
        moves it with ``now``. Whole days paused are the local dates that the pause covers from
        its first to its last midnight, so a pause inside one day moves a day-count by nothing.
        """
        due = self._due_without_pauses()
        for start, end in self._merged(now):
            if start >= due:
                break
            if self.count is Count.HOURS:
                due += end - start
                continue
            first, last = self.week.local(start).date(), self.week.local(end).date()
            last_day = (self.week.local(due) - timedelta(microseconds=1)).date()
            if self.count is Count.WORKING_DAYS:
                lost = sum(
                    self.week.works_on(first + DAY * number)
                    for number in range(1, (last - first).days + 1)
                )
                due = self.week.end_of(self.week.add_working_days(last_day, lost))
            else:
                due = self.week.end_of(last_day + (last - first))
        return due

    def paused(self, now: datetime) -> Pause | None:
        """The pause that lasts at this instant, if one does."""
        for pause in self.pauses:
            if pause.start <= now and (pause.end is None or now < pause.end):
                return pause
        return None

    def state(self, now: datetime) -> ClockState:
        """Overdue, today or so many days left, on the office's calendar.

        Raises:
            ValueError: ``now`` has no time zone.
        """
        if now.tzinfo is None:
            raise ValueError("An instant has a time zone.")
        at = self.met_at or now
        due = self.due_at(at)
        last_day = (self.week.local(due) - timedelta(microseconds=1)).date()
        left = (last_day - self.week.local(at).date()).days
        if self.met_at is not None:
            return ClockState(Phase.DONE, left, due)
        if pause := self.paused(now):
            return ClockState(Phase.PAUSED, left, due, pause.reason)
        if now >= due:
            # Hours can run out in the middle of a day: late, although the day is not over.
            left = min(left, 0)
            late = Phase.LONG_OVERDUE if left < -LONG_OVERDUE_DAYS else Phase.OVERDUE
            return ClockState(late, left, due)
        if left == 0:
            return ClockState(Phase.TODAY, 0, due)
        return ClockState(Phase.SOON if left <= SOON_DAYS else Phase.LATER, left, due)

    @property
    def late(self) -> bool | None:
        """Whether it was met too late; None while open."""
        return None if self.met_at is None else self.met_at >= self.due_at(self.met_at)
