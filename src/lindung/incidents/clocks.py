"""When something about an incident is due: by practice and by law, on the post's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from lindung.access.jurisdictions import workweek_of
from lindung.incidents.plans import PlanStep
from lindung.kernel.clock import Count, Deadline, Workweek
from lindung.regulations.lawbook import IN_FORCE, DatedValue, NoSuchRule, Provision

HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Due:
    """The instants of one step, and whether its rule could be confirmed."""

    at: datetime | None
    by_law: datetime | None
    basis: str
    needs_check: bool


def due_of(step: PlanStep, *, known_at: datetime, post_id: int | None, country: str) -> Due:
    """When a step is due.

    Args:
        known_at: the instant from which law and practice count.
        country: of work, ISO 3166-1 alpha-2; may be empty.
    """
    week = workweek_of(post_id) or Workweek(country="", timezone=settings.TIME_ZONE)
    at = None
    for amount, count in (
        (step.hours, Count.HOURS), (step.days, Count.DAYS), (step.months, Count.MONTHS),
    ):  # fmt: skip
        if amount is not None:
            at = Deadline(known_at, amount, count, week).due_at(known_at)
    basis = basis_of(step.law, country)
    if not basis:
        return Due(at, None, "", needs_check=False)
    said = rule(basis, known_at)
    sure = said is not None and said.outcome == IN_FORCE
    hours = hours_of(said)
    by_law = Deadline(known_at, hours, Count.HOURS, week).due_at(known_at) if hours else None
    return Due(at, by_law, basis, needs_check=step.law_stops and not sure)


def hours_of(said: DatedValue | None) -> int | None:
    """The hours a rule gives, or last gave; None where it gives none."""
    if said is None or said.unit != HOURS or not isinstance(said.last_known, int):
        return None
    return said.last_known


def basis_of(law: str, country: str) -> str:
    """The rule's id for a country of work."""
    return law.replace("{destination}", (country or "xx").lower())


def rule(basis: str, at: datetime) -> DatedValue | None:
    """What the rule says on that day; None where no rule of that id is known."""
    try:
        return Provision(basis).on(at.date())
    except NoSuchRule:
        return None
