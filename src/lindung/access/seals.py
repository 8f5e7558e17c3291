"""Seals: Merkle roots over the journal, signed with a key kept outside the database.

Each seal covers all entries of a range of finished transactions and names the one before it. Its
head goes to a file beside the keys and to partner nodes, so that nobody, ourselves included, can
rewrite what was sealed without being found out. ``verify`` names what was changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from lindung.access import journal
from lindung.access.keys import Signer, journal_signer
from lindung.access.models import Seal

BATCH = 200_000  # entries of one seal at most, unless one transaction alone wrote more
_NOTHING = bytes(32)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that ``verify`` found wrong.

    Attributes:
        problem: ``changed``, ``removed``, ``inserted``, ``seal broken``, ``head unknown``,
            ``seal missing``.
        seal: number of the seal it concerns.
        entry: id of the journal entry, where it is one.
        detail: type and instant of the entry, or what of the seal does not fit.
    """

    problem: str
    seal: int
    entry: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcome of ``verify``: counts, findings, and the tail not sealed yet."""

    seals: int
    entries: int
    findings: tuple[Finding, ...]
    unsealed: int
    unsealed_seconds: int

    @property
    def holds(self) -> bool:
        """Whether everything sealed is as it was."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self) | {"holds": self.holds}


def seal(*, now: datetime) -> Seal | None:
    """Seal all entries of finished transactions that no seal covers yet.

    Returns:
        The new seal, or ``None`` where there is nothing to seal.
    """
    with connection.cursor() as cursor:
        # One sealer at a time; the lock ends with the transaction.
        cursor.execute("select pg_advisory_xact_lock(hashtext('lindung.journal.seal'))")
    last = Seal.objects.order_by("-number").first()
    epoch = _epoch()
    start = last.xid_below if last is not None and last.epoch == epoch else 0
    below = _horizon(epoch, start)
    rows = list(_rows(epoch, start, below))
    if not rows:
        return None
    leaves = [bytes(row["leaf"]) for row in rows]
    new = Seal(
        number=last.number + 1 if last else 1,
        epoch=epoch,
        xid_from=start,
        xid_below=below,
        sealed_at=now,
        count=len(rows),
        entry_ids=[row["id"] for row in rows],
        leaves=b"".join(leaves),
        root=journal.root(leaves),
        previous=bytes(last.head) if last else _NOTHING,
    )
    signer = journal_signer()
    new.head = _head(new)
    new.key_id = signer.key_id
    new.signature = signer.sign(bytes(new.head))
    new.save(force_insert=True)
    _publish(new)
    return new


def verify(*, first: int = 1, last: int | None = None) -> Proof:
    """Check every seal of the range and every entry under it against what was sealed."""
    signer = journal_signer()
    published = _published()
    findings: list[Finding] = []
    seals = entries = 0
    previous: Seal | None = None
    query = Seal.objects.filter(number__gte=first).order_by("number")
    if last is not None:
        query = query.filter(number__lte=last)
    for each in query.iterator(chunk_size=4):
        seals += 1
        entries += each.count
        findings += _check_seal(each, previous, signer, published)
        findings += _check_entries(each)
        previous = each
    if last is None:
        end = previous.number if previous else first - 1
        findings += [
            Finding("seal missing", number, detail="published, but not in the database")
            for number in sorted(published)
            if number > end
        ]
    unsealed, seconds = _tail()
    return Proof(seals, entries, tuple(findings), unsealed, seconds)


def _check_seal(
    each: Seal, previous: Seal | None, signer: Signer, published: dict[int, str]
) -> Iterator[Finding]:
    leaves = _split(bytes(each.leaves))
    if journal.root(leaves) != bytes(each.root) or len(leaves) != each.count:
        yield Finding("seal broken", each.number, detail="its leaves do not make its root")
    if previous is not None and bytes(each.previous) != bytes(previous.head):
        yield Finding("seal broken", each.number, detail="it does not follow the one before it")
    if _head(each) != bytes(each.head) or not signer.verifies(
        each.key_id, bytes(each.head), bytes(each.signature)
    ):
        yield Finding("seal broken", each.number, detail="its signature does not fit")
    if published.get(each.number, "") != bytes(each.head).hex():
        yield Finding("head unknown", each.number, detail="not the head that was published")


