"""How far a placement is: what is missing, who has it, since when, and what comes next.

:func:`read` is pure: pathway, evidence and days in, the whole way out. :func:`progress_of` asks for
them. How long something usually takes is what was published (the pathway says where), else unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.kernel.days import add_months
from lindung.placement import queries
from lindung.placement.events import RequirementGiven, RequirementSettled, RosterSubmitted
from lindung.placement.models import Evidence, Placement
from lindung.placement.operations.parts import ROSTER
from lindung.regulations import pathways
from lindung.regulations.pathways import OpenRequirement, Pathway, Requirement

Where = Literal["settled", "handed_in", "open", "later"]


@dataclass(frozen=True, slots=True)
class Given:
    """The newest record for a requirement.

    Attributes:
        state: ``given``, ``accepted``, ``waived`` or ``refused``.
        given_on: day of the evidence itself.
        recorded_on: day on which it came to us; what somebody waits is counted from it.
    """

    state: str
    given_on: date
    recorded_on: date
    valid_until: date | None = None
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One requirement on the way.

    Attributes:
        where: ``settled``; ``handed_in`` (somebody has to look at it); ``open`` (somebody has to
            give it); ``later`` (something before it is missing).
        why: why it is not settled, as ``OpenRequirement.why``; empty where it is.
        who: code of who has it now; empty where it is settled or comes later.
        since: from which day they have it; settled: the day it was recorded.
        given_on: day of the evidence itself, where it is settled.
        days: whole days since then.
        due_on: last day by a clock of the law, where one runs and can be counted.
        good_until: last day on which what was accepted is good, where that is known.
        reason: what the officer wrote when it was refused or waived.
        needs_check: its sources are weak; an officer decides with a reason.
    """

    requirement: Requirement
    where: Where
    why: str = ""
    who: str = ""
    since: date | None = None
    given_on: date | None = None
    days: int | None = None
    due_on: date | None = None
    good_until: date | None = None
    reference: str = ""
    reason: str = ""
    waits_for: tuple[str, ...] = ()
    needs_check: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """The whole way on a day.

    Attributes:
        steps: every requirement, in the pathway's order.
        listed_on: day the data went to the destination's list, where that was not answered yet.
    """

    way: Pathway
    on: date
    steps: tuple[Step, ...]
    listed_on: date | None = None

    @property
    def total(self) -> int:
        """What has to be there before departure."""
        return sum(each.requirement.for_departure for each in self.steps)

    @property
    def done(self) -> int:
        """What of it is settled."""
        return sum(
            each.requirement.for_departure and each.where == "settled" for each in self.steps
        )

    @property
    def now(self) -> tuple[Step, ...]:
        """What somebody has to give or to look at now."""
        return tuple(each for each in self.steps if each.where in ("open", "handed_in"))

    @property
    def next(self) -> tuple[Step, ...]:
        """What opens as soon as all that stands under ``now`` is there."""
        near = {each.requirement.id for each in self.now}
        return tuple(
            each for each in self.steps if each.where == "later" and near.issuperset(each.waits_for)
        )

    @property
    def stage(self) -> str:
        """Code of the stage of the first thing that somebody has now; empty where nothing is."""
        return self.now[0].requirement.stage if self.now else ""

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages of this way, in order of their first requirement."""
        return tuple(dict.fromkeys(each.requirement.stage for each in self.steps))

    def step(self, requirement: str) -> Step | None:
        """One step by the requirement's id."""
        return next((each for each in self.steps if each.requirement.id == requirement), None)


def read(
    way: Pathway,
    given: Mapping[str, Given],
    *,
    opened_on: date,
    on: date,
    listed_on: date | None = None,
    cleared_on: date | None = None,
) -> Progress:
    """Where everything stands on a day. Pure: same input, same answer.

    Args:
        given: requirement id → the newest record.
        opened_on: day the placement was opened; nobody waits longer than since then.
        listed_on: day the data went to the destination's list of job seekers, if it did.
        cleared_on: day on which the person was cleared to leave, if that was.
    """
    settled = {
        name: pathways.Evidence(
            state=each.state,  # type: ignore[arg-type]  # the column's choices
            given_on=each.given_on,
            valid_until=each.valid_until,
        )
        for name, each in given.items()
        if each.state != "given"
    }
    left = {
        each.requirement.id: each
        for each in pathways.open_requirements(way, settled, on=on, for_departure=False)
    }
    if cleared_on is not None:
        # What was needed to leave is read as it was on that day; what comes after it, today.
        then = pathways.open_requirements(way, settled, on=cleared_on)
        left = {name: each for name, each in left.items() if not each.requirement.for_departure}
        left |= {each.requirement.id: each for each in then}
    steps = []
    for requirement in way.requirements:
        newest, still = given.get(requirement.id), left.get(requirement.id)
        if still is None:
            assert newest is not None
            steps.append(_settled(requirement, newest, settled))
        elif requirement.id == ROSTER and listed_on is not None and still.why == "missing":
            steps.append(_with(still, "handed_in", requirement.given_by, listed_on, on))
        elif newest is not None and newest.state == "given":
            who = requirement.approved_by or "office"
            steps.append(_with(still, "handed_in", who, newest.recorded_on, on, newest=newest))
        elif still.waits_for:
            steps.append(_with(still, "later", "", None, on, newest=newest))
        else:
            since = _since(still, newest, given, opened_on)
            due = _due(requirement, given)
            steps.append(
                _with(still, "open", requirement.given_by, since, on, newest=newest, due_on=due)
            )
    waiting = listed_on if ROSTER in left else None
    return Progress(way=way, on=on, steps=tuple(steps), listed_on=waiting)


