"""The workflows of incidents, read from ``workflows/``: tracks, their steps, clocks and stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import get_language

FOLDER = Path(__file__).parent / "workflows"
# Steps that an operation of their own does, since they keep more than a sentence.
OWN = frozenset({"verify", "tell_family", "record_finding", "copy_finding", "receive_home"})
WHO = frozenset({"post", "office", "ministry", "liaison"})


class PlanUnreadable(ValueError):
    """A workflow file says something that cannot be followed."""


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One thing to do.

    Attributes:
        by: the operation of its own that does it; empty where a sentence of evidence does.
        who: whose work it is.
        hours, days, months: when practice wants it done, from when we knew; none: no day is known.
        law: id of the rule behind it; ``{destination}`` stands for the country of work.
        law_stops: while the rule is not confirmed, an officer decides with a reason first. A duty
            with a time is never held up by doubt: the last known time counts.
        needs: steps that come before it.
        only: of the choices made in the track, the one that it belongs to.
        choices: what can be chosen in it.
        optional: may be left out by anyone who works on it, with a reason.
        stop: is never left out.
        last: comes after everything else.
    """

    id: str
    track: str
    title: Mapping[str, str]
    who: str
    by: str = ""
    hint: Mapping[str, str] = field(default_factory=dict)
    hours: int | None = None
    days: int | None = None
    months: int | None = None
    law: str = ""
    law_stops: bool = False
    needs: tuple[str, ...] = ()
    only: str = ""
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    optional: bool = False
    stop: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """Steps that belong together; ``when`` names the flag that opens it, if it is not always open."""

    id: str
    title: Mapping[str, str]
    steps: tuple[PlanStep, ...]
    when: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A workflow."""

    kind: str
    case_kind: str
    title: Mapping[str, str]
    family_told: str
    tracks: tuple[Track, ...]
    reasons: Mapping[str, Mapping[str, str]]
    agency_duties: Mapping[str, str]

    def steps(self) -> Iterator[PlanStep]:
        """All steps, in their order."""
        for track in self.tracks:
            yield from track.steps

    def step(self, id_: str) -> PlanStep:
        """One step.

        Raises:
            KeyError: none has that id.
        """
        for each in self.steps():
            if each.id == id_:
                return each
        raise KeyError(id_)


def said(words: Mapping[str, str]) -> str:
    """Words of a file in the active language, else in the source language."""
    return words.get((get_language() or "id")[:2]) or words.get("id", "")


@cache
def plans() -> dict[str, Plan]:
    """Every workflow by its kind.

    Raises:
        PlanUnreadable: a step is named twice, waits for one that is not there or for itself.
    """
    return {plan.kind: plan for plan in map(_read, sorted(FOLDER.glob("*.yaml")))}


def plan_of(kind: str) -> Plan:
    """The workflow of a kind of incident."""
    return plans()[kind]


def _read(file: Path) -> Plan:
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    tracks = tuple(
        Track(
            id=row["id"],
            title=row["title"],
            when=row.get("when", ""),
            steps=tuple(_step(row["id"], each) for each in row["steps"]),
        )
        for row in loaded["tracks"]
    )
    plan = Plan(
        kind=loaded["kind"],
        case_kind=loaded["case_kind"],
        title=loaded["title"],
        family_told=loaded["family_told"],
        tracks=tracks,
        reasons=loaded.get("reasons", {}),
        agency_duties=loaded.get("agency_duties", {}),
    )
    _check(plan, file.name)
    return plan


def _step(track: str, row: dict[str, Any]) -> PlanStep:
    return PlanStep(**{**row, "track": track, "needs": tuple(row.get("needs", ()))})


def _check(plan: Plan, file: str) -> None:
    steps = list(plan.steps())
    by_id = {each.id: each for each in steps}
    if len(by_id) != len(steps):
        raise PlanUnreadable(f"{file}: a step is named twice")
    for each in steps:
        if each.who not in WHO or each.by not in OWN | {""}:
            raise PlanUnreadable(f"{file}: {each.id}: nobody does it")
        if unknown := set(each.needs) - set(by_id):
            raise PlanUnreadable(f"{file}: {each.id} waits for {sorted(unknown)}")
    done: set[str] = set()
    while len(done) < len(steps):
        ready = {each.id for each in steps if set(each.needs) <= done} - done
        if not ready:
            raise PlanUnreadable(f"{file}: {sorted(set(by_id) - done)} wait for one another")
        done |= ready
