"""Proofs: whether the journal is as it was sealed, and if not, which entry was touched.

Entries stream through: what is held in memory is the ids and leaves of one seal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from lindung.access import heads, journal, merkle, seals
from lindung.access.events import WordsForgotten
from lindung.access.keys import Signer, journal_signer
from lindung.access.models import Forgotten, JournalEntry, Seal

SHOWN = 1_000  # findings kept; beyond it they are only counted
_CHUNK = 2_000
_MISSING = "published, but not in the database"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that ``verify`` found wrong.

    Attributes:
        problem: ``changed``, ``removed``, ``inserted``, ``seal broken``, ``head unknown``,
            ``seal missing``, ``restore unknown``.
        seal: number of the seal it concerns; 0 for an entry outside every seal.
        entry: id of the journal entry, where it is one.
        detail: type and instant of the entry, or what of the seal does not fit.
    """

    problem: str
    seal: int
    entry: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcome of ``verify``.

    Attributes:
        seals, entries: how many were checked.
        findings: what is wrong, the first ``SHOWN`` of ``found``.
        unsealed: entries that no seal covers yet; nothing is proven of them.
        unsealed_seconds: age of the oldest of them.
        restores: when a backup was restored and which seal was its last.
    """

    seals: int
    entries: int
    findings: tuple[Finding, ...]
    found: int
    unsealed: int
    unsealed_seconds: int
    restores: tuple[dict[str, Any], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything sealed is as it was."""
        return self.found == 0

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self) | {"holds": self.holds}


def verify(*, now: datetime, first: int = 1, last: int | None = None) -> Proof:
    """Check every seal of the range and every entry under it against what was sealed.

    Without ``last`` it also looks for entries outside every seal and for seals that were
    published and are gone. The head of the newest seal is published again where a crash lost it.
    """
    counted = _Counted()
    known = heads.published(journal_signer())
    for finding in _run(counted, known, first, last):
        counted.found += 1
        if len(counted.findings) < SHOWN:
            counted.findings.append(finding)
    unsealed, seconds = tail(now)
    return Proof(
        counted.seals,
        counted.entries,
        tuple(counted.findings),
        counted.found,
        unsealed,
        seconds,
        tuple({"at": note["restored_at"], "kept": note["kept"]} for note in known.restores),
    )


class _Counted:
    def __init__(self) -> None:
        self.seals = self.entries = self.found = 0
        self.findings: list[Finding] = []


def _run(
    counted: _Counted, known: heads.Published, first: int, last: int | None
) -> Iterator[Finding]:
    signer = journal_signer()
    newest = seals.light().order_by("-number").first()
    _publish_again(newest, known, signer)
    for note in known.forged:
        yield Finding("restore unknown", int(note["kept"]), detail="its signature does not fit")
    for number in known.twice:
        yield Finding("head unknown", number, detail="two different heads were published")
    previous = seals.light().filter(number=first - 1).first()
    end = min(last, newest.number) if newest and last else (newest.number if newest else 0)
    for number in range(first, end + 1):
        each = Seal.objects.defer("entry_ids").filter(number=number).first()
        if each is None:
            yield Finding("seal missing", number, detail="its number is left out")
            continue
        counted.seals += 1
        counted.entries += each.count
        yield from _check_seal(each, previous, signer, known)
        yield from _check_entries(each)
        previous = each
    if last is None:
        for number in sorted(number for number in known.heads if number > end):
            yield Finding("seal missing", number, detail=_MISSING)
        yield from _outside()
        yield from _taken_out()


def _publish_again(newest: Seal | None, known: heads.Published, signer: Signer) -> None:
    """A process may die between a seal's commit and its publishing; only the newest can lack."""
    if newest is None or newest.number in known.heads:
        return
    if newest.number > 1 and newest.number - 1 not in known.heads:
        return  # not a crash: the file lacks more
    if _is_ours(newest, signer):
        heads.publish(newest)
        known.heads[newest.number] = bytes(newest.head)


def _is_ours(each: Seal, signer: Signer) -> bool:
    head = bytes(each.head)
    return seals.head_of(each) == head and signer.verifies(each.key_id, head, bytes(each.signature))


def _check_seal(
    each: Seal, previous: Seal | None, signer: Signer, known: heads.Published
) -> Iterator[Finding]:
    leaves = seals.split(bytes(each.leaves))
    branches = merkle.branches(leaves)
    if merkle.root(branches) != bytes(each.root) or len(leaves) != each.count:
        yield Finding("seal broken", each.number, detail="its leaves do not make its root")
    if each.branches is not None and seals.split(bytes(each.branches)) != branches:
        yield Finding("seal broken", each.number, detail="its leaves do not make its branches")
    if not _follows(each, previous):
        yield Finding("seal broken", each.number, detail="it does not follow the one before it")
    if not _is_ours(each, signer):
        yield Finding("seal broken", each.number, detail="its signature does not fit")
    if known.heads.get(each.number) != bytes(each.head):
        yield Finding("head unknown", each.number, detail="not the head that was published")


