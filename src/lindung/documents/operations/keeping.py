"""What our robots do with documents: scan, move along, wrap keys anew."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.documents import scanner, sealing, store
from lindung.documents.events import DocumentQuarantined
from lindung.documents.lifecycles import DOCUMENT, DocumentState
from lindung.documents.models import Content, Document, Fitness, Unsealing
from lindung.documents.operations.parts import locked, step
from lindung.registry.scope import scope_of
from lindung.registry.secrets import keyring


@operation(Right.DOCUMENT_KEEP)
def scan(actor: Actor, document_id: UUID, *, at: datetime) -> Document:
    """Ask the scanner about a document. No answer leaves it unscanned, never clean.

    Raises:
        NotFound. CannotShow: the store's copy is damaged.
    """
    document = locked(document_id)
    if document.scanned_at is not None or not _has_contents(document):
        return document
    content = Content.objects.get(document_id=document_id)
    try:
        found = scanner.infected(store.get(document_id, bytes(content.wrapped_key)))
    except scanner.NoAnswer:
        if document.state == DocumentState.UPLOADED:
            step(document, "stay unscanned")
            document.save(update_fields=["state"])
        return document
    document.scanned_at = at
    if found:
        step(document, "quarantine")
        record(
            DocumentQuarantined(document=document.id, number=document.number),
            actor=actor,
            about=document,
        )
    elif any(
        each.name == "pass the scan" for each in DOCUMENT.open_steps(DocumentState(document.state))
    ):
        step(document, "pass the scan")
    document.save(update_fields=["state", "scanned_at"])
    return document


@operation(Right.DOCUMENT_KEEP)
def follow(actor: Actor, worker_id: UUID) -> None:
    """Documents go with the person to the post that is in charge now."""
    scope = scope_of(worker_id)
    for model in (Document, Content, Fitness, Unsealing):
        model.objects.filter(worker_id=worker_id).update(**scope)


@operation(Right.DOCUMENT_KEEP)
def rewrap(actor: Actor, *, after: UUID | None = None, count: int = 500) -> tuple[int, UUID | None]:
    """Wrap the keys of some documents anew under the ring's current key; the files stay as they are.

    Args:
        after: go on behind this document.
    Returns:
        How many were wrapped anew, and the last document looked at; None at the end.
    Raises:
        CannotOpen: the ring's key of a document is gone.
    """
    query = Content.objects.select_for_update().order_by("document_id")
    rows = list((query.filter(document_id__gt=after) if after else query)[:count])
    ring = keyring()
    stale = [row for row in rows if row.wrapped_key and not ring.is_current(bytes(row.wrapped_key))]
    for row in stale:
        row.wrapped_key = sealing.rewrap(ring, row.document_id, bytes(row.wrapped_key))
    Content.objects.bulk_update(stale, ["wrapped_key"])
    return len(stale), rows[-1].document_id if rows else None


def _has_contents(document: Document) -> bool:
    return document.state not in {DocumentState.QUARANTINED, DocumentState.DESTROYED}
