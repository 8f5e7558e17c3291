"""By when the law wants something about personal data done: the value, and whether it is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lindung.regulations.lawbook import IN_FORCE, Provision

LOW = "low"  # a value that nobody may go by alone


@dataclass(frozen=True, slots=True)
class Until:
    """A term in hours.

    Attributes:
        at: the instant; ``None`` where no value was ever known.
        needs_check: the value is unknown, not confirmed for the day, or of low confidence.
    """

    rule: str
    at: datetime | None
    needs_check: bool


def until(rule: str, start: datetime) -> Until:
    """The end of the term that ``rule`` gives, counted in clock hours from ``start``."""
    said = Provision(rule).on(start.date())
    hours = said.last_known
    at = start + timedelta(hours=hours) if isinstance(hours, int) else None
    return Until(rule, at, needs_check=said.outcome != IN_FORCE or said.confidence == LOW)
