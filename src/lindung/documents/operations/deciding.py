"""A document is taken for true, sent back, runs out, or is destroyed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.documents import store
from lindung.documents.events import (
    DocumentDestroyed,
    DocumentExpired,
    DocumentRefused,
    DocumentVerified,
)
from lindung.documents.models import Content, Document, Fitness
from lindung.documents.operations.parts import locked, step
from lindung.documents.types import type_of
from lindung.kernel.refusals import Incomplete, NotAllowed


@operation(Right.DOCUMENT_VERIFY)
def verify(
    actor: Actor,
    document_id: UUID,
    *,
    on: date,
    issued_on: date | None = None,
    valid_until: date | None = None,
    fit: bool | None = None,
) -> Document:
    """Take a document for true.

    Args:
        issued_on: day of issue, as it stands on the paper.
        valid_until: last day of validity, as it stands on the paper.
        fit: what a sealed result comes to; offices and recruiters learn this alone.
    Raises:
        NotFound, StepClosed; NotAllowed: this kind of actor does not verify this kind of document.
        Incomplete: a day is missing or impossible, or a sealed result has no outcome.
    """
    document = locked(document_id)
    kind = type_of(document.type)
    if actor.kind not in kind.verify:
        raise NotAllowed(type=document.type)
    wrong: dict[str, str] = {}
    if issued_on is not None and issued_on > on:
        wrong["issued_on"] = "Tanggal terbit belum lewat."
    if kind.printed and valid_until is None:
        wrong["valid_until"] = "Salin tanggal berlaku dari kertasnya."
    elif valid_until is not None and valid_until < on:
        wrong["valid_until"] = "Masa berlakunya sudah lewat: kembalikan berkas ini."
    if kind.sealed and fit is None:
        wrong["fit"] = "Pilih hasilnya: layak atau tidak layak."
    if wrong:
        raise Incomplete(fields=wrong)
    step(document, "verify")
    document.issued_on, document.valid_until = issued_on, valid_until
    document.save(update_fields=["state", "issued_on", "valid_until"])
    if kind.sealed:
        Fitness(
            document=document,
            worker_id=document.worker_id,
            type=document.type,
            fit=bool(fit),
            on=on,
            valid_until=valid_until,
            **document.scope(),
        ).save(force_insert=True)
    record(
        DocumentVerified(document=document.id, number=document.number), actor=actor, about=document
    )
    return document


@operation(Right.DOCUMENT_VERIFY)
def refuse(actor: Actor, document_id: UUID, *, reason: str) -> Document:
    """Send a document back; the person reads the reason.

    Raises:
        NotFound, StepClosed, NotAllowed: as in `verify`. Incomplete: no reason.
    """
    document = locked(document_id)
    if actor.kind not in type_of(document.type).verify:
        raise NotAllowed(type=document.type)
    document.reason = _said(reason)
    step(document, "refuse")
    document.save(update_fields=["state", "reason"])
    record(
        DocumentRefused(document=document.id, number=document.number), actor=actor, about=document
    )
    return document


@operation(Right.DOCUMENT_KEEP)
def expire(actor: Actor, document_id: UUID, *, on: date) -> Document:
    """End a verified document whose printed day has passed.

    Raises:
        NotFound, StepClosed: not verified, or still valid on that day is left as it is.
    """
    document = locked(document_id)
    if document.valid_until is None or document.valid_until >= on:
        return document
    step(document, "expire")
    document.save(update_fields=["state"])
    record(
        DocumentExpired(document=document.id, number=document.number), actor=actor, about=document
    )
    return document


@operation(Right.DOCUMENT_DESTROY)
def destroy(actor: Actor, document_id: UUID, *, reason: str) -> Document:
    """Destroy what is in a document for ever; the row stays and says why.

    The key goes, and with it every copy of the file in every backup of the store.

    Raises:
        NotFound, StepClosed. Incomplete: no reason.
    """
    document = locked(document_id)
    document.reason = _said(reason)
    step(document, "destroy")
    document.save(update_fields=["state", "reason"])
    Content.objects.filter(document_id=document.id).update(wrapped_key=b"")
    transaction.on_commit(lambda: store.drop(document_id))
    record(
        DocumentDestroyed(document=document.id, number=document.number),
        actor=actor,
        about=document,
    )
    return document


def _said(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Incomplete(fields={"reason": "Tulis alasannya; orang yang bersangkutan membacanya."})
    return reason[:300]