def progress_of(
    placement: Placement, *, on: date, evidence: Mapping[str, Evidence] | None = None
) -> Progress | None:
    """The progress of a placement; ``None`` where the law's files do not describe its pathway.

    What a cleared placement needed to leave is read as it was on the day of its clearance.
    ``evidence`` is what ``queries.evidence_of`` says, where the caller has read it.
    """
    way = queries.way_of(placement)
    if way is None:
        return None
    if evidence is None:
        evidence = queries.evidence_of(placement.id)
    recorded, listed_on = _moments(placement)
    return read(
        way,
        {name: _given(each, recorded.get((name, each.state))) for name, each in evidence.items()},
        opened_on=placement.opened_on,
        on=on,
        listed_on=listed_on,
        cleared_on=placement.cleared_on,
    )


def _given(each: Evidence, recorded_on: date | None) -> Given:
    return Given(
        state=each.state,
        given_on=each.given_on,
        recorded_on=recorded_on or each.given_on,
        valid_until=each.valid_until,
        reference=each.reference,
        reason=each.reason,
    )


def _moments(placement: Placement) -> tuple[dict[tuple[str, str], date], date | None]:
    """From the journal: (requirement, state) → day it was last recorded; and the day of listing.

    Whoever may see the placement may know since when it waits, also under an earlier office.
    """
    kinds = (RequirementGiven.type, RequirementSettled.type, RosterSubmitted.type)
    with acting_as(ROBOT):
        told = list(
            JournalEntry.objects.filter(
                worker_id=placement.worker_id,
                type__in=kinds,
                payload__placement=str(placement.id),
            )
            .order_by("at")
            .values_list("type", "at", "payload")
        )
    recorded: dict[tuple[str, str], date] = {}
    listed_on = None
    for kind, at, payload in told:
        day = timezone.localtime(at).date()
        if kind == RosterSubmitted.type:
            listed_on = date.fromisoformat(payload["listed_on"])
        else:
            recorded[payload["requirement"], payload.get("state", "given")] = day
    return recorded, listed_on


def _settled(
    requirement: Requirement, newest: Given, settled: Mapping[str, pathways.Evidence]
) -> Step:
    return Step(
        requirement=requirement,
        where="settled",
        since=newest.recorded_on,
        given_on=newest.given_on,
        good_until=pathways.good_until(requirement, settled[requirement.id]),
        reference=newest.reference,
        reason=newest.reason,
    )


def _with(
    still: OpenRequirement,
    where: Where,
    who: str,
    since: date | None,
    on: date,
    *,
    newest: Given | None = None,
    due_on: date | None = None,
) -> Step:
    return Step(
        requirement=still.requirement,
        where=where,
        why=still.why,
        who=who,
        since=since,
        days=None if since is None else max(0, (on - since).days),
        due_on=due_on,
        reference=newest.reference if newest else "",
        reason=newest.reason if newest else "",
        waits_for=still.waits_for,
        needs_check=still.needs_check,
    )


def _since(
    still: OpenRequirement, newest: Given | None, given: Mapping[str, Given], opened_on: date
) -> date:
    """Since when somebody could have given it."""
    if still.expired_on is not None:
        return still.expired_on
    if newest is not None:
        return newest.recorded_on
    before = (given[need].recorded_on for need in still.requirement.needs if need in given)
    return max(opened_on, *before, opened_on)


def _due(requirement: Requirement, given: Mapping[str, Given]) -> date | None:
    """The last day by the clock of the law; ``None`` where it does not run, or runs in hours or
    working days, which need the calendar of a post.
    """
    clock = requirement.clock
    if clock is None or clock.side != "after" or clock.since not in given:
        return None
    start = given[clock.since].given_on
    if clock.count == "months":
        return add_months(start, clock.amount)
    return start + timedelta(days=clock.amount) if clock.count == "days" else None
