"""The outbox: written with the change it tells of, delivered in order per subject (§5, §7, §8)."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from django.db import connection, transaction

from lindung.access.acting import acting_as, acting_within
from lindung.access.actors import Actor
from lindung.access.jobs import enqueue
from lindung.access.journal import record
from lindung.access.many import insert_all, update_all
from lindung.access.models import Scoped
from lindung.access.operation import operation
from lindung.access.ready import add
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import (
    Adapter,
    Busy,
    Later,
    Stop,
    adapter_for,
    by_hand,
    fetches,
)
from lindung.exchange.events import MessageSentAgain
from lindung.exchange.lifecycles import OUTGOING, OutgoingState
from lindung.exchange.models import Incoming, Outgoing, Partner, PartnerKey
from lindung.exchange.operations.partners import OutOfReach, heard, missed, trust_document
from lindung.exchange.ourselves import own_node
from lindung.exchange.own_keys import own_key, ring
from lindung.exchange.validity import why_not
from lindung.exchange.wire import agreement, envelopes, signatures
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import MAX_ITEMS, Signed, digest, frame
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import NotFound, Refusal

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=15)
LONGEST_SLOW_WAIT = timedelta(days=1)
BUSINESS_OVERDUE = timedelta(minutes=10)
# Longer than any line takes over one batch: an HTTP request ends after ten seconds.
LEASE = timedelta(seconds=60)
BREAKER_AFTER = 5
# Of what waits, so many at once: whoever answers in time has 50 ms for each.
BATCH_SIZE = 200


NOBODY = "urn:lindung:node:unknown"  # to whom a refusal goes that no partner's signature proves


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
    sequence: int | None = None,
) -> Outgoing:
    """Write a message into the outbox, inside the transaction of the change it tells of.

    Args:
        name: message name, e.g. ``contract.answered``.
        subject: public number of the thing spoken of; never a personal number.
        data: what is said; checked against the published schema before it is written.
        about: row whose scope the copy in our books takes over.
        answers: id of the partner's message this one answers.
        entry: journal entry it tells of.
        sequence: the number of a message that the partner never took, given to this one.

    Raises:
        NotAgreed: a field outside the schema, a missing one, or a wrong form.
    """
    if agreement.type_of(name) not in agreement.messages():
        raise NotAgreed(message=name)
    if found := agreement.faults(agreement.schema_of(name), data):
        raise NotAgreed(message=name, places=found[:5])
    # No savepoint: a message whose change is undone goes with it, as does its number.
    with acting_within(ROBOT):
        identity = new_id()
        return _write(
            Message(
                id=identity,
                source=own_node(),
                recipient=partner.node,
                type=agreement.type_of(name),
                time=datetime.now(UTC),
                subject=subject,
                sequence=sequence or _next_sequence(partner, subject),
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
        recipient=partner.node if partner else NOBODY,
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


def send_receipts(receipts: Sequence[tuple[Message, Incoming]], partner: Partner) -> None:
    """Put business receipts of ours into the outbox, each with the scope of what it answers."""
    if not receipts:
        return
    insert_all(
        [
            _row(message, partner, about=about, worker=about.worker_id, entry=None)
            for message, about in receipts
        ]
    )
    wake_after("exchange.pump", partner=str(partner.pk))


def _write(
    message: Message,
    partner: Partner,
    *,
    about: Scoped | None,
    worker: UUID | None,
    entry: UUID | None,
) -> Outgoing:
    row = _row(message, partner, about=about, worker=worker, entry=entry)
    add(row)
    wake_after("exchange.pump", partner=str(partner.pk))
    return row


def _row(
    message: Message,
    partner: Partner,
    *,
    about: Scoped | None,
    worker: UUID | None,
    entry: UUID | None,
) -> Outgoing:
    raw = envelopes.write(message)
    scope = about.scope() if about is not None else {}
    return Outgoing(
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


def wake_after(task: str, *, partner: str) -> None:
    """Wake a job when this transaction has committed, once however often it is asked."""
    wanted = _Wake(task, partner)
    if not any(entry[1] == wanted for entry in connection.run_on_commit):
        transaction.on_commit(wanted)


@dataclass(frozen=True, slots=True)
class _Wake:
    """A wake-up that waits for the commit; two of the same are equal."""

    task: str
    partner: str

    def __call__(self) -> None:
        wake(self.task, partner=self.partner)


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


def pump(
    partner_id: UUID, *, http: httpx.Client | None = None, rounds: int = 20, greet: bool = False
) -> int:
    """Deliver what is due to one partner, oldest first, in order per subject.

    Args:
        greet: fetch the partner's keys even when nothing is due: it may speak before we do.

    Returns:
        How many messages the partner has stored.
    """
    with acting_as(ROBOT):
        partner = Partner.objects.get(pk=partner_id)
    if by_hand(partner):
        return 0
    stored = 0
    with ExitStack() as opened:
        line: Adapter | None = None
        for _ in range(rounds):
            with acting_as(ROBOT):
                partner = Partner.objects.get(pk=partner_id)
                now = datetime.now(UTC)
                if partner.open_until is not None and partner.open_until > now:
                    break
                due = _due(partner, now)
            if not due and not (greet and _unmet(partner)):
                break
            try:
                if line is None:
                    line = opened.enter_context(adapter_for(partner, http=http))
                    meet(partner, line)
                receipts = line.deliver(signed(due)) if due else []
            except Busy:
                _give_back(due, now)
                break
            except Stop as stop:
                log.warning("%s: nothing is delivered until somebody looks: %s", partner.code, stop)
                _put_off(partner, due, why=str(stop))
                break
            except (Later, OutOfReach) as error:
                log.warning("nothing delivered to %s: %s", partner.code, error)
                _put_off(partner, due)
                break
            stored += _note_receipts(partner, due, receipts)
            if not due:
                break
    return stored


def _unmet(partner: Partner) -> bool:
    """Whether this partner's keys could be had and never were.

    A key that people have to compare is theirs to fetch again.
    """
    if fetches(partner) or partner.conflict_kid:
        return False
    with acting_as(ROBOT):
        return not PartnerKey.objects.filter(partner=partner).exists()


def meet(partner: Partner, line: Adapter) -> None:
    """Learn a partner's keys at the first contact.

    Raises:
        OutOfReach: its key document cannot be had, and without it no answer could be believed.
    """
    with acting_as(ROBOT):
        if PartnerKey.objects.filter(partner=partner).exists():
            return
    try:
        try:
            raw, signature = line.key_document()
        except (Later, Stop) as error:
            raise OutOfReach(str(error)) from error
        if trust_document(partner, raw, signature) == "conflict":
            raise OutOfReach("its first key waits for two people to compare it")
    except OutOfReach:
        # What is left in a folder is signed and keeps; whose answers these are is known later.
        if not fetches(partner):
            raise


# Two plain sets in place of a join of the table with itself: however wrong the planner's idea of how
# much waits, after an outage or before the first count of it, each message is looked at once.
_DUE = """
with held as materialized (
    select subject, min(sequence) as first from exchange_outgoing
    where partner_id = %(partner)s and state = 'waiting' and next_at > %(now)s
        and handed_at is null and sequence is not null
    group by subject)
