"""The clocks of a case: first human contact and closing, on the calendar of the post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml

from lindung.kernel.clock import Count, Deadline, Workweek


@dataclass(frozen=True, slots=True)
class CaseClock:
    """Legal hours until the first human contact, calendar days until the close."""

    first_contact_hours: int
    close_days: int

    def answer_due(self, began_at: datetime, week: Workweek) -> datetime:
        """The instant from which the first contact is late."""
        return Deadline(began_at, self.first_contact_hours, Count.HOURS, week).due_at(began_at)

    def close_due(self, began_at: datetime, week: Workweek) -> datetime:
        """The instant from which the close is late."""
        return Deadline(began_at, self.close_days, Count.DAYS, week).due_at(began_at)


@cache
def clock_of(kind: str) -> CaseClock:
    """The clocks of a kind of case."""
    file = Path(__file__).parent / "clocks.yaml"
    return CaseClock(**yaml.safe_load(file.read_text(encoding="utf-8"))["kinds"][kind])