def _follows(each: Seal, previous: Seal | None) -> bool:
    """No transaction lies between two seals, nor under both."""
    if previous is None:
        return each.number == 1 and bytes(each.previous) == seals.NOTHING and not each.xid_from
    start = previous.xid_below if previous.epoch == each.epoch else 0
    return (
        each.number == previous.number + 1
        and bytes(each.previous) == bytes(previous.head)
        and each.epoch >= previous.epoch
        and each.xid_from == start
    )


def _check_entries(each: Seal) -> Iterator[Finding]:
    ids = Seal.objects.filter(number=each.number).values_list("entry_ids", flat=True).get()
    sealed = dict(zip(ids, seals.split(bytes(each.leaves)), strict=False))
    forgotten = {
        each.pk: bytes(each.kept) for each in Forgotten.objects.filter(pk__in=ids).iterator()
    }
    del ids
    where = "epoch = %s and xid >= %s::text::xid8 and xid < %s::text::xid8"
    for row in _rows(where, [each.epoch, str(each.xid_from), str(each.xid_below)]):
        expected = sealed.pop(row["id"], None)
        if expected is None:
            yield Finding("inserted", each.number, str(row["id"]), _told(row))
        elif bytes(row["leaf"]) != expected or not _stands(row, expected, forgotten):
            yield Finding("changed", each.number, str(row["id"]), _told(row))
    for entry in sealed:
        yield Finding("removed", each.number, str(entry), f"written {_instant(entry)}")


def _stands(row: dict[str, Any], expected: bytes, forgotten: dict[UUID, bytes]) -> bool:
    """Whether an entry is as it was sealed, or as it was when its words were taken out."""
    kept = forgotten.get(row["id"])
    return journal.leaf(row) == (expected if kept is None else kept)


def _taken_out() -> Iterator[Finding]:
    """Words taken out of entries without an event that says so: how many, and which."""
    told = {
        (entry.subject, entry.payload["batch"]): entry.payload
        for entry in JournalEntry.objects.filter(type=WordsForgotten.type)
    }
    batches: dict[tuple[UUID, int], list[tuple[UUID, bytes]]] = {}
    for each in Forgotten.objects.order_by("entry_id").iterator(chunk_size=_CHUNK):
        batches.setdefault((each.erasure, each.batch), []).append((each.pk, bytes(each.kept)))
    for key, rows in batches.items():
        said = told.get(key)
        if said is None or said["root"] != merkle.root([kept for _, kept in rows]).hex():
            yield from (
                Finding("changed", 0, str(entry), "words taken out, and no event says so")
                for entry, _ in rows
            )


def _outside() -> Iterator[Finding]:
    """Entries that claim a transaction no seal will ever cover."""
    newest = seals.light().order_by("-number").first()
    epoch = seals.epoch_now()
    _, next_one = seals.transactions_now()
    spans: list[tuple[str, list[Any]]] = [
        ("epoch > %s", [epoch]),
        ("epoch = %s and xid >= %s::text::xid8", [epoch, str(next_one)]),
        ("epoch < 0", []),
    ]
    for passed in range(newest.epoch if newest else 0):
        end = seals.light().filter(epoch=passed).order_by("-number").first()
        spans.append(
            (
                "epoch = %s and xid >= %s::text::xid8",
                [passed, str(end.xid_below if end is not None else 0)],
            )
        )
    for where, values in spans:
        for row in _rows(where, values):
            yield Finding("inserted", 0, str(row["id"]), _told(row))


def _rows(where: str, values: list[Any]) -> Iterator[dict[str, Any]]:
    """Entries, in no order, a few at a time through a cursor on the server."""
    columns = (*journal.BODY, "leaf")
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"select {', '.join(columns)} from access_journal where {where}",
            values,
        )
        while batch := cursor.fetchmany(_CHUNK):
            for each in batch:
                yield journal.as_body(dict(zip(columns, each, strict=True)))


def tail(now: datetime) -> tuple[int, int]:
    """How many entries are unsealed, and the age in seconds of the oldest.

    The age is read from the id: ``at`` may lie years back for a file brought in.
    """
    newest = seals.light().order_by("-number").first()
    epoch, start = (newest.epoch, newest.xid_below) if newest is not None else (0, 0)
    where = "(epoch = %s and xid >= %s::text::xid8) or (epoch > %s and epoch <= %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(*), min(id::text) from access_journal where {where}",
            [epoch, str(start), epoch, seals.epoch_now()],
        )
        count, oldest = cursor.fetchone()
    if oldest is None:
        return 0, 0
    return count, max(0, int((now - _instant_of(UUID(oldest))).total_seconds()))


def _told(row: dict[str, Any]) -> str:
    return f"{row['type']} {row['at'].astimezone(UTC).isoformat(timespec='seconds')}"


def _instant(entry: UUID) -> str:
    return _instant_of(entry).isoformat(timespec="seconds")


def _instant_of(entry: UUID) -> datetime:
    """When a UUIDv7 was made (RFC 9562 section 5.7)."""
    return datetime.fromtimestamp((entry.int >> 80) / 1000, UTC)
