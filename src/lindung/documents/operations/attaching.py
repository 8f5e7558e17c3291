"""A file comes in, and is handed in for something."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.jobs import enqueue
from lindung.access.journal import record
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.policies import IN_THE_OPEN
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.documents import queries, scanner, store
from lindung.documents.events import ConfinedUploaded, DocumentUploaded
from lindung.documents.lifecycles import DOCUMENT, DocumentState
from lindung.documents.models import Content, Document
from lindung.documents.operations.parts import locked
from lindung.documents.sound import examine
from lindung.documents.types import type_of
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import NotAllowed, NotFound, Refusal
from lindung.registry.models import Worker


class TooManyDocuments(Refusal):
    """The person has as many files as the installation keeps for one."""

    status = 409
    slug = "too-many-documents"
    title = "Jumlah berkas orang ini sudah penuh."
    advice = "Minta petugas memusnahkan berkas lama yang tidak dipakai lagi."


class AlreadyHandedIn(Refusal):
    """The document was handed in for another thing."""

    status = 409
    slug = "document-in-use"
    title = "Berkas ini sudah dipakai untuk syarat lain."
    advice = "Kirim berkas yang lain untuk syarat ini."


class DocumentDoesNotFit(Refusal):
    """The document is of another kind than the requirement takes, or no longer good."""

    status = 409
    slug = "document-does-not-fit"
    title = "Berkas ini tidak dapat dipakai untuk syarat ini."
    advice = "Pilih berkas dengan jenis yang sesuai dan masih berlaku, atau kirim yang baru."


OPEN = UUID(IN_THE_OPEN)
_OVER = (DocumentState.REFUSED, DocumentState.EXPIRED, DocumentState.DESTROYED)


@operation(Right.DOCUMENT_UPLOAD)
def attach(
    actor: Actor,
    worker_id: UUID,
    *,
    type_id: str,
    data: bytes,
    at: datetime,
    name: str = "",
    declared: str = "",
    subject: UUID | None = None,
    requirement: str = "",
    compartment: UUID = OPEN,
) -> Document:
    """Take in a file for a person. The same file of the same kind is taken in once.

    Args:
        data: the file, at most ``DOCUMENT_BYTES``.
        name: as the device calls it; not kept.
        declared: media type that the device claims.
        subject: what it is handed in for, e.g. a placement.
        requirement: which requirement of it.
        compartment: that of the case whose evidence it is, else in the open.
    Raises:
        NotFound: no such person; NoSuchType: no such kind of document.
        NotAllowed: this kind of document does not come from this kind of actor.
        FileRefused: a subclass says why and what to do.
        TooManyDocuments: the person has ``DOCUMENTS_EACH`` of them.
    """
    kind = type_of(type_id)
    if actor.kind not in kind.upload:
        raise NotAllowed(type=type_id)
    sound = examine(data, name=name, declared=declared, speech=kind.speech)
    # The lock counts and compares one person's files one after another.
    worker = Worker.objects.select_for_update(no_key=True).filter(id=worker_id).first()
    if worker is None:
        raise NotFound
    digest = hashlib.sha256(data).hexdigest()
    mine = Document.objects.filter(worker=worker)
    # What lies in a sealed case is there although the one who adds to it may not read it.
    with nullcontext() if compartment == OPEN else acting_as(ROBOT):
        same = mine.filter(type=type_id, sha256=digest, compartment=compartment)
        standing = same.exclude(state__in=_OVER).first()
        full = mine.exclude(state=DocumentState.DESTROYED).count() >= settings.DOCUMENTS_EACH
    if standing is not None:
        return standing
    if full:
        raise TooManyDocuments
    id_ = new_id()
    state = DocumentState.UPLOADED
    if not scanner.is_set():
        state = DOCUMENT.take("stay unscanned", state)
    document = Document(
        id=id_,
        worker=worker,
        number=next_number(Series.DOCUMENT, on=timezone.localdate(at)),
        type=type_id,
        sealed=kind.sealed,
        compartment=compartment,
        state=state,
        subject=subject,
        requirement=requirement,
        media=sound.media,
        size=len(sound.data),
        sha256=digest,
        uploaded_at=at,
        uploaded_by=str(actor.kind),
        **worker.scope(),
    )
    document.save(force_insert=True)
    # A file whose transaction is undone afterwards stays as noise without a key; nothing opens it.
    wrapped = store.put(id_, sound.data)
    Content(
        document=document,
        worker=worker,
        sealed=kind.sealed,
        compartment=compartment,
        wrapped_key=wrapped,
        **worker.scope(),
    ).save(force_insert=True)
    told = DocumentUploaded if compartment == OPEN else ConfinedUploaded
    record(told(document=id_, number=document.number), actor=actor, about=document)
    if scanner.is_set():
        enqueue("documents.scan", lock=f"document:{id_}", document_id=str(id_))
    return document


@operation(Right.DOCUMENT_UPLOAD)
def hand_in_for(
    actor: Actor,
    document_id: UUID,
    *,
    worker_id: UUID,
    subject: UUID,
    requirement: str,
    on: date,
) -> Document:
    """Say what a document of the person is handed in for; saying it again changes nothing.

    Raises:
        NotFound: no such document of this person.
        AlreadyHandedIn: it was handed in for something else.
        DocumentDoesNotFit: it is of another kind, or no longer good on that day.
    """
    document = locked(document_id)
    if document.worker_id != worker_id:
        raise NotFound
    why = queries.obstacle(document, requirement=requirement, subject=subject, on=on)
    if why == "used":
        raise AlreadyHandedIn
    if why:
        raise DocumentDoesNotFit(why=why)
    if document.subject == subject:
        return document
    document.subject, document.requirement = subject, requirement
    document.save(update_fields=["subject", "requirement"])
    return document
