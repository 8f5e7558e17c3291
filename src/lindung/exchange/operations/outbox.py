"""The outbox: written with the change it tells of, delivered in order per subject (§5, §7, §8)."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx
from django.db import connection, transaction

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.jobs import enqueue
from lindung.access.journal import record
from lindung.access.models import Scoped
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.exchange.events import MessageSentAgain
from lindung.exchange.lifecycles import OUTGOING, OutgoingState
from lindung.exchange.models import Outgoing, Partner, PartnerKey
from lindung.exchange.operations.partners import OutOfReach, client, learn_keys, own_node, why_not
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import agreement, envelopes, signatures
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import BATCH, MAX_ITEMS, SINGLE, Signed, digest, frame, unframe
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import NotFound, Refusal

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=15)
BUSINESS_OVERDUE = timedelta(minutes=10)
BREAKER_AFTER = 5
BATCH_SIZE = 100


class NotAgreed(Refusal):
    """The message would say more, or for another purpose, than the agreement allows."""

    status = 422
    slug = "not-agreed"
    title = "Pesan ini memuat hal yang tidak termasuk kesepakatan."


def send(
    name: str,
    subject: str,
    data: dict[str, Any],
    *,
    partner: Partner,
    about: Scoped | None = None,
    worker: UUID | None = None,
    answers: UUID | None = None,
    entry: UUID | None = None,
) -> Outgoing:
    """Write a message into the outbox, inside the transaction of the change it tells of.

    Args:
        name: message name, e.g. ``contract.answered``.
        subject: public number of the thing spoken of; never a personal number.
        data: what is said; checked against the published schema before it is written.
        about: row whose scope the copy in our books takes over.
        answers: id of the partner's message this one answers.
        entry: journal entry it tells of.

    Raises:
        NotAgreed: a field outside the schema, a missing one, or a wrong form.
    """
    if agreement.type_of(name) not in agreement.messages():
        raise NotAgreed(message=name)
    if found := agreement.faults(agreement.schema_of(name), data):
        raise NotAgreed(message=name, places=found[:5])
    with acting_as(ROBOT):
        identity = new_id()
        return _write(
            Message(
                id=identity,
                source=own_node(),
                recipient=partner.node,
                type=agreement.type_of(name),
                time=datetime.now(UTC),
                subject=subject,
                sequence=_next_sequence(partner, subject),
                correlation=answers or identity,
                purpose=agreement.purposes_of(name)[0],
                basis=partner.agreement,
                schema=agreement.schema_of(name),
                data=data,
            ),
            partner,
            about=about,
            worker=worker,
            entry=entry,
        )


def receipt_message(
    kind: str, partner: Partner | None, subject: str, about: UUID | None, data: dict[str, Any]
) -> Message:
    """A receipt of ours; ``kind`` is ``technical`` or ``business``."""
    identity = new_id()
    name = f"receipt.{kind}"
    return Message(
        id=identity,
        source=own_node(),
        recipient=partner.node if partner else "urn:lindung:node:unknown",
        type=agreement.type_of(name),
        time=datetime.now(UTC),
        subject=subject,
        sequence=None,
        correlation=about or identity,
        purpose=agreement.purposes_of(name)[0],
        basis=partner.agreement if partner else "none",
        schema=agreement.schema_of(name),
        data=data,
    )


def send_receipt(message: Message, partner: Partner, *, about: Scoped, worker: UUID | None) -> None:
    """Put a business receipt of ours into the outbox."""
    _write(message, partner, about=about, worker=worker, entry=None)


def _write(
    message: Message,
    partner: Partner,
    *,
    about: Scoped | None,
    worker: UUID | None,
    entry: UUID | None,
) -> Outgoing:
    raw = envelopes.write(message)
    scope = about.scope() if about is not None else {}
    row = Outgoing.objects.create(
        id=message.id,
        partner=partner,
        worker_id=worker or getattr(about, "worker_id", None),
        type=message.type,
        subject=message.subject,
        sequence=message.sequence,
        correlation=message.correlation,
        entry_id=entry,
        raw=raw,
        digest=digest(raw),
        written_at=message.time,
        next_at=message.time,
        # Whatever it is about, it is shared with this country: its officials may see it.
        **(scope | {"country": partner.country}),
    )
    transaction.on_commit(partial(wake, "exchange.pump", partner=str(partner.pk)))
    return row


def _next_sequence(partner: Partner, subject: str) -> int:
    # The lane's row stays locked until this transaction ends: numbers are in commit order, and a
    # rolled back change leaves no hole.
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into exchange_lane (partner_id, subject, sent, received, gap_asks)"
            " values (%s, %s, 1, 0, 0) on conflict (partner_id, subject)"
            " do update set sent = exchange_lane.sent + 1 returning sent",
            [partner.pk, subject],
        )
        return int(cursor.fetchone()[0])


def wake(task: str, *, partner: str) -> None:
    """Enqueue a job unless the same one is waiting already; called after commit.

    A job that still waits starts after this commit and so sees what was written.
    """
    with acting_as(ROBOT):
        with connection.cursor() as cursor:
            cursor.execute(
                "select 1 from procrastinate_jobs where task_name = %s and status = 'todo'"
                " and args @> %s::jsonb and (scheduled_at is null or scheduled_at <= now())"
                " limit 1",
                [task, json.dumps({"partner": partner})],
            )
            if cursor.fetchone():
                return
        enqueue(task, lock=f"{task}:{partner}", partner=partner)


# --- delivery -----------------------------------------------------------------------------------


def pump(partner_id: UUID, *, http: httpx.Client | None = None, rounds: int = 20) -> int:
    """Deliver what is due to one partner, oldest first, in order per subject.

    Returns:
        How many messages the partner has stored.
    """
    stored = 0
    with nullcontext(http) if http else client() as line:
        for _ in range(rounds):
            with acting_as(ROBOT):
                partner = Partner.objects.get(pk=partner_id)
                now = datetime.now(UTC)
                if partner.open_until is not None and partner.open_until > now:
                    break
                due = _due(partner, now)
            if not due:
                break
            try:
                with acting_as(ROBOT):
                    trusted = PartnerKey.objects.filter(partner=partner).exists()
                if not trusted:
                    learn_keys(partner, line)
                done = _deliver(partner, due, line)
            except (OutOfReach, Unacceptable, httpx.HTTPError) as error:
                log.warning("nothing delivered to %s: %s", partner.code, type(error).__name__)
                _put_off(partner, due)
                break
            stored += done
    return stored


def _due(partner: Partner, now: datetime) -> list[Outgoing]:
    # A `stored` message comes due again when its business receipt is overdue: the repeat asks for
    # it. Whoever is behind a message that still waits for its turn waits too.
    return list(
        Outgoing.objects.raw(
            "select o.* from exchange_outgoing o where o.partner_id = %s"
            " and o.state in ('waiting', 'stored') and o.next_at <= %s"
            " and not exists (select 1 from exchange_outgoing e where e.partner_id = o.partner_id"
            " and e.subject = o.subject and e.sequence < o.sequence and e.state = 'waiting'"
            " and e.next_at > %s)"
            " order by o.next_at, o.subject, o.sequence nulls last, o.id limit %s",
            [partner.pk, now, now, BATCH_SIZE],
        )
    )


def _deliver(partner: Partner, due: Sequence[Outgoing], line: httpx.Client) -> int:
    items = signed(due)
    url = f"{partner.base_url}/exchange/v1/messages"
    if len(items) == 1:
        headers = {"Content-Type": SINGLE, "Lindung-Signature": items[0][1]}
        answer = line.post(url, content=items[0][0], headers=headers)
        answer.raise_for_status()
        receipts = [(answer.content, answer.headers.get("lindung-signature", ""))]
    else:
        answer = line.post(url, content=frame(items), headers={"Content-Type": BATCH})
        answer.raise_for_status()
        receipts = unframe(answer.content)
    if len(receipts) != len(items):
        raise Unacceptable("envelope_invalid", "not one receipt for each message")
    stored = 0
    now = datetime.now(UTC)
    with acting_as(ROBOT):
        keys = {key.kid: key for key in PartnerKey.objects.filter(partner=partner)}
        for row, receipt in zip(due, receipts, strict=True):
            stored += _note_technical(row, receipt, partner, keys, now)
        Partner.objects.filter(pk=partner.pk).update(failures=0, open_until=None, last_ok_at=now)
    return stored


def signed(rows: Sequence[Outgoing]) -> list[Signed]:
    """Bytes and signatures of messages of ours, signed now where they are not yet."""
    key = own_key()
    items: list[Signed] = []
    fresh = []
    for row in rows:
        if not row.signature:
            row.signature = signatures.sign(bytes(row.raw), key)
            fresh.append(row)
        items.append((bytes(row.raw), row.signature))
    if fresh:
        with acting_as(ROBOT):
            Outgoing.objects.bulk_update(fresh, ["signature"])
    return items


def _note_technical(
    row: Outgoing, receipt: Signed, partner: Partner, keys: dict[str, PartnerKey], now: datetime
) -> int:
    raw, signature = receipt
    try:
        key = keys.get(signatures.claimed_kid(signature))
        if key is None:
            raise Unacceptable("key_unknown")
        signatures.verify(raw, signature, key.x)
        message = envelopes.read(raw)
        agreement.check(agreement.schema_of("receipt.technical"), message.data, "data_invalid")
        if (
            message.type != agreement.type_of("receipt.technical")
            or (message.source, message.recipient) != (partner.node, own_node())
            or message.data["digest"] != row.digest
            or why_not(key, written_at=message.time) is not None
        ):
            raise Unacceptable("data_invalid", "a receipt for something else")
    except Unacceptable as refusal:
        log.warning("message %s got no valid receipt: %s", row.pk, refusal.code)
        _later(row, now)
        return 0
    row.technical, row.technical_signature = raw, signature
    taken = message.data["outcome"] == "stored"
    if not taken:
        row.state = OUTGOING.take("give up", OutgoingState(row.state))
        row.reason = message.data["reason"]
    elif row.sequence is None:
        row.state = OUTGOING.take("finish receipt", OutgoingState(row.state))
    else:
        row.state = OUTGOING.take("note stored", OutgoingState(row.state))
        row.next_at = now + BUSINESS_OVERDUE
    if taken and row.stored_at is None:
        row.stored_at = now
    # Its answer may have come in meanwhile: then that stands, and only the receipt is added.
    changed = Outgoing.objects.filter(pk=row.pk, state__in=["waiting", "stored"]).update(
        state=row.state, reason=row.reason, next_at=row.next_at,
        stored_at=row.stored_at, technical=raw, technical_signature=signature,
    )  # fmt: skip
    if not changed:
        Outgoing.objects.filter(pk=row.pk).update(technical=raw, technical_signature=signature)
    return int(taken)


def _put_off(partner: Partner, due: Sequence[Outgoing]) -> None:
    now = datetime.now(UTC)
    with acting_as(ROBOT):
        for row in due:
            _later(row, now)
        failures = partner.failures + 1
        pause = _wait(failures - BREAKER_AFTER) if failures >= BREAKER_AFTER else None
        Partner.objects.filter(pk=partner.pk).update(
            failures=failures, open_until=None if pause is None else now + pause
        )


def _later(row: Outgoing, now: datetime) -> None:
    Outgoing.objects.filter(pk=row.pk).update(
        attempts=min(row.attempts + 1, 30_000), next_at=now + _wait(row.attempts)
    )


def _wait(failures: int) -> timedelta:
    longest = min(FIRST_WAIT * 2 ** min(max(failures, 0), 12), LONGEST_WAIT)
    return timedelta(seconds=longest.total_seconds() * random.uniform(0.8, 1.2))


def replay(partner: Partner, subject: str, first: int, last: int) -> bytes:
    """The batch a partner asks for again (§7), exact bytes as first sent; empty for none."""
    rows = list(
        Outgoing.objects.filter(
            partner=partner, subject=subject, sequence__gte=first, sequence__lte=last
        ).order_by("sequence")[:MAX_ITEMS]
    )
    return frame(signed(rows)) if rows else b""


@operation(Right.EXCHANGE_RESEND)
def send_again(actor: Actor, message_id: UUID) -> Outgoing:
    """Send a message again, the same bytes, because a person says so.

    Raises:
        NotFound: no such message, or none this actor may see.
        StepClosed: it is not at rest.
    """
    row = Outgoing.objects.filter(pk=message_id).first()
    if row is None:
        raise NotFound
    row.state = OUTGOING.take("send again", OutgoingState(row.state))
    with acting_as(ROBOT):
        Outgoing.objects.filter(pk=row.pk).update(
            state=row.state, attempts=0, next_at=datetime.now(UTC), reason=""
        )
    record(MessageSentAgain(message=row.pk, number=row.subject), actor=actor, about=row)
    transaction.on_commit(partial(wake, "exchange.pump", partner=str(row.partner_id)))
    return row
