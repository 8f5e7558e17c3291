"""What several operations on documents share."""

from __future__ import annotations

from uuid import UUID

from lindung.documents.lifecycles import DOCUMENT, DocumentState
from lindung.documents.models import Document
from lindung.kernel.refusals import NotFound


def locked(document_id: UUID) -> Document:
    """The document, held until the end of the transaction.

    Raises:
        NotFound: none, or none this actor may see.
    """
    found = Document.objects.select_for_update().filter(id=document_id).first()
    if found is None:
        raise NotFound
    return found


def step(document: Document, name: str) -> None:
    """Take a step of the lifecycle, unsaved.

    Raises:
        StepClosed: it is not open from the document's state.
    """
    document.state = DOCUMENT.take(name, DocumentState(document.state))
