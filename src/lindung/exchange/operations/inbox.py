"""The inbox: stored before read, repeats harmless, applied in order, once (§5 to §8)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.models import Scoped
from lindung.access.roles import ROBOT, rights_of
from lindung.exchange.lifecycles import INCOMING, OUTGOING, IncomingState, OutgoingState
from lindung.exchange.models import Incoming, Lane, Outgoing, Partner, PartnerKey
from lindung.exchange.operations import outbox
from lindung.exchange.operations.partners import SKEW, client, own_node, why_not
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import agreement, envelopes, signatures
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import MAX_MESSAGE, Signed, digest, instant, unframe, write_json
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import NotFound, Refusal

log = logging.getLogger(__name__)

GAP_FIRST, GAP_LONGEST = timedelta(seconds=2), timedelta(minutes=15)
NOT_IN_BOOKS = ("kept", "untaken", "repeat")


class ReadElsewhere(Refusal):
    """Another process is reading these messages; sent again, they are repeats."""

    status = 503
    slug = "read-elsewhere"
    title = "Pesan sedang dibaca proses lain."
    retry = True


class UnknownSubject(Exception):
    """Nobody in our books is the one spoken of."""


Handler = Callable[[Actor, Message], Scoped | None]
_handlers: dict[str, Handler] = {}


def handles(name: str) -> Callable[[Handler], Handler]:
    """Register what a message of the partner means.

    The function takes the partner's robot and the message, calls lower layers' operations, and
    returns the row it concerned. ``UnknownSubject`` sends it to the matching list; ``Unacceptable``
    and refusals refuse it; anything else is an error of ours.
    """

    def register(handler: Handler) -> Handler:
        _handlers[name] = handler
        return handler

    return register


def robot_of(partner: Partner) -> Actor:
    """The hand with which a partner's messages change our books."""
    return Actor(
        id=partner.robot,
        kind=Kind.CLOCK,
        name=partner.name,
        office=partner.name,
        country=partner.country,
        rights=rights_of("robot"),
    )


# --- taking in ----------------------------------------------------------------------------------


def take(items: list[Signed]) -> list[Signed]:
    """Store, then examine, messages as they came; one signed technical receipt each, in order."""
    now = datetime.now(UTC)
    with acting_as(ROBOT):
        kept = Incoming.objects.bulk_create(
            Incoming(
                id=new_id(),
                raw=raw[: MAX_MESSAGE + 1],
                signature=signature[:4000],
                digest=digest(raw),
                came_at=now,
            )
            for raw, signature in items
        )
    # From here the bytes are safe, whatever the reading of them brings.
    return examine(kept)


def examine(kept: list[Incoming]) -> list[Signed]:
    """Verify kept messages and file them; returns their technical receipts."""
    key = own_key()
    receipts: list[Signed] = []
    lanes: set[UUID] = set()
    with acting_as(ROBOT):
        # Locked and still unread: the one who stored them and the sweep never read both.
        found = Incoming.objects.select_for_update(skip_locked=True).filter(
            pk__in=[row.pk for row in kept], state=IncomingState.KEPT
        )
        if len(found.values_list("pk", flat=True)) != len(kept):
            raise ReadElsewhere
        keys = {k.kid: k for k in PartnerKey.objects.select_related("partner")}
        for row in kept:
            receipt = _examined(row, keys)
            if row.state == IncomingState.WAITING and row.partner_id:
                lanes.add(row.partner_id)
            raw = envelopes.write(receipt)
            receipts.append((raw, signatures.sign(raw, key)))
        for partner in lanes:
            transaction.on_commit(
                partial(outbox.wake, "exchange.apply_incoming", partner=str(partner))
            )
    return receipts


def recover(*, older_than: timedelta = timedelta(seconds=30)) -> int:
    """Examine what was stored and not read when a process died; returns how many."""
    with acting_as(ROBOT):
        left = list(
            Incoming.objects.filter(
                state=IncomingState.KEPT, came_at__lt=datetime.now(UTC) - older_than
            ).order_by("id")[:500]
        )
    done = 0
    for row in left:
        try:
            examine([row])
            done += 1
        except ReadElsewhere:
            continue
    return done


def _examined(row: Incoming, keys: dict[str, PartnerKey]) -> Message:
    message: Message | None = None
    known: Partner | None = None
    data: dict[str, Any] = {
        "digest": row.digest,
        "outcome": "stored",
        "reason": "stored",
        "stored_at": instant(row.came_at),
        "repeat": False,
    }
    try:
        known, message = _opened(row, keys)
        if (first := _file(row, message, known)) is not None:
            data |= {"stored_at": instant(first.came_at), "repeat": True}
    except Unacceptable as refusal:
        row.state = INCOMING.take("not take", IncomingState(row.state))
        row.reason, row.note = refusal.code, refusal.note
        row.save(update_fields=["state", "reason", "note"])
        data |= {"outcome": "refused", "reason": refusal.code}
    data["message_id"] = str(message.id) if message else "unknown"
    return outbox.receipt_message(
        "technical",
        known,
        message.subject if message else "unknown",
        message.id if message else None,
        data,
    )


