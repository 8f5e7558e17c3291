"""What practice asks of money before departure, as ``practice.yaml`` has it: dated, sourced, no law."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from lindung.regulations.shapes import Bilingual


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When one capture is due: so many days after an event."""

    days: int
    event: Literal["contract", "arrival", "end"]


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a figure was published."""

    title: str
    url: str


class Warning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):  # noqa: A001  the field's word
    """From which share of a year's pay a debt is warned of; advice, never a breach.

    Attributes:
        share_of_year_pay: percent.
    """

    since: date = msgspec.field(name="from")
    share_of_year_pay: int
    title: Bilingual
    advice: Bilingual
    source: Published


class Practice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    captures: dict[str, Asking]
    debt: tuple[Warning, ...]


@cache
def practice() -> Practice:
    """The file, read once."""
    return msgspec.yaml.decode(
        (Path(__file__).parent / "practice.yaml").read_bytes(), type=Practice
    )


def debt_warning(*, on: date) -> Warning | None:
    """What is warned of on that day; None before any evidence was published."""
    known = [each for each in practice().debt if each.since <= on]
    return max(known, key=lambda each: each.since) if known else None
