"""What people do when a message was not taken: by us (a fault of ours) or by the partner."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.exchange.events import MessageCorrected, MessageSettled, MessageTriedAgain
from lindung.exchange.lifecycles import (
    INCOMING,
    OUTGOING,
    GraveKind,
    IncomingState,
    OutgoingState,
)
from lindung.exchange.models import GraveAct, Incoming, Lane, Outgoing
from lindung.exchange.operations import applying, grave, outbox
from lindung.exchange.wire import agreement, envelopes
from lindung.exchange.wire.texts import instant
from lindung.kernel.refusals import Incomplete, NotFound, Refusal

RECEIVER_FAULT = "receiver_fault"


class LeavesAHole(Refusal):
    """The partner would wait for its number for ever."""

    status = 409
    slug = "leaves-a-hole"
    title = "Pesan ini punya nomor urut, dan mitra menunggu nomor itu sebelum pesan berikutnya."
    advice = "Kirim ulang pesan yang sama, atau kirim pesan yang diperbaiki di tempatnya."


class NothingChanged(Refusal):
    """A correction says something else than what was refused."""

    status = 422
    slug = "nothing-changed"
    title = "Isi pesan perbaikan masih sama dengan yang ditolak."
    advice = "Ubah isian yang salah, atau kirim ulang pesan yang sama."


@operation(Right.EXCHANGE_REPAIR)
def try_again(actor: Actor, message_id: UUID) -> Incoming:
    """Apply a message again after a fault of ours was repaired, and what waited behind it.

    Raises:
        NotFound: no such message, or none this actor may see.
        StepClosed: it did not fail.
    """
    row = _failed(message_id)
    if row.partner is None:
        raise NotFound
    with acting_as(ROBOT):
        row.state = INCOMING.take("try again", IncomingState(row.state))
        row.note = ""
        row.save(update_fields=["state", "note"])
    told = MessageTriedAgain(message=row.pk, number=row.subject)
    record(told, actor=actor, about=row, subject=row.pk)
    applying.apply_subject(row.partner, row.subject)
    row.refresh_from_db(fields=["state", "note", "reason"])
    return row


@operation(Right.EXCHANGE_REPAIR)
def ask_to_leave_out(actor: Actor, message_id: UUID, *, reason: str, at: datetime) -> GraveAct:
    """Ask to set a message aside that our books cannot take, so that what follows goes on.

    Raises:
        NotFound: no such message, or none this actor may see.
        StepClosed: it did not fail.
        Incomplete, AlreadyAsked: as ``grave.ask``.
    """
    row = _failed(message_id)
    INCOMING.take("leave out", IncomingState(row.state))
    if row.partner is None:
        raise NotFound
    return grave.ask(
        actor,
        GraveKind.LEAVE_OUT,
        partner=row.partner,
        subject=str(row.pk),
        reason=reason,
        at=at,
    )


@operation(Right.EXCHANGE_REPAIR)
def answer_leaving_out(actor: Actor, act_id: UUID, *, confirm: bool, at: datetime) -> GraveAct:
    """Confirm or refuse, as the second person, that a message is set aside.

    The partner gets its business receipt: refused, for a fault of ours. Bytes and proof are kept.

    Raises:
        NotFound, NeedsAnother, StepClosed: as ``grave.answer``.
    """
    act = grave.answer(actor, act_id, GraveKind.LEAVE_OUT, confirm=confirm, at=at)
    if confirm:
        row = _failed(UUID(act.subject))
        with acting_as(ROBOT):
            _leave_out(row, at)
    return act


@operation(Right.EXCHANGE_REPAIR)
def settle(actor: Actor, message_id: UUID, *, reason: str) -> Outgoing:
    """Say why a message of ours that was refused needs nothing more.

    Raises:
        NotFound: no such message, or none this actor may see.
        StepClosed: it was not refused.
        LeavesAHole: the partner has not taken its number.
        Incomplete: without a reason.
    """
    row = _unwanted(message_id)
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tuliskan alasannya."})
    if row.state == OutgoingState.DEAD and row.sequence is not None:
        raise LeavesAHole
    with acting_as(ROBOT):
        row.state = OUTGOING.take("settle", OutgoingState(row.state))
        row.save(update_fields=["state"])
    told = MessageSettled(message=row.pk, number=row.subject, reason=reason.strip())
    record(told, actor=actor, about=row, subject=row.pk, worker=row.worker_id)
    return row


@operation(Right.EXCHANGE_REPAIR)
def correct(actor: Actor, message_id: UUID, *, data: dict[str, Any], reason: str) -> Outgoing:
    """Send a corrected message in the place of one that was not taken.

    One that the partner could not store gives its number to the corrected one; one that its books
    refused keeps its number, and the corrected one comes after it (protocol §6, §7).

    Args:
        data: all that is said, in the shape of the message's schema.

    Raises:
        NotFound: no such message, or none this actor may see.
        StepClosed: it was taken.
        NothingChanged: it says what the other said.
        NotAgreed: as ``outbox.send``.
        Incomplete: without a reason.
    """
    row = _unwanted(message_id)
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tuliskan apa yang diperbaiki dan mengapa."})
    said = envelopes.read(bytes(row.raw))
    if said.data == data:
        raise NothingChanged
    with acting_as(ROBOT):
        number = row.sequence if row.state == OutgoingState.DEAD else None
        row.state = OUTGOING.take("settle", OutgoingState(row.state))
        if number is not None:
            row.sequence = None
        row.save(update_fields=["state", "sequence"])
        made = outbox.send(
            said.name,
            row.subject,
            data,
            partner=row.partner,
            about=row,
            worker=row.worker_id,
            answers=None if said.correlation == said.id else said.correlation,
            entry=row.entry_id,
            sequence=number,
        )
    record(
        MessageCorrected(
            message=made.pk,
            replaced=row.pk,
            number=row.subject,
            fields=tuple(_changed(said.data, data)),
            reason=reason.strip(),
        ),
        actor=actor,
        about=made,
        subject=made.pk,
        worker=made.worker_id,
    )
    return made


def _leave_out(row: Incoming, at: datetime) -> None:
    partner = row.partner
    if partner is None:
        raise NotFound
    row.state = INCOMING.take("leave out", IncomingState(row.state))
    row.decided_at, row.reason = at, RECEIVER_FAULT
    row.save(update_fields=["state", "decided_at", "reason"])
    Lane.objects.filter(
        partner=partner, subject=row.subject, received__lt=row.sequence or 0
    ).update(received=F("received") + 1)
    message = envelopes.read(bytes(row.raw))
    if not message.is_receipt:
        data = {
            "message_id": str(message.id),
            "digest": row.digest,
            "outcome": "refused",
            "reason": RECEIVER_FAULT,
            "decided_at": instant(datetime.now(UTC)),
        }
        agreement.check(agreement.schema_of("receipt.business"), data, "data_invalid")
        receipt = outbox.receipt_message("business", partner, message.subject, message.id, data)
        outbox.send_receipt(receipt, partner, about=row, worker=row.worker_id)
    applying.apply_subject(partner, row.subject)


def _failed(message_id: UUID) -> Incoming:
    row = Incoming.objects.select_related("partner").filter(pk=message_id).first()
    if row is None:
        raise NotFound
    INCOMING.take("try again", IncomingState(row.state))
    return row


def _unwanted(message_id: UUID) -> Outgoing:
    row = Outgoing.objects.select_related("partner").filter(pk=message_id).first()
    if row is None:
        raise NotFound
    OUTGOING.take("settle", OutgoingState(row.state))
    return row


def _changed(before: Any, after: Any, path: str = "") -> list[str]:
    """Where two values differ, as paths; never the values."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            place
            for name in sorted(set(before) | set(after))
            for place in _changed(before.get(name), after.get(name), f"{path}.{name}".lstrip("."))
        ]
    return [] if before == after else [path]