def _opened(row: Incoming, keys: dict[str, PartnerKey]) -> tuple[Partner, Message]:
    raw = bytes(row.raw)
    if len(raw) > MAX_MESSAGE:
        raise Unacceptable("too_large")
    key = keys.get(signatures.claimed_kid(row.signature))
    if key is None:
        raise Unacceptable("key_unknown")
    signatures.verify(raw, row.signature, key.x)
    # Proven to be this partner's, so its officials and the people who serve its country may see
    # that something came, even when the rest cannot be read.
    row.partner, row.country = key.partner, key.partner.country
    row.save(update_fields=["partner", "country"])
    message = envelopes.read(raw)
    if message.source != key.partner.node:
        raise Unacceptable("key_unknown", "the key is not this source's")
    if (why := why_not(key, written_at=message.time)) is not None:
        raise Unacceptable(why)
    if message.recipient != own_node():
        raise Unacceptable("recipient_wrong")
    if message.time > datetime.now(UTC) + SKEW:
        raise Unacceptable("clock_skew")
    return key.partner, message


def _file(row: Incoming, message: Message, partner: Partner) -> Incoming | None:
    """Take the message into the inbox; returns the first copy when it is a repeat."""
    row.message_id, row.type = message.id, message.type
    row.subject, row.sequence = message.subject, message.sequence
    row.correlation = message.correlation
    names = ["message_id", "type", "subject", "sequence", "correlation", "state"]
    taken = INCOMING.take("take", IncomingState.KEPT)
    for _ in range(2):  # a second look when another process filed the same one meanwhile
        first = (
            Incoming.objects.filter(partner=partner, message_id=message.id)
            .exclude(state__in=NOT_IN_BOOKS)
            .first()
        )
        if first is not None:
            if first.digest != row.digest:
                raise Unacceptable("id_reused")
            row.state = INCOMING.take("know again", IncomingState.KEPT)
            row.save(update_fields=names)
            first.repeats += 1
            first.save(update_fields=["repeats"])
            # The partner repeats, so it may have lost our answer: let that go out once more.
            Outgoing.objects.filter(
                partner=partner, correlation=message.id, sequence=None, state="done"
            ).update(state="waiting", next_at=datetime.now(UTC))
            return first
        try:
            with transaction.atomic():
                row.state = taken
                row.save(update_fields=names)
            return None
        except IntegrityError:
            row.state = IncomingState.KEPT
    raise Unacceptable("sequence_reused")


# --- applying -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Decision:
    step: str
    outcome: str
    reason: str
    note: str = ""
    about: Scoped | None = None


def apply_incoming(partner_id: UUID, *, http: httpx.Client | None = None) -> int:
    """Apply all messages of a partner whose turn it is; returns how many were decided.

    Trouble with one subject never holds up another.
    """
    with acting_as(ROBOT):
        partner = Partner.objects.get(pk=partner_id)
        waiting = list(
            Incoming.objects.filter(partner=partner, state=IncomingState.WAITING)
            .order_by("subject")
            .values_list("subject", flat=True)
            .distinct()
        )
    decided = 0
    for subject in waiting:
        done, gap = _apply_lane(partner, subject)
        decided += done
        if gap is not None:
            _ask_for(partner, subject, gap, http)
    return decided


def _apply_lane(partner: Partner, subject: str) -> tuple[int, tuple[int, int] | None]:
    decided = 0
    with acting_as(ROBOT):
        lane = _locked_lane(partner, subject)
        rows = Incoming.objects.filter(
            partner=partner, subject=subject, state=IncomingState.WAITING
        ).order_by(F("sequence").asc(nulls_first=True), "id")
        # Receipts have no number and never wait; what follows a fault of ours does.
        stuck = Incoming.objects.filter(
            partner=partner, subject=subject, state=IncomingState.ERROR
        ).exists()
        for row in rows:
            if row.sequence is not None and (stuck or row.sequence != lane.received + 1):
                missing = (lane.received + 1, row.sequence - 1)
                return decided, None if stuck else missing
            if not _apply(row, partner):
                return decided, None  # an error of ours: the lane waits for a person
            decided += 1
            if row.sequence is not None:
                lane.received = row.sequence
                Lane.objects.filter(partner=partner, subject=subject).update(
                    received=row.sequence, gap_asks=0, gap_next_at=None
                )
    return decided, None


def _locked_lane(partner: Partner, subject: str) -> Lane:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into exchange_lane (partner_id, subject, sent, received, gap_asks)"
            " values (%s, %s, 0, 0, 0) on conflict do nothing",
            [partner.pk, subject],
        )
    return Lane.objects.select_for_update().get(partner=partner, subject=subject)


