"""What comes from nobody we know may not fill the storage, nor hinder a partner.

A message whose signature is a partner's always gets in. Anything else is kept, so that people can
look at it, until its source or all sources together have sent too much; from then on such bytes
are answered, counted and forgotten. How many were forgotten stands on the exchange page.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, Sum

from lindung.access.acting import acting_as
from lindung.access.limits import spend, spent
from lindung.access.roles import ROBOT
from lindung.exchange.lifecycles import IncomingState
from lindung.exchange.models import Incoming, PartnerKey, StrangerHour
from lindung.exchange.operations import inbox, outbox
from lindung.exchange.own_keys import own_key
from lindung.exchange.wire import envelopes, signatures
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import Signed, digest, instant, read_json
from lindung.kernel.refusals import TooMany

# Our own measures. A partner that misconfigured its key sends a few; nobody honest sends thousands.
EACH_HOUR = 60  # requests with something unsigned in them, one source
ALL_HOUR = 2_000  # items, all sources together
MOST_BYTES = 256 * 1024 * 1024  # kept at any time
KEPT_FOR = timedelta(days=90)
PURPOSE = "exchange.stranger"

_COUNT = """
insert into exchange_strangerhour as kept (hour, items, kept_bytes, dropped, dropped_bytes)
values (%(hour)s, %(items)s, %(kept_bytes)s, %(dropped)s, %(dropped_bytes)s)
on conflict (hour) do update set items = kept.items + excluded.items,
    kept_bytes = kept.kept_bytes + excluded.kept_bytes,
    dropped = kept.dropped + excluded.dropped,
    dropped_bytes = kept.dropped_bytes + excluded.dropped_bytes
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """Whether what nobody signed may be kept, from one source and in all."""

    source_spent: bool
    all_spent: bool

    @property
    def open(self) -> bool:
        """Whether it may."""
        return not (self.source_spent or self.all_spent)


def take(items: Sequence[Signed], *, source: str, now: datetime) -> list[Signed]:
    """Take messages in as ``inbox.take`` does, with a measure for what nobody signed.

    Args:
        source: address they came from.

    Raises:
        TooMany: the measure is full, and nothing in the request is a partner's.
    """
    if budget(source, now=now).open:
        receipts = inbox.take(list(items))
        strange = [
            item[0]
            for item, (receipt, _) in zip(items, receipts, strict=True)
            if read_json(receipt)["recipient"] == outbox.NOBODY
        ]
        count(source, kept=strange, now=now)
        return receipts
    faults = _faults(items)
    ours = [item for item, fault in zip(items, faults, strict=True) if not fault]
    count(
        source,
        dropped=[item[0] for item, fault in zip(items, faults, strict=True) if fault],
        now=now,
    )
    if not ours:
        raise TooMany
    taken = iter(inbox.take(ours))
    return [
        _receipt(item, fault, now) if fault else next(taken)
        for item, fault in zip(items, faults, strict=True)
    ]


def budget(source: str, *, now: datetime) -> Budget:
    """How it stands for a source; asked before anything is stored."""
    with acting_as(ROBOT):
        kept = StrangerHour.objects.aggregate(
            bytes=Sum("kept_bytes"), items=Sum("items", filter=Q(pk=_hour(now)))
        )
    full = (kept["bytes"] or 0) >= MOST_BYTES or (kept["items"] or 0) >= ALL_HOUR
    return Budget(spent(PURPOSE, source, most=EACH_HOUR, minutes=60, now=now), full)


def count(
    source: str,
    *,
    kept: Sequence[bytes] = (),
    dropped: Sequence[bytes] = (),
    now: datetime,
) -> None:
    """Count what nobody signed, kept or forgotten; nothing where there was none."""
    if not kept and not dropped:
        return
    with suppress(TooMany):  # the next request from there finds it spent
        spend(PURPOSE, source, most=EACH_HOUR, minutes=60, now=now)
    numbers: dict[str, datetime | int] = {
        "hour": _hour(now),
        "items": len(kept) + len(dropped),
        "kept_bytes": sum(map(len, kept)),
        "dropped": len(dropped),
        "dropped_bytes": sum(map(len, dropped)),
    }
    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute(_COUNT, numbers)


def forget(*, now: datetime) -> int:
    """Empty what strangers sent long ago; that it came, when, and its digest stay. Returns rows."""
    before = now - KEPT_FOR
    with acting_as(ROBOT):
        emptied = Incoming.objects.filter(
            partner=None, state=IncomingState.UNTAKEN, came_at__lt=before
        ).exclude(raw=b"")
        rows = emptied.update(raw=b"", signature="")
        StrangerHour.objects.filter(hour__lt=before).update(kept_bytes=0)
    return rows


def _faults(items: Sequence[Signed]) -> list[str]:
    """Why each item is nobody's we know, empty for a partner's; only signatures are looked at."""
    with acting_as(ROBOT):
        keys = dict(PartnerKey.objects.values_list("kid", "x"))
    return [_fault(raw, signature, keys) for raw, signature in items]


def _fault(raw: bytes, signature: str, keys: dict[str, str]) -> str:
    try:
        x = keys.get(signatures.claimed_kid(signature))
        if x is None:
            return "key_unknown"
        signatures.verify(raw, signature, x)
    except Unacceptable as refusal:
        return refusal.code
    return ""


def _receipt(item: Signed, fault: str, now: datetime) -> Signed:
    data = {
        "message_id": "unknown",
        "digest": digest(item[0]),
        "outcome": "refused",
        "reason": fault,
        "stored_at": instant(now),
        "repeat": False,
    }
    raw = envelopes.write(outbox.receipt_message("technical", None, "unknown", None, data))
    return raw, signatures.sign(raw, own_key())


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