select o.id, o.partner_id, o.subject, o.sequence, o.raw, o.digest, o.signature, o.state, o.reason,
    o.written_at, o.attempts, o.next_at, o.stored_at
from exchange_outgoing o
where o.partner_id = %(partner)s and o.state in ('waiting', 'stored') and o.next_at <= %(now)s
    and (o.sequence is null or o.subject not in (select subject from held)
        or o.sequence <= (select first from held h where h.subject = o.subject))
order by o.next_at, o.subject, o.sequence nulls last, o.id
limit %(most)s for update of o skip locked
"""


def _due(partner: Partner, now: datetime) -> list[Outgoing]:
    """What is due, taken for this sender alone until ``LEASE`` has passed.

    Repeats are harmless, but the sweep and a job that was woken would send everything twice. A
    sender that dies over them leaves them to the next.
    """
    # A `stored` message comes due again when its business receipt is overdue: the repeat asks for
    # it. Whoever is behind a message that still waits for its turn waits too.
    rows = list(Outgoing.objects.raw(_DUE, {"partner": partner.pk, "now": now, "most": BATCH_SIZE}))
    keys = ring() if rows else None
    for row in rows:
        row.next_at = now + LEASE
        if keys is not None and not row.signature:
            row.signature = signatures.sign(bytes(row.raw), keys.at(row.written_at))
    update_all(rows, ["next_at", "signature"])  # taken and signed at once: one write of each row
    return rows


def _give_back(rows: Sequence[Outgoing], now: datetime) -> None:
    """Somebody else is at the line: what was taken is due as before."""
    with acting_as(ROBOT):
        Outgoing.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=now)


def _note_receipts(
    partner: Partner, rows: Sequence[Outgoing], receipts: Sequence[Signed | None]
) -> int:
    stored = 0
    now = datetime.now(UTC)
    noted = []
    with acting_as(ROBOT):
        # All at once in the order in which answers lock them too, so that none wait in a ring.
        states = _locked(rows)
        keys = {key.kid: key for key in PartnerKey.objects.filter(partner=partner)}
        for row, receipt in zip(rows, receipts, strict=True):
            if receipt is None:
                _handed(row, partner, now)
                continue
            try:
                message = _verified(receipt, partner, keys)
                if _note_technical(row, receipt, message, partner, now):
                    noted.append(row)
                    stored += message.data["outcome"] == "stored"
            except Unacceptable as refusal:
                log.warning("message %s got no valid receipt: %s", row.pk, refusal.code)
                _later(row, now)
        _keep_noted(noted, states)
        heard(partner.pk, at=now)
        if partner.halted_why:
            Partner.objects.filter(pk=partner.pk).update(halted_why="")
    return stored


def note_receipt(partner: Partner, receipt: Signed, *, vouched: bool = False) -> bool:
    """Note a technical receipt that came by itself, later than the message it speaks of.

    Args:
        vouched: the partner signed the list it came in, and agreed that this is enough.

    Returns:
        Whether it was one, of this partner's, for bytes of ours. Anything else is for the inbox.
    """
    now = datetime.now(UTC)
    with acting_as(ROBOT):
        keys = {key.kid: key for key in PartnerKey.objects.filter(partner=partner)}
        try:
            message = _verified(receipt, partner, keys, vouched=vouched)
            identity = UUID(message.data["message_id"])
            row = Outgoing.objects.filter(partner=partner, pk=identity).first()
            if row is None:
                return False
            if vouched:
                receipt = (receipt[0], signatures.sign(receipt[0], own_key()))
            if _note_technical(row, receipt, message, partner, now):
                _keep_noted([row], _locked([row]))
        except (Unacceptable, ValueError):
            return False
        heard(partner.pk, at=now)
    return True


def signed(rows: Sequence[Outgoing]) -> list[Signed]:
    """Bytes and signatures of messages of ours, signed now where they are not yet."""
    if fresh := [row for row in rows if not row.signature]:
        keys = ring()
        for row in fresh:
            row.signature = signatures.sign(bytes(row.raw), keys.at(row.written_at))
        with acting_as(ROBOT):
            update_all(fresh, ["signature"])
    return [(bytes(row.raw), row.signature) for row in rows]


def _verified(
    receipt: Signed, partner: Partner, keys: dict[str, PartnerKey], *, vouched: bool = False
) -> Message:
    """The technical receipt in these bytes, proven to be the partner's for us."""
    raw, signature = receipt
    key = None if vouched else keys.get(signatures.claimed_kid(signature))
    if key is not None:
        signatures.verify(raw, signature, key.x)
    elif not vouched:
        raise Unacceptable("key_unknown")
    message = envelopes.read(raw)
    agreement.check(agreement.schema_of("receipt.technical"), message.data, "data_invalid")
    if (
        message.type != agreement.type_of("receipt.technical")
        or (message.source, message.recipient) != (partner.node, own_node())
        or (key is not None and why_not(key, written_at=message.time) is not None)
    ):
        raise Unacceptable("data_invalid", "a receipt for something else")
    return message


