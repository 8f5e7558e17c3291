"""Everything asked about visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from lindung.access.actors import Actor, Kind
from lindung.kernel.refusals import NotFound
from lindung.visits.checklists import Checklist, Item, checklist
from lindung.visits.models import Answer, Met, Visit


@dataclass(frozen=True, slots=True)
class Report:
    """A visit with its answers in the order of the list, and whom was spoken with."""

    visit: Visit
    checklist: Checklist
    answers: list[tuple[Item, Answer]]
    met: list[Met]


def visits(actor: Actor) -> QuerySet[Visit]:
    """Visits of the actor's posts, the next first."""
    found = Visit.objects.select_related("employer")
    return found.filter(post_id__in=actor.posts) if actor.kind is Kind.POST else found


def visit(visit_id: UUID) -> Visit:
    """One visit.

    Raises:
        NotFound: no such visit, or none this actor may see.
    """
    found = Visit.objects.filter(id=visit_id).select_related("employer").first()
    if found is None:
        raise NotFound
    return found


def report(visit_id: UUID) -> Report:
    """A visit and all that was found.

    Raises:
        NotFound: no such visit, or none this actor may see.
    """
    found = visit(visit_id)
    asked = checklist(found.checklist)
    by_item = {each.item: each for each in Answer.objects.filter(visit=found)}
    return Report(
        visit=found,
        checklist=asked,
        answers=[(item, by_item[item.id]) for item in asked.items if item.id in by_item],
        met=list(Met.objects.filter(visit=found).select_related("worker")),
    )


def to_cure(actor: Actor, *, until: date) -> list[Answer]:
    """What was to be put right by a day and is not, the longest first."""
    found = Answer.objects.filter(
        worries=True, cured_on__isnull=True, cure_by__isnull=False, cure_by__lte=until
    ).select_related("visit")
    if actor.kind is Kind.POST:
        found = found.filter(post_id__in=actor.posts)
    return list(found.order_by("cure_by", "id")[:50])


def visits_of_employer(employer_id: UUID) -> list[Visit]:
    """Visits to an employer, the newest first."""
    return list(Visit.objects.filter(employer_id=employer_id).order_by("-planned_for")[:20])


def visits_of_party(party_id: UUID) -> list[Visit]:
    """Visits to an agency, the newest first."""
    return list(Visit.objects.filter(party_id=party_id).order_by("-planned_for")[:20])
