"""Business receipts of a partner, noted on the messages of ours that they speak of (§6).

They have no number and wait for nothing, and nothing but our own message changes. So they are noted
where they are filed, a request at once; what cannot be noted there waits for ``applying``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from lindung.access.many import update_all
from lindung.exchange.lifecycles import INCOMING, OUTGOING, IncomingState, OutgoingState
from lindung.exchange.models import Incoming, Outgoing, Partner
from lindung.exchange.wire.envelopes import Message, check_agreed
from lindung.exchange.wire.reasons import Unacceptable
from lindung.kernel.lifecycle import StepClosed

NAME = "receipt.business"
AWAITING_MATCH = "awaiting_match"
# What deciding a message changes in its row.
DECIDED = (
    "state", "decided_at", "reason", "note", "post_id", "agency_id", "region", "country",
    "worker_id",
)  # fmt: skip
_ANSWERED = ("state", "reason", "note", "answered_at", "answer", "stored_at")


def note(receipts: Sequence[tuple[Incoming, Message]], partner: Partner) -> None:
    """Decide these receipts in the running transaction: our messages are written here.

    Their own rows are changed and left to the caller to write, ``DECIDED`` of each.
    """
    ours = _spoken_of([message for _, message in receipts], partner)
    changed: dict[UUID, Outgoing] = {}
    decisions = [_decided(row, message, ours, changed) for row, message in receipts]
    update_all(list(changed.values()), _ANSWERED)
    now = datetime.now(UTC)
    for (row, _), (about, refusal) in zip(receipts, decisions, strict=True):
        row.state = INCOMING.take("refuse" if refusal else "apply", IncomingState(row.state))
        row.decided_at = now
        row.reason, row.note = (refusal.code, refusal.note) if refusal else ("applied", "")
        if about is not None:
            for name, value in (about.scope() | {"country": partner.country}).items():
                setattr(row, name, value)
            row.worker_id = about.worker_id


def note_one(row: Incoming, message: Message, partner: Partner) -> Outgoing:
    """Note a receipt that came within a lane, as one set aside and taken up again does.

    Raises:
        Unacceptable, StepClosed: it is not noted.
    """
    ours = _spoken_of([message], partner).get(message.id)
    if ours is None:
        raise _unknown()
    if _answer(ours, row, message):
        ours.save(update_fields=_ANSWERED)
    return ours


def _decided(
    row: Incoming, message: Message, ours: Mapping[UUID, Outgoing], changed: dict[UUID, Outgoing]
) -> tuple[Outgoing | None, Unacceptable | None]:
    """Our message, or why the receipt is refused; ``changed`` takes in what it changes."""
    try:
        check_agreed(message)
        about = ours.get(message.id)
        if about is None:
            raise _unknown()
        if _answer(about, row, message):
            changed[about.pk] = about
    except Unacceptable as refusal:
        return None, refusal
    except StepClosed:  # settled meanwhile, or a receipt of ours
        return None, Unacceptable("step_closed")
    return about, None


def _unknown() -> Unacceptable:
    return Unacceptable("data_invalid", "no such message was sent")


def _spoken_of(receipts: Sequence[Message], partner: Partner) -> dict[UUID, Outgoing]:
    """Our messages that business receipts speak of, locked, by the receipt's id."""
    named = {}
    for message in receipts:
        text = message.data.get("message_id", "")
        with suppress(ValueError, TypeError, AttributeError):
            named[message.id] = (UUID(text), message.data.get("digest"))
    # What was said and its first receipt are the larger part of a row, and are not asked for here.
    found = (
        Outgoing.objects.select_for_update()
        .filter(partner=partner, pk__in=[pk for pk, _ in named.values()])
        .defer("raw", "signature", "technical", "technical_signature")
    )
    by_id = {each.pk: each for each in found.order_by("pk")}
    return {
        id_: by_id[pk]
        for id_, (pk, digest_) in named.items()
        if pk in by_id and by_id[pk].digest == digest_
    }


def _answer(ours: Outgoing, row: Incoming, message: Message) -> bool:
    """Let our message be answered, where it is not yet or only for the time being."""
    data = message.data
    later = ours.reason == AWAITING_MATCH and data["reason"] != AWAITING_MATCH
    if ours.answer_id is not None and not later:
        return False
    accepted = data["outcome"] == "accepted"
    if later:
        step = "note applied" if accepted else "note refused later"
    else:
        step = "note accepted" if accepted else "note refused"
    ours.state = OUTGOING.take(step, OutgoingState(ours.state))
    ours.reason, ours.note = data["reason"], data.get("note", "")
    ours.answered_at, ours.answer = row.came_at, row
    ours.stored_at = ours.stored_at or row.came_at
    return True
