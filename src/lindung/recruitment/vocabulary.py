"""Reasons, checks, needed documents and clocks, as the app's data files say them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lindung.access.jurisdictions import workweek_of
from lindung.kernel.clock import Count, Deadline, Workweek
from lindung.regulations.sentences import pick
from lindung.regulations.shapes import Bilingual


@dataclass(frozen=True, slots=True)
class CheckWords:
    """One check: its id, its words, and whether a second officer may let it pass."""

    id: str
    title: Bilingual
    waivable: bool


@cache
def _file(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def reasons(step: str) -> list[tuple[str, str]]:
    """Codes and words of the reasons that may be given at a step: return, refuse, end, revoke."""
    return [
        (code, pick(_words(each)))
        for code, each in _file("reasons.yaml")["reasons"].items()
        if step in each["for"]
    ]


def reason_words(code: str) -> str:
    """What a reason says in the active language; the code itself where it is no longer kept."""
    each = _file("reasons.yaml")["reasons"].get(code)
    return pick(_words(each)) if each else code


def checks(kind: str) -> dict[str, CheckWords]:
    """The checks of an ``agreement`` or an ``order``, in order."""
    return {
        id_: CheckWords(id_, _words(each), each["waivable"])
        for id_, each in _file("checks.yaml")[kind].items()
    }


def documents() -> dict[str, str]:
    """Code → words of the papers that a request for workers needs."""
    return {code: pick(_words(each)) for code, each in _file("checks.yaml")["documents"].items()}


def due(clock: str, began_at: datetime, post_id: int | None) -> datetime:
    """The instant from which it is late, on the post's calendar or else on that of home.

    Args:
        clock: ``endorse``, ``repair`` or ``permit``.
    """
    kept = _file("clocks.yaml")
    week = workweek_of(post_id) or Workweek(**kept["home"])
    asked = kept[clock]
    return (
        Deadline(began_at, asked["amount"], Count(asked["count"]), week)
        .due_at(began_at)
        .astimezone(UTC)
    )


def permit_rule() -> str:
    """Id of the rule that says how many months a permit lasts."""
    return str(_file("clocks.yaml")["permit_validity_rule"])


def _words(each: dict[str, Any]) -> Bilingual:
    return Bilingual(id=each["id"], en=each["en"])
