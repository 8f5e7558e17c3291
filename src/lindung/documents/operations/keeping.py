"""What our robots do with documents: scan them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.policies import IN_THE_OPEN
from lindung.access.rights import Right
from lindung.documents import scanner, store
from lindung.documents.events import ConfinedQuarantined, DocumentQuarantined
from lindung.documents.lifecycles import DOCUMENT, DocumentState
from lindung.documents.models import Content, Document
from lindung.documents.operations.parts import locked, step


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
        confined = document.compartment != UUID(IN_THE_OPEN)
        told = ConfinedQuarantined if confined else DocumentQuarantined
        record(told(document=document.id, number=document.number), actor=actor, about=document)
    elif any(
        each.name == "pass the scan" for each in DOCUMENT.open_steps(DocumentState(document.state))
    ):
        step(document, "pass the scan")
    document.save(update_fields=["state", "scanned_at"])
    return document


def _has_contents(document: Document) -> bool:
    return document.state not in {DocumentState.QUARANTINED, DocumentState.DESTROYED}