def _apply(row: Incoming, partner: Partner) -> bool:
    message = envelopes.read(bytes(row.raw))
    try:
        with transaction.atomic():
            decision = _decide(row, message, partner)
    except Exception:
        # Ours, whatever it is: undone, shown to a person, and no other subject suffers.
        log.exception("message %s could not be applied", row.message_id)
        row.state = INCOMING.take("fail", IncomingState(row.state))
        row.save(update_fields=["state"])
        return False
    now = datetime.now(UTC)
    row.state = INCOMING.take(decision.step, IncomingState(row.state))
    row.decided_at, row.reason, row.note = now, decision.reason, decision.note
    if decision.about is not None:
        scope = decision.about.scope() | {"country": partner.country}
        for name, value in scope.items():
            setattr(row, name, value)
        row.worker_id = getattr(decision.about, "worker_id", None)
    row.save()
    if not message.is_receipt:
        data = {
            "message_id": str(message.id),
            "digest": row.digest,
            "outcome": decision.outcome,
            "reason": decision.reason,
            "decided_at": instant(now),
        }
        if decision.note:
            data["note"] = decision.note
        receipt = outbox.receipt_message("business", partner, message.subject, message.id, data)
        outbox.send_receipt(receipt, partner, about=row, worker=row.worker_id)
    return True


def _decide(row: Incoming, message: Message, partner: Partner) -> _Decision:
    try:
        with transaction.atomic():
            _check(message)
            if message.name == "receipt.business":
                about: Scoped | None = _note_business(row, message, partner)
            else:
                about = _handlers[message.name](robot_of(partner), message)
    except (UnknownSubject, NotFound):
        return _Decision("set aside", "accepted", "awaiting_match")
    except Unacceptable as refusal:
        return _Decision("refuse", "refused", refusal.code, refusal.note)
    except StepClosed:
        return _Decision("refuse", "refused", "step_closed")
    except Refusal as refusal:
        if refusal.status >= 500 or refusal.status in (401, 403):
            raise  # ours to repair, not the partner's fault
        return _Decision("refuse", "refused", "data_invalid", refusal.slug)
    return _Decision("apply", "accepted", "applied", about=about)


def _check(message: Message) -> None:
    known = agreement.messages().get(message.type)
    if known is None or (message.name not in _handlers and message.name != "receipt.business"):
        raise Unacceptable("type_unknown")
    if message.schema != known["$id"]:
        raise Unacceptable("schema_unknown")
    agreement.check(message.schema, message.data, "data_invalid")
    if message.purpose not in known["x-purpose"]:
        raise Unacceptable("purpose_refused")


def _note_business(row: Incoming, message: Message, partner: Partner) -> Scoped:
    data = message.data
    ours = (
        Outgoing.objects.select_for_update()
        .filter(partner=partner, pk=UUID(data["message_id"]), digest=data["digest"])
        .first()
        if data["message_id"] != "unknown"
        else None
    )
    if ours is None:
        raise Unacceptable("data_invalid", "no such message was sent")
    if ours.answer_id is None:
        step = "note accepted" if data["outcome"] == "accepted" else "note refused"
        ours.state = OUTGOING.take(step, OutgoingState(ours.state))
        ours.reason, ours.note = data["reason"], data.get("note", "")
        ours.answered_at, ours.answer = row.came_at, row
        ours.stored_at = ours.stored_at or row.came_at
        ours.save(update_fields=["state", "reason", "note", "answered_at", "answer", "stored_at"])
    return ours


def message_of_offer(partner: Partner, subject: str, offer_no: str) -> UUID | None:
    """The id of the message that made an offer, so that the answer names it."""
    offers = Incoming.objects.filter(
        partner=partner, subject=subject, type=agreement.type_of("contract.offered")
    ).exclude(state__in=NOT_IN_BOOKS)
    for row in offers.order_by("-sequence"):
        if envelopes.read(bytes(row.raw)).data["offer_no"] == offer_no:
            return row.message_id
    return None


# --- gaps ---------------------------------------------------------------------------------------


def _ask_for(
    partner: Partner, subject: str, gap: tuple[int, int], http: httpx.Client | None
) -> None:
    now = datetime.now(UTC)
    with acting_as(ROBOT):
        lane = _locked_lane(partner, subject)
        due = lane.gap_next_at
        if due is None or due <= now:
            wait = min(GAP_FIRST * 2 ** min(lane.gap_asks, 12), GAP_LONGEST)
            Lane.objects.filter(partner=partner, subject=subject).update(
                gap_asks=lane.gap_asks + 1, gap_next_at=now + wait
            )
    # The first time it is only noted: the rest may be on its way in another request.
    if due is None or due > now:
        return
    target = "/exchange/v1/messages?" + urlencode(
        {"subject": subject, "from": gap[0], "to": gap[1]}
    )
    claims = {
        "node": own_node(), "recipient": partner.node, "method": "GET", "target": target,
        "time": instant(now), "id": str(new_id()),
    }  # fmt: skip
    token = signatures.sign_request(write_json(claims), own_key())
    try:
        with nullcontext(http) if http else client() as line:
            answer = line.get(f"{partner.base_url}{target}", headers={"Lindung-Request": token})
        if answer.status_code == 200:
            take(unframe(answer.content))
    except (httpx.HTTPError, Unacceptable) as error:
        log.warning("replay from %s failed: %s", partner.code, type(error).__name__)


def received_through(partner: Partner, subject: str) -> int:
    """The sequence up to which a partner's messages about a subject are all decided."""
    lane = Lane.objects.filter(partner=partner, subject=subject).first()
    return lane.received if lane is not None else 0
