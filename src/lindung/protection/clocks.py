"""The clocks of a case: first human contact, safe plan and close, on the calendar of the post."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from lindung.kernel.clock import Count, Deadline, Pause, Workweek
from lindung.protection.kinds import kind_of
from lindung.regulations.sentences import pick
from lindung.regulations.shapes import Bilingual

Unit = Literal["minutes", "hours", "days", "working_days"]
Span = tuple[int, Unit]


class Rung(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a passed clock goes to, and how long after it passed."""

    role: str
    after_minutes: int


class CaseClock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The clocks of one class of cases.

    Attributes:
        first_contact: until a person answered; it never pauses.
        close: target of the close; with ``review`` the day on which the person is asked again.
        safe_plan: until a plan for the person's safety stands, or none is asked.
        escalation: who is told, in order.
        to: who that is, in the office's words by language.
    """

    title: Bilingual
    first_contact: Span
    close: Span
    escalation: tuple[Rung, ...]
    to: Bilingual
    safe_plan: Span | None = None
    review: bool = False

    @property
    def shown(self) -> str:
        """The class in the language of the page."""
        return pick(self.title)

    @property
    def escalates_to(self) -> str:
        """Who is told, in the language of the page."""
        return pick(self.to)

    def answer_due(self, began_at: datetime, week: Workweek) -> datetime:
        """The instant from which the first contact is late."""
        return due(began_at, self.first_contact, week)

    def plan_due(self, began_at: datetime, week: Workweek) -> datetime | None:
        """The instant from which the safe plan is late."""
        return due(began_at, self.safe_plan, week) if self.safe_plan else None

    def close_due(self, began_at: datetime, week: Workweek) -> datetime:
        """The instant from which the close is late."""
        return due(began_at, self.close, week)


class _File(msgspec.Struct, frozen=True):
    opening_hours: int
    asking_hours: int
    triage_hours: int
    classes: dict[str, CaseClock]


@cache
def practice() -> _File:
    """The whole file."""
    return msgspec.yaml.decode((Path(__file__).parent / "clocks.yaml").read_bytes(), type=_File)


def clock_of(kind: str) -> CaseClock:
    """The clocks of a kind of case."""
    return practice().classes[kind_of(kind).class_]


def class_clock(name: str) -> CaseClock:
    """The clocks of a class."""
    return practice().classes[name]


def due(began_at: datetime, span: Span, week: Workweek) -> datetime:
    """The instant at which a span that began then is over, on the calendar of an office."""
    amount, unit = span
    if unit == "minutes":
        return began_at + timedelta(minutes=amount)
    return Deadline(began_at, amount, Count(unit), week).due_at(began_at)


def moved_by(due_at: datetime, span: Span, week: Workweek, pause: Pause) -> datetime:
    """Where a pause with an end moves an instant that is due: by what it took of the span's unit."""
    if pause.end is None or pause.start >= due_at:
        return due_at
    if span[1] in {"minutes", "hours"}:
        return due_at + (pause.end - pause.start)
    first, last = week.local(pause.start).date(), week.local(pause.end).date()
    last_day = (week.local(due_at) - timedelta(microseconds=1)).date()
    lost = (last - first).days
    if span[1] == "days":
        return week.end_of(last_day + timedelta(days=lost))
    worked = sum(week.works_on(first + timedelta(days=n)) for n in range(1, lost + 1))
    return week.end_of(week.add_working_days(last_day, worked))
