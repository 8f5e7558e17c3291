"""What a conformance run found: one line a check, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How one check ended."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_TRIED = "not tried"


class Broken(Exception):
    """The node did not do what the protocol says; the words name what it did instead."""


class NotTried(Exception):
    """The check has no meaning for this node; the words say why."""


@dataclass(frozen=True, slots=True)
class Result:
    """One check: the section it comes from, what is asked, and what was seen.

    Attributes:
        section: of ``docs/exchange/protocol.md``.
        seen: empty when all was well.
    """

    section: str
    name: str
    asks: str
    outcome: Outcome
    seen: str = ""


def table(results: Iterable[Result]) -> str:
    """The results as text, one line a check, what was seen below it."""
    lines = []
    for each in results:
        lines.append(f"{each.outcome:9}  {each.section:5} {each.name:28} {each.asks}")
        if each.seen:
            lines.append(f"{'':17}{each.seen}")
    return "\n".join(lines)


def as_json(results: Iterable[Result]) -> str:
    """One JSON object a check and line."""
    return "\n".join(json.dumps(asdict(each), ensure_ascii=False) for each in results)


def summary(results: list[Result]) -> str:
    """How many of each outcome, in one sentence."""
    kept, broken, not_tried = (sum(r.outcome == each for r in results) for each in Outcome)
    return f"{len(results)} checks: {kept} kept, {broken} broken, {not_tried} not tried."
