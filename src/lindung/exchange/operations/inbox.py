"""The inbox: bytes are stored before they are read, and repeats are harmless (§5 to §8)."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from lindung.access.acting import acting_as
from lindung.access.many import insert_all, update_all
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import Busy, Later, Stop, adapter_for, fetches
from lindung.exchange.lifecycles import INCOMING, IncomingState
from lindung.exchange.models import Incoming, Outgoing, Partner, PartnerKey
from lindung.exchange.operations import outbox, receipts
from lindung.exchange.ourselves import own_node, typed_for
from lindung.exchange.own_keys import known_keys, own_key
from lindung.exchange.validity import SKEW, why_not
from lindung.exchange.wire import agreement, envelopes, signatures
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import MAX_MESSAGE, Signed, digest, instant, read_json
from lindung.kernel.faults import where
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Refusal

log = logging.getLogger(__name__)

NOT_IN_BOOKS = ("kept", "untaken", "repeat")
SIGNED, VOUCHED, TYPED = "signed", "manifest", "typed"


class ReadElsewhere(Refusal):
    """Another process is reading these messages; sent again, they are repeats."""

    status = 503
    slug = "read-elsewhere"
    title = "Pesan sedang dibaca proses lain."
    retry = True


def take(
    items: Sequence[Signed], *, proof: str = SIGNED, partner: Partner | None = None
) -> list[Signed]:
    """Store, then examine, messages as they came; one signed technical receipt each, in order.

    Args:
        proof: what vouches for them. Anything but the partner's own signature over each is said by
            an adapter or an operation of ours that has checked it, never by what came; our key
            signs such bytes, so that nobody changes them afterwards.
        partner: whose they are, where no signature of its own says so.
    """
    if proof != SIGNED:
        key = own_key()
        items = [(raw, signatures.sign(raw, key)) for raw, _ in items]
    now = datetime.now(UTC)
    kept = [
        Incoming(
            id=new_id(),
            raw=raw[: MAX_MESSAGE + 1],
            signature=_text(signature[:4000]),
            digest=digest(raw),
            came_at=now,
            proof=proof,
            partner=partner,
            country=partner.country if partner else "",
        )
        for raw, signature in items
    ]
    with acting_as(ROBOT):
        insert_all(kept)
    # From here the bytes are safe, whatever the reading of them brings.
    return examine(kept)


def _text(signature: str) -> str:
    """A signature as it came; what no signature holds, and no column could, is spelled out."""
    return signature.encode("ascii", "backslashreplace").decode().replace("\0", "\\x00")


def collect(partner_id: UUID) -> int:
    """Fetch what a partner left for us, where it leaves things; returns how many messages.

    Each parcel is in the database before it is answered and put away; one that we died over comes
    again, and repeats are harmless.
    """
    with acting_as(ROBOT):
        partner = Partner.objects.get(pk=partner_id)
    now = datetime.now(UTC)
    if not fetches(partner) or (partner.open_until is not None and partner.open_until > now):
        return 0
    came = 0
    try:
        with adapter_for(partner) as line:
            outbox.meet(partner, line)
            for parcel in line.collect():
                answers = _taken(partner, parcel.items, proof=SIGNED)
                answers += _taken(partner, parcel.vouched, proof=VOUCHED)
                with acting_as(ROBOT):
                    for subject, first, last in parcel.asks:
                        answers += outbox.replayed(partner, subject, first, last)
                parcel.settle(answers)
                came += len(parcel.items) + len(parcel.vouched)
    except Busy:
        return came
    except (Later, Stop) as error:
        log.warning("nothing fetched from %s: %s", partner.code, error)
        with acting_as(ROBOT):
            why = str(error) if isinstance(error, Stop) else ""
            outbox.close_line(partner, at=now, why=why)
    return came


def _taken(partner: Partner, items: Sequence[Signed], *, proof: str) -> list[Signed]:
    """Take a parcel's messages and note its technical receipts; the answers it gets.

    Nobody answers a technical receipt: two nodes would never stop.
    """
    messages: list[Signed] = []
    for item in items:
        if not _says_receipt(item[0]):
            messages.append(item)
        elif not outbox.note_receipt(partner, item, vouched=proof == VOUCHED):
            take([item], proof=proof, partner=None if proof == SIGNED else partner)
    if not messages:
        return []
    return take(messages, proof=proof, partner=None if proof == SIGNED else partner)


def _says_receipt(raw: bytes) -> bool:
    """Whether unproven bytes call themselves a technical receipt."""
    try:
        value = read_json(raw)
    except Unacceptable:
        return False
    type_ = value.get("type") if isinstance(value, dict) else None
    return type_ == agreement.type_of("receipt.technical")


def examine(kept: list[Incoming]) -> list[Signed]:
    """Verify kept messages and file them; returns their technical receipts."""
    answers: list[Signed] = []
    with acting_as(ROBOT):
        key = own_key()
        # Locked and still unread: the one who stored them and the sweep never read both.
        found = Incoming.objects.select_for_update(skip_locked=True).filter(
            pk__in=[row.pk for row in kept], state=IncomingState.KEPT
        )
        if len(found.values_list("pk", flat=True)) != len(kept):
            raise ReadElsewhere
        keys = {k.kid: k for k in PartnerKey.objects.select_related("partner")}
        for receipt in _examined(kept, keys):
            raw = envelopes.write(receipt)
            answers.append((raw, signatures.sign(raw, key)))
        lanes = {row.partner_id for row in kept if row.state == IncomingState.WAITING}
        for partner in lanes - {None}:
            outbox.wake_after("exchange.apply_incoming", partner=str(partner))
    return answers


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
            _say_once(row, "")
        except ReadElsewhere:
            continue
        except Exception as error:
            # One that cannot be read keeps no other back, nor what the sweep does next.
            _say_once(row, type(error).__name__)
    return done


def _say_once(row: Incoming, fault: str) -> None:
    """Log what a kept message cannot be read for when it is new; it is tried again all the time."""
    if row.note == fault:
        return
    if fault:
        log.error("message %s could not be read: %s", row.pk, fault)
    with acting_as(ROBOT):
        rows = Incoming.objects.filter(pk=row.pk)
        if fault:
            rows.filter(state=IncomingState.KEPT).update(note=fault)
        else:
            rows.filter(note=row.note).update(note="")


def _examined(kept: Sequence[Incoming], keys: dict[str, PartnerKey]) -> Iterator[Message]:
    """The technical receipt of each, after all are filed."""
    read: dict[UUID, tuple[Partner, Message]] = {}
    refused: dict[UUID, Unacceptable] = {}
    for row in kept:
        try:
            read[row.pk] = _opened(row, keys)
        except Unacceptable as reason:
            refused[row.pk] = reason
    firsts, late = _filed([(row, *read[row.pk]) for row in kept if row.pk in read])
    refused |= late
    _put_aside([(row, refused[row.pk]) for row in kept if row.pk in refused])
    for row in kept:
        known, message = read.get(row.pk, (None, None))
        first = firsts.get(row.pk)
        data: dict[str, Any] = {
            "digest": row.digest,
            "outcome": "stored",
            "reason": "stored",
            "stored_at": instant(first.came_at if first else row.came_at),
            "repeat": first is not None,
            "message_id": str(message.id) if message else "unknown",
        }
        if (refusal := refused.get(row.pk)) is not None:
            data |= {"outcome": "refused", "reason": refusal.code}
        yield outbox.receipt_message(
            "technical",
            # A refusal of what a partner signed is addressed to it all the same.
            known or row.partner,
            message.subject if message else "unknown",
            message.id if message else None,
            data,
        )


def _put_aside(rows: Sequence[tuple[Incoming, Unacceptable]]) -> None:
    for row, refusal in rows:
        row.state = INCOMING.take("not take", IncomingState(row.state))
        row.reason, row.note = refusal.code, refusal.note
    update_all([row for row, _ in rows], ["state", "reason", "note", "partner", "country"])


def _opened(row: Incoming, keys: dict[str, PartnerKey]) -> tuple[Partner, Message]:
    raw = bytes(row.raw)
    if len(raw) > MAX_MESSAGE:
        raise Unacceptable("too_large")
    if row.proof != SIGNED and row.partner is not None:
        return row.partner, _vouched(row, row.partner)
    key = keys.get(signatures.claimed_kid(row.signature))
    if key is None:
        raise Unacceptable("key_unknown")
    signatures.verify(raw, row.signature, key.x)
    # Proven to be this partner's, so its officials and the people who serve its country may see
    # that something came, even when the rest cannot be read.
    row.partner, row.country = key.partner, key.partner.country
    message = envelopes.read(raw)
    if message.source != key.partner.node:
        raise Unacceptable("key_unknown", "the key is not this source's")
    if (why := why_not(key, written_at=message.time)) is not None:
        raise Unacceptable(why)
    _for_us_and_now(message)
    return key.partner, message


def _vouched(row: Incoming, partner: Partner) -> Message:
    """A message that something else than its own signature proves; ours shows it unchanged."""
    ours = {key.kid: key.x for key in known_keys(now=datetime.now(UTC))}
    if (x := ours.get(signatures.claimed_kid(row.signature))) is None:
        raise Unacceptable("key_unknown")
    signatures.verify(bytes(row.raw), row.signature, x)
    message = envelopes.read(bytes(row.raw))
    if message.source != (partner.node if row.proof == VOUCHED else typed_for(partner)):
        raise Unacceptable("key_unknown", "it names another source")
    _for_us_and_now(message)
    return message


def _for_us_and_now(message: Message) -> None:
    if message.recipient != own_node():
        raise Unacceptable("recipient_wrong")
    if message.time > datetime.now(UTC) + SKEW:
        raise Unacceptable("clock_skew")


_Read = tuple[Incoming, Partner, Message]
_FILED = (
    "partner", "country", "message_id", "type", "subject", "sequence", "correlation", "state",
)  # fmt: skip


def _filed(read: Sequence[_Read]) -> tuple[dict[UUID, Incoming], dict[UUID, Unacceptable]]:
    """Take messages into the inbox: the first copies of repeats, and what cannot be taken."""
    for row, _, message in read:
        row.message_id, row.type = message.id, message.type
        row.subject, row.sequence = message.subject, message.sequence
        row.correlation = message.correlation
    _one_filer(sorted({str(partner.pk) for _, partner, _ in read}))
    fresh = _never_seen(read)
    try:
        with transaction.atomic():
            for row in fresh:
                row.state = INCOMING.take("take", IncomingState.KEPT)
            # Not beside repeats: those are locked, and whoever applies locks them before what
            # receipts speak of.
            noted = _noted(read) if len(fresh) == len(read) else set()
            update_all([row for row in fresh if row.pk not in noted], _FILED)
            both = tuple(dict.fromkeys(_FILED + receipts.DECIDED))
            update_all([row for row in fresh if row.pk in noted], both)
    except IntegrityError:
        # A number used twice, or another process filed one meanwhile: each by itself finds which.
        for row in fresh:
            row.state = IncomingState.KEPT
        fresh = []
    done = {row.pk for row in fresh}
    firsts: dict[UUID, Incoming] = {}
    refused: dict[UUID, Unacceptable] = {}
    for row, partner, message in read:
        if row.pk in done:
            continue
        try:
            if (first := _file(row, message, partner)) is not None:
                firsts[row.pk] = first
        except Unacceptable as refusal:
            refused[row.pk] = refusal
    _note_repeats(list(firsts.values()))
    return firsts, refused


def _noted(read: Sequence[_Read]) -> set[UUID]:
    """Let business receipts answer what they speak of at once; ids of their rows."""
    done: set[UUID] = set()
    for partner in {partner.pk: partner for _, partner, _ in read}.values():
        theirs = [
            (row, message)
            for row, whose, message in read
            if whose.pk == partner.pk and message.name == receipts.NAME and message.sequence is None
        ]
        if not theirs:
            continue
        try:
            with transaction.atomic():
                receipts.note(theirs, partner)
        except Exception as error:
            # They wait like any other message, and are noted when those are applied.
            log.error("receipts of %s are noted later: %s", partner.code, where(error))
            continue
        done |= {row.pk for row, _ in theirs}
    return done


def _one_filer(partners: Sequence[str]) -> None:
    """Let one process at a time file messages of a partner, until its transaction ends.

    Two that file the same messages in another order would wait for each other on the unique index.
    """
    with connection.cursor() as cursor:
        for each in partners:
            cursor.execute(
                "select pg_advisory_xact_lock(hashtext('exchange.filing'), hashtext(%s))", [each]
            )


def _note_repeats(firsts: Sequence[Incoming]) -> None:
    """Count what came again, and let our answers to it go out once more."""
    times = Counter(first.pk for first in firsts)
    if not times:
        return
    # In the order in which applying locks them too, so that none wait in a ring.
    found = Incoming.objects.select_for_update().filter(pk__in=times).order_by("pk")
    rows = list(found.only("pk", "repeats"))
    for row in rows:
        row.repeats += times[row.pk]
    update_all(rows, ["repeats"])
    # The partner repeats, so it may have lost our answer.
    for partner in {first.partner_id for first in firsts}:
        Outgoing.objects.filter(
            partner=partner,
            correlation__in={first.message_id for first in firsts if first.partner_id == partner},
            sequence=None,
            state="done",
        ).update(state="waiting", next_at=datetime.now(UTC))


def _never_seen(read: Sequence[_Read]) -> list[Incoming]:
    """Rows whose message is not in the books yet; of a message that came twice at once the first."""
    ids = [message.id for _, _, message in read]
    known = set(
        Incoming.objects.filter(message_id__in=ids)
        .exclude(state__in=NOT_IN_BOOKS)
        .values_list("partner_id", "message_id")
    )
    fresh = []
    for row, partner, message in read:
        if (partner.pk, message.id) not in known:
            known.add((partner.pk, message.id))
            fresh.append(row)
    return fresh


def _file(row: Incoming, message: Message, partner: Partner) -> Incoming | None:
    """Take one message into the inbox; returns the first copy when it is a repeat."""
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
            row.save(update_fields=_FILED)
            return first
        try:
            with transaction.atomic():
                row.state = taken
                row.save(update_fields=_FILED)
            return None
        except IntegrityError:
            row.state = IncomingState.KEPT
    raise Unacceptable("sequence_reused")
