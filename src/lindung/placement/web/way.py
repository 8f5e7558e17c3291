"""The way of a placement as pages show it: the same rows on the desk and on the phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from lindung.access.actors import Actor, Kind
from lindung.placement.labels import GIVEN_BY, STAGES, WHY_OPEN
from lindung.placement.operations.parts import ROSTER
from lindung.placement.progress import Progress, Step
from lindung.regulations.pathways import Pathway, Usual
from lindung.regulations.sentences import pick

# For whom each kind of actor may bring something; what a ministry or a country gives comes from it.
_HANDS = {
    Kind.WORKER: frozenset({"worker"}),
    Kind.AGENCY: frozenset({"worker", "agency", "employer", "facility", "trainer"}),
    Kind.OFFICE: frozenset({"worker", "agency", "employer", "facility", "trainer", "office"}),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One step in words.

    Attributes:
        mine: the reader has to give it.
        usual: how long it usually takes by what was published; empty where nobody says.
        after: titles of what must come first.
        hand_in: the reader may hand something in for it.
    """

    id: str
    title: str
    where: str
    who: str
    mine: bool
    since: date | None
    days: int | None
    usual: str
    usual_source: str
    due_on: date | None
    good_until: date | None
    why: str
    reason: str
    reference: str
    after: tuple[str, ...]
    needs_check: bool
    basis: str
    hand_in: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the way: behind, here, or ahead."""

    label: str
    done: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A published number about the queue, with its day and source."""

    title: str
    value: int
    as_of: str
    source: str


@dataclass(frozen=True, slots=True)
class Queue:
    """The destination's list: this person's own days, and what was published about it."""

    sent_on: date | None
    registered_on: date | None
    valid_until: date | None
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """The whole way in words."""

    title: str
    done: int
    total: int
    stages: tuple[Stage, ...]
    now: tuple[Row, ...]
    next: tuple[Row, ...]
    later: tuple[Row, ...]
    settled: tuple[Row, ...]
    queue: Queue | None


def way(progress: Progress, actor: Actor) -> Way:
    """The way as this actor reads it; what they have to give comes first."""
    titles = {each.requirement.id: pick(each.requirement.title) for each in progress.steps}
    hands = _HANDS.get(actor.kind, frozenset())
    own = str(actor.kind)

    def rows(steps: tuple[Step, ...]) -> tuple[Row, ...]:
        return tuple(_row(each, titles, hands, own, progress.way) for each in steps)

    near = {each.requirement.id for each in progress.next}
    later = tuple(
        each for each in progress.steps if each.where == "later" and each.requirement.id not in near
    )
    return Way(
        title=pick(progress.way.title),
        done=progress.done,
        total=progress.total,
        stages=_stages(progress),
        now=tuple(sorted(rows(progress.now), key=lambda row: not row.mine)),
        next=rows(progress.next),
        later=rows(later),
        settled=rows(tuple(each for each in progress.steps if each.where == "settled")),
        queue=_queue(progress),
    )


def usual_words(usual: Usual | None) -> str:
    """A published span in words: ``1–3 hari kerja``; empty where nobody publishes one."""
    if usual is None:
        return ""
    span = str(usual.most) if usual.least == usual.most else f"{usual.least}–{usual.most}"
    if usual.count == "working_days":
        return _("%(span)s hari kerja") % {"span": span}
    if usual.count == "months":
        return _("%(span)s bulan") % {"span": span}
    return _("%(span)s hari") % {"span": span}


def _row(step: Step, titles: dict[str, str], hands: frozenset[str], own: str, way_: Pathway) -> Row:
    asked = step.requirement
    usual = asked.usual
    return Row(
        id=asked.id,
        title=titles[asked.id],
        where=step.where,
        who=str(GIVEN_BY.get(step.who or asked.given_by, step.who or asked.given_by)),
        mine=step.where == "open" and asked.given_by == own,
        since=step.since,
        days=step.days,
        usual=usual_words(usual),
        usual_source=", ".join(way_.sources[key].title for key in usual.source) if usual else "",
        due_on=step.due_on,
        good_until=step.good_until,
        why="" if step.why in {"", "missing"} else str(WHY_OPEN[step.why]),
        reason=step.reason,
        reference=step.reference,
        after=tuple(titles[need] for need in step.waits_for),
        needs_check=step.needs_check,
        basis="; ".join(f"{basis.law} {basis.article}" for basis in asked.legal_basis),
        hand_in=step.where == "open" and asked.given_by in hands,
    )


def _stages(progress: Progress) -> tuple[Stage, ...]:
    left = {
        each.requirement.stage
        for each in progress.steps
        if each.where != "settled" and each.requirement.for_departure
    }
    return tuple(
        Stage(str(STAGES[code]), code not in left, code == progress.stage)
        for code in dict.fromkeys(
            each.requirement.stage for each in progress.steps if each.requirement.for_departure
        )
    )


def _queue(progress: Progress) -> Queue | None:
    step = progress.step(ROSTER)
    if step is None:
        return None
    listed = step.where == "settled"
    return Queue(
        sent_on=progress.listed_on,
        registered_on=step.given_on if listed else None,
        valid_until=step.good_until if listed else None,
        numbers=tuple(
            Number(
                title=pick(each.title),
                value=each.value,
                as_of=each.as_of,
                source=", ".join(progress.way.sources[key].title for key in each.source),
            )
            for each in progress.way.published
        ),
    )