def _check_entries(each: Seal) -> Iterator[Finding]:
    sealed = dict(zip(each.entry_ids, _split(bytes(each.leaves)), strict=False))
    for row in _rows(each.epoch, each.xid_from, each.xid_below):
        expected = sealed.pop(row["id"], None)
        told = f"{row['type']} {row['at'].isoformat(timespec='seconds')}"
        if expected is None:
            yield Finding("inserted", each.number, str(row["id"]), told)
        elif journal.leaf(row) != expected:
            yield Finding("changed", each.number, str(row["id"]), told)
    for entry in sealed:
        yield Finding("removed", each.number, str(entry))


def _rows(epoch: int, start: int, below: int) -> Iterator[dict[str, Any]]:
    """Entries of the transactions ``start`` ≤ xid < ``below``, in the order of their ids."""
    names = ", ".join(journal.BODY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {names}, leaf from access_journal"  # noqa: S608  names are our own
            " where epoch = %s and xid >= %s::text::xid8 and xid < %s::text::xid8 order by id",
            [epoch, str(start), str(below)],
        )
        columns = (*journal.BODY, "leaf")
        while batch := cursor.fetchmany(5_000):
            for values in batch:
                row = dict(zip(columns, values, strict=True))
                if isinstance(row["payload"], str):
                    row["payload"] = json.loads(row["payload"])
                yield row


def _horizon(epoch: int, start: int) -> int:
    """First transaction not to be sealed now: still running, or beyond this seal's batch."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text")
        oldest = int(cursor.fetchone()[0])
        cursor.execute(
            "select xid::text from access_journal where epoch = %s and xid >= %s::text::xid8"
            " order by xid offset %s limit 1",
            [epoch, str(start), BATCH],
        )
        row = cursor.fetchone()
    # One transaction is never split between two seals, however much it wrote.
    return min(oldest, max(int(row[0]), start + 1)) if row else oldest


def _tail() -> tuple[int, int]:
    last = Seal.objects.order_by("-number").only("epoch", "xid_below").first()
    epoch = _epoch()
    start = last.xid_below if last is not None and last.epoch == epoch else 0
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), coalesce(extract(epoch from now() - min(at)), 0)::bigint"
            " from access_journal where epoch = %s and xid >= %s::text::xid8",
            [epoch, str(start)],
        )
        count, seconds = cursor.fetchone()
    return count, seconds


def _epoch() -> int:
    """The journal's epoch; it grows when a restored database begins to count anew."""
    with connection.cursor() as cursor:
        cursor.execute("select access.journal_epoch()")
        return int(cursor.fetchone()[0])


def _head(each: Seal) -> bytes:
    facts = [each.number, each.epoch, each.xid_from, each.xid_below, each.count]
    body = json.dumps(facts).encode() + bytes(each.previous) + bytes(each.root)
    return hashlib.sha256(body).digest()


def _split(leaves: bytes) -> list[bytes]:
    return [leaves[at : at + 32] for at in range(0, len(leaves), 32)]


def heads_file() -> Path:
    """Where the heads are kept outside the database."""
    return Path(settings.LINDUNG_HOME) / "journal-heads.jsonl"


def _publish(each: Seal) -> None:
    line = {
        "number": each.number,
        "head": bytes(each.head).hex(),
        "signature": bytes(each.signature).hex(),
        "key": each.key_id,
        "count": each.count,
        "sealed_at": each.sealed_at.astimezone(UTC).isoformat(timespec="seconds"),
    }
    with heads_file().open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _published() -> dict[int, str]:
    file = heads_file()
    if not file.exists():
        return {}
    lines = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line)
    return {line["number"]: line["head"] for line in lines}


