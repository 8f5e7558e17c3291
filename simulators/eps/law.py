"""Korea's law and world as this office knows them; figures and their sources stand in `world.json`."""

import json
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Any

SEOUL = timezone(timedelta(hours=9), "KST")
WORLD: dict[str, Any] = json.loads((Path(__file__).parent / "world.json").read_text("utf-8"))
EMPLOYERS: dict[str, dict[str, Any]] = {e["key"]: e for e in WORLD["employers"]}


class NotPossible(Exception):
    """An official's act that the state of things does not allow; the words are for the page."""


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def wage_floor(on: date) -> int:
    """Statutory monthly minimum in KRW on a day; the last published one after that."""
    hourly = [
        v for since, v in sorted(WORLD["wage_floor_hourly"].items()) if since <= on.isoformat()
    ]
    return int(hourly[-1] * WORLD["hours_a_month"])


def counts_to_limit(reason: str) -> bool:
    """Whether a change of workplace for this reason uses up one of those allowed."""
    return reason in WORLD["change"]["reasons_counted"]


def law(name: str) -> int:
    """A clock or limit of `world.json`."""
    return int(WORLD["law"][name])
