"""Everything asked about cases."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from lindung.access.actors import Actor, Kind
from lindung.kernel.refusals import NotFound
from lindung.protection.models import Case, CaseNote


def case(case_id: UUID) -> Case:
    """One case.

    Raises:
        NotFound: no such case, or none this actor may see.
    """
    found = Case.objects.filter(id=case_id).select_related("worker", "complaint").first()
    if found is None:
        raise NotFound
    return found


def notes(case_id: UUID) -> list[CaseNote]:
    """What was said and done, oldest first; internal notes only for those who may see them."""
    return list(CaseNote.objects.filter(case_id=case_id))


def cases_of(worker_id: UUID) -> list[Case]:
    """A person's cases, newest first."""
    return list(Case.objects.filter(worker_id=worker_id).order_by("-opened_at"))


def told_by(teller: UUID, worker_id: UUID) -> list[Case]:
    """Cases that rest on what one relative said, newest first."""
    told = Case.objects.filter(worker_id=worker_id, complaint__told_by=teller)
    return list(told.order_by("-opened_at")[:20])


def open_cases(actor: Actor, *, mine: bool = False) -> QuerySet[Case]:
    """Open cases in scope, the most urgent first."""
    query = Case.objects.filter(closed_at__isnull=True).select_related("worker")
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts)
    if mine:
        query = query.filter(owner_id=actor.id)
    return query.order_by("due_at")
