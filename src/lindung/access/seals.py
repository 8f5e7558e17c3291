"""Seals: Merkle roots over the journal, signed with a key kept outside the database.

Each seal covers all entries of a range of finished transactions and names the one before it. Its
head goes to a file outside the database (``heads.py``), of which a copy kept elsewhere lets nobody,
ourselves included, rewrite what was sealed unnoticed. ``proofs.py`` names what was changed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from lindung.access import heads, merkle
from lindung.access.keys import journal_signer
from lindung.access.models import Seal
from lindung.kernel.refusals import Refusal

BATCH = 200_000  # entries of one seal at most, unless one transaction alone wrote more
NOTHING = bytes(32)  # what the first seal follows

_RANGE = " from access_journal where epoch = %s and xid >= %s::text::xid8 and xid < %s::text::xid8"


class Restored(Refusal):
    """The database counts its transactions anew: it was restored from a backup."""

    status = 409
    slug = "journal-restored"
    title = "Basis data ini dipulihkan dari cadangan; jurnalnya belum dinaikkan masanya."
    advice = "Jalankan `./lindung manage journal_epoch` sekali, lalu ulangi."


class Range(NamedTuple):
    """Transactions ``start`` ≤ xid < ``below`` of one epoch."""

    epoch: int
    start: int
    below: int


def seal(*, now: datetime) -> Seal | None:
    """Seal entries of finished transactions that no seal covers yet, ``BATCH`` at most.

    Entries of an earlier epoch that a restore left unsealed come first. The head is published
    when the transaction has committed, never before.

    Returns:
        The new seal, or ``None`` where there is nothing to seal.

    Raises:
        Restored: the database was restored and ``journal_epoch`` has not run.
    """
    with connection.cursor() as cursor:
        # One sealer at a time; the lock ends with the transaction.
        cursor.execute("select pg_advisory_xact_lock(hashtext('lindung.journal.seal'))")
    last = light().order_by("-number").first()
    if last is not None:
        # A process that died between commit and publishing left this to us.
        publish_after_commit(last)
    span = _next_range(last)
    if span is None:
        return None
    leaves = _leaves(span)
    branches = merkle.branches(leaves)
    new = Seal(
        number=last.number + 1 if last else 1,
        epoch=span.epoch,
        xid_from=span.start,
        xid_below=span.below,
        sealed_at=now,
        count=len(leaves),
        root=merkle.root(branches),
        branches=b"".join(branches),
        previous=bytes(last.head) if last else NOTHING,
    )
    signer = journal_signer()
    new.head = head_of(new)
    new.key_id = signer.key_id
    new.signature = signer.sign(bytes(new.head))
    _insert(new, span)
    publish_after_commit(new)
    return new


def head_of(each: Seal) -> bytes:
    """SHA-256 over the seal's numbers, the head before it and its root; this is signed."""
    facts = [each.number, each.epoch, each.xid_from, each.xid_below, each.count]
    body = json.dumps(facts).encode() + bytes(each.previous) + bytes(each.root)
    return hashlib.sha256(body).digest()


def publish_after_commit(each: Seal) -> None:
    """Write the seal's head to the heads file once it is certain, where it is not there yet."""
    transaction.on_commit(partial(heads.publish, each))


def epoch_now() -> int:
    """The journal's epoch; it grows when a restored database begins to count anew."""
    with connection.cursor() as cursor:
        cursor.execute("select access.journal_epoch()")
        return int(cursor.fetchone()[0])


def transactions_now() -> tuple[int, int]:
    """The oldest transaction still running, and the first that has not begun."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_snapshot_xmin(now)::text, pg_snapshot_xmax(now)::text"
            " from pg_current_snapshot() now"
        )
        oldest, next_one = cursor.fetchone()
    return int(oldest), int(next_one)


def _next_range(last: Seal | None) -> Range | None:
    """The next range that holds entries, or ``None``."""
    epoch = epoch_now()
    oldest, next_one = transactions_now()
    if last is not None and last.epoch == epoch and last.xid_below > next_one:
        raise Restored
    first = last.epoch if last is not None else 0
    for each in range(first, epoch + 1):
        start = last.xid_below if last is not None and last.epoch == each else 0
        # All transactions of an earlier epoch ended with the database that was restored.
        below = _below(each, start, oldest if each == epoch else None)
        if below is not None:
            return Range(each, start, below)
    return None


def _below(epoch: int, start: int, limit: int | None) -> int | None:
    """Where a range from ``start`` ends: at ``limit``, or where a batch is full.

    One transaction is never split between two seals, however much it wrote.
    """
    where = " from access_journal where epoch = %s and xid >= %s::text::xid8"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select (select xid::text {where} order by access_journal.xid limit 1),"
            f" (select xid::text {where} order by access_journal.xid offset %s limit 1),"
            f" (select xid::text {where} order by access_journal.xid desc limit 1)",
            [epoch, str(start), epoch, str(start), BATCH, epoch, str(start)],
        )
        first, beyond, end = (int(xid) if xid else None for xid in cursor.fetchone())
    if first is None or end is None or (limit is not None and first >= limit):
        return None
    if beyond is not None:
        full = beyond if beyond > first else first + 1
        return full if limit is None else min(full, limit)
    return end + 1 if limit is None else limit


def _leaves(span: Range) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(f"select string_agg(leaf, ''::bytea order by id) {_RANGE}", span)
        return split(bytes(cursor.fetchone()[0]))


def _insert(new: Seal, span: Range) -> None:
    """Store the seal; ids and leaves go from table to table and never through here."""
    columns = (
        "number", "epoch", "xid_from", "xid_below", "sealed_at", "root", "previous", "head",
        "key_id", "signature", "branches",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into access_seal ({', '.join(columns)}, count, entry_ids, leaves)"
            f" select {', '.join(['%s'] * len(columns))}, count(*), array_agg(id order by id),"
            f" string_agg(leaf, ''::bytea order by id) {_RANGE} returning count",
            [*(getattr(new, name) for name in columns), *span],
        )
        if cursor.fetchone()[0] != new.count:
            # Finished transactions gain no entries; whoever wrote here did so by force.
            raise RuntimeError("the journal changed while it was being sealed")


def light() -> QuerySet[Seal]:
    """Seals without what they carry for each entry: up to ten megabytes a row."""
    return Seal.objects.defer("entry_ids", "leaves", "branches")


def split(leaves: bytes) -> list[bytes]:
    """The single leaves or branches, 32 bytes each, of a seal's row."""
    return [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
