"""Everything asked about documents."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from lindung.documents.lifecycles import DocumentState
from lindung.documents.models import Document, Fitness, Unsealing
from lindung.documents.types import types_for
from lindung.kernel.refusals import NotFound

# How many rows one run of a job takes.
BATCH = 500
_GONE = {
    DocumentState.REFUSED: "refused",
    DocumentState.EXPIRED: "expired",
    DocumentState.QUARANTINED: "infected",
    DocumentState.DESTROYED: "destroyed",
}


def document(document_id: UUID) -> Document:
    """One document without its contents.

    Raises:
        NotFound: none, or none this actor may see.
    """
    found = Document.objects.filter(id=document_id).select_related("worker").first()
    if found is None:
        raise NotFound
    return found


def by_number(number: str) -> Document:
    """One document by its number; raises as `document` does."""
    found = Document.objects.filter(number=number).select_related("worker").first()
    if found is None:
        raise NotFound
    return found


def documents_of(worker_id: UUID) -> list[Document]:
    """A person's documents, newest first."""
    return list(Document.objects.filter(worker_id=worker_id))


def documents_for(worker_id: UUID, *, subject: UUID) -> list[Document]:
    """What was handed in for one thing (a placement), newest first."""
    return list(Document.objects.filter(worker_id=worker_id, subject=subject))


def obstacle(document: Document, *, requirement: str, subject: UUID, on: date) -> str:
    """Why a document cannot stand for a requirement on a day; empty where it can.

    ``used`` where it was handed in for something else, ``type``, ``refused``, ``infected``,
    ``destroyed`` or ``expired``.
    """
    if document.subject is not None and (
        document.subject != subject or document.requirement != requirement
    ):
        return "used"
    state = DocumentState(document.state)
    if document.type not in types_for(requirement):
        return "type"
    if state in _GONE:
        return _GONE[state]
    if document.valid_until is not None and document.valid_until < on:
        return "expired"
    return ""


def papers_for(
    worker_id: UUID, *, requirement: str, subject: UUID, on: date
) -> list[tuple[Document, str]]:
    """A person's documents of the kinds that fit a requirement, each with its obstacle, newest first."""
    found = Document.objects.filter(worker_id=worker_id, type__in=types_for(requirement))
    return [
        (each, obstacle(each, requirement=requirement, subject=subject, on=on)) for each in found
    ]


def fitness_of(worker_id: UUID) -> list[Fitness]:
    """Outcomes of a person's sealed results: fit or unfit, newest first."""
    return list(Fitness.objects.filter(worker_id=worker_id))


def unsealings_of(worker_id: UUID) -> list[Unsealing]:
    """Who opened a person's sealed results, and why."""
    return list(Unsealing.objects.filter(worker_id=worker_id).select_related("document"))


def due_to_expire(*, on: date) -> list[UUID]:
    """Verified documents whose printed day has passed, at most a batch."""
    query = Document.objects.filter(state=DocumentState.VERIFIED, valid_until__lt=on)
    return list(query.order_by("valid_until").values_list("id", flat=True)[:BATCH])


def never_scanned() -> list[UUID]:
    """Documents that no scanner has seen, oldest first, at most a batch."""
    gone = (DocumentState.QUARANTINED, DocumentState.DESTROYED)
    query = Document.objects.filter(scanned_at=None).exclude(state__in=gone)
    return list(query.order_by("uploaded_at").values_list("id", flat=True)[:BATCH])