def _note_technical(
    row: Outgoing, receipt: Signed, message: Message, partner: Partner, now: datetime
) -> bool:
    """Whether the receipt changes the row; it is written by ``_keep_noted``."""
    if message.data["digest"] != row.digest:
        raise Unacceptable("data_invalid", "a receipt for other bytes")
    if row.state not in _UNDERWAY:
        return False  # answered or settled meanwhile; a second receipt changes nothing
    row.technical, row.technical_signature = receipt
    taken = message.data["outcome"] == "stored"
    if not taken:
        row.state = OUTGOING.take("give up", OutgoingState(row.state))
        row.reason = message.data["reason"]
    elif row.sequence is None:
        row.state = OUTGOING.take("finish receipt", OutgoingState(row.state))
    else:
        row.state = OUTGOING.take("note stored", OutgoingState(row.state))
        row.next_at = now + max(BUSINESS_OVERDUE, _slow(partner))
    if taken and row.stored_at is None:
        row.stored_at = now
    return True


_UNDERWAY = (OutgoingState.WAITING, OutgoingState.STORED)


def _keep_noted(rows: Sequence[Outgoing], states: Mapping[UUID, str]) -> None:
    """Write what technical receipts changed.

    The answer may have come in meanwhile: then that stands, and only the receipt is added.

    Args:
        states: as they stand now, under lock.
    """
    open_ = {pk for pk, state in states.items() if state in _UNDERWAY}
    receipt = ("technical", "technical_signature")
    update_all(
        [row for row in rows if row.pk in open_],
        ["state", "reason", "next_at", "stored_at", *receipt],
    )
    update_all([row for row in rows if row.pk not in open_], receipt)


