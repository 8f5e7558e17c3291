"""Somebody looks at what is in a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lindung.access.actors import Actor, Kind
from lindung.access.journal import look, record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.documents import queries, store
from lindung.documents.events import DocumentUnsealed
from lindung.documents.lifecycles import SHOWN, DocumentState
from lindung.documents.models import Content, Document, Unsealing
from lindung.kernel.refusals import NotAllowed, NotFound, Refusal

_SHORTEST_REASON = 10


class StillScanning(Refusal):
    """The virus scanner has not answered yet."""

    status = 409
    slug = "still-scanning"
    title = "Berkas ini masih diperiksa dari virus."
    advice = "Tunggu sebentar, lalu muat ulang."
    retry = True


class NotShown(Refusal):
    """In quarantine or destroyed: nobody is shown it."""

    status = 410
    slug = "document-not-shown"
    title = "Berkas ini tidak ditampilkan."
    advice = "Isinya ditahan karena virus atau sudah dimusnahkan. Minta berkas baru."


class ReasonNeeded(Refusal):
    """A sealed result is opened with a reason, which the person reads."""

    slug = "reason-needed"
    title = "Berkas ini tertutup."
    advice = "Tulis mengapa Anda perlu membukanya; orangnya membaca alasan itu."


@dataclass(frozen=True, slots=True)
class Opened:
    """A document with its contents, proven whole."""

    document: Document
    data: bytes


@operation(Right.DOCUMENT_READ)
def open_document(
    actor: Actor, document_id: UUID, *, at: datetime, purpose: str, reason: str = ""
) -> Opened:
    """Read what is in a document; the look is recorded.

    Args:
        purpose: of the look, as "who looked" says it; a msgid.
        reason: why a sealed result is opened, ten letters or more; the person's own needs none.
    Raises:
        NotFound: none, or none this actor may see.
        StillScanning, NotShown: by its state. CannotShow: the store's copy is damaged.
        NotAllowed, ReasonNeeded: it is sealed.
    """
    document = queries.document(document_id)
    state = DocumentState(document.state)
    if state is DocumentState.UPLOADED:
        raise StillScanning
    if state not in SHOWN:
        raise NotShown
    own = actor.kind is Kind.WORKER and actor.worker == document.worker_id
    if document.sealed and not own:
        _unseal(actor, document, reason=reason.strip(), at=at)
    content = Content.objects.filter(document_id=document_id).first()
    if content is None:
        raise NotFound
    look(actor, document, worker=document.worker_id, purpose=purpose)
    return Opened(document, store.get(document_id, bytes(content.wrapped_key)))


def _unseal(actor: Actor, document: Document, *, reason: str, at: datetime) -> None:
    if not actor.may(Right.DOCUMENT_UNSEAL):
        raise NotAllowed(right=str(Right.DOCUMENT_UNSEAL))
    if len(reason) < _SHORTEST_REASON:
        raise ReasonNeeded
    Unsealing(
        document=document,
        worker_id=document.worker_id,
        by_name=actor.name,
        by_office=actor.office,
        reason=reason[:300],
        at=at,
        **document.scope(),
    ).save(force_insert=True)
    record(
        DocumentUnsealed(document=document.id, number=document.number),
        actor=actor,
        about=document,
    )