def _locked(rows: Sequence[Outgoing]) -> dict[UUID, str]:
    """The states as they stand now, held until the transaction ends."""
    found = Outgoing.objects.select_for_update().filter(pk__in=[row.pk for row in rows])
    return dict(found.order_by("pk").values_list("pk", "state"))


def _put_off(partner: Partner, due: Sequence[Outgoing], *, why: str = "") -> None:
    """Wait. ``why``: a person must look; the line is tried again only now and then."""
    now = datetime.now(UTC)
    with acting_as(ROBOT):
        for row in due:
            _later(row, now)
        close_line(partner, at=now, why=why)


def close_line(partner: Partner, *, at: datetime, why: str = "") -> None:
    """Note that a line failed; after some failures, or for ``why``, nothing is tried for a while."""
    failures = partner.failures + 1
    pause = _wait(failures - BREAKER_AFTER) if failures >= BREAKER_AFTER else None
    if why:
        pause = LONGEST_WAIT
        Partner.objects.filter(pk=partner.pk).update(halted_why=why[:200])
    missed(partner.pk, at=at, open_until=None if pause is None else at + pause)


def _handed(row: Outgoing, partner: Partner, now: datetime) -> None:
    """It left and nobody knows yet whether it was stored; what follows it may leave too."""
    wait = min(_slow(partner) * 2 ** min(row.attempts, 12), LONGEST_SLOW_WAIT)
    Outgoing.objects.filter(pk=row.pk, state__in=["waiting", "stored"]).update(
        handed_at=now, attempts=min(row.attempts + 1, 30_000), next_at=now + wait
    )


def _slow(partner: Partner) -> timedelta:
    """After how long an answer is missed on a line that does not answer at once."""
    if not fetches(partner):
        return timedelta(0)
    return timedelta(seconds=partner.settings.get("repeat_seconds", 3600))


def _later(row: Outgoing, now: datetime) -> None:
    Outgoing.objects.filter(pk=row.pk).update(
        attempts=min(row.attempts + 1, 30_000), next_at=now + _wait(row.attempts)
    )


def _wait(failures: int) -> timedelta:
    longest = min(FIRST_WAIT * 2 ** min(max(failures, 0), 12), LONGEST_WAIT)
    return timedelta(seconds=longest.total_seconds() * random.uniform(0.8, 1.2))


def replay(partner: Partner, subject: str, first: int, last: int) -> bytes:
    """The batch a partner asks for again (§7), exact bytes as first sent; empty for none."""
    items = replayed(partner, subject, first, last)
    return frame(items) if items else b""


def replayed(partner: Partner, subject: str, first: int, last: int) -> list[Signed]:
    """The messages of that range, as first sent, at most a batch."""
    rows = list(
        Outgoing.objects.filter(
            partner=partner, subject=subject, sequence__gte=first, sequence__lte=last
        ).order_by("sequence")[:MAX_ITEMS]
    )
    return signed(rows)


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
    wake_after("exchange.pump", partner=str(row.partner_id))
    return row
