"""Our own past as others may check it: heads, the chain of them, where an entry lies (§17)."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from lindung.access import heads, journal, seals
from lindung.access.keys import journal_signer
from lindung.access.models import Seal

_NODE = b"\x01"
_GONE = bytes(32)


def own_head() -> dict[str, Any] | None:
    """The newest head and how many entries stand under all of them."""
    newest = _light().order_by("-number").first()
    if newest is None:
        return None
    entries = Seal.objects.aggregate(all=Sum("count"))["all"]
    return {"link": link(newest), "entries": entries}


def own_links(after: int, *, most: int) -> list[dict[str, Any]]:
    """The heads after a number, in order, as links of a chain."""
    return [link(each) for each in _light().filter(number__gt=after).order_by("number")[:most]]


def link(each: Seal) -> dict[str, Any]:
    """One batch as others check it: SHA-256 of facts, previous head and root is its head."""
    facts = [each.number, each.epoch, each.xid_from, each.xid_below, each.count]
    return {
        "number": each.number,
        "facts": json.dumps(facts),
        "previous": bytes(each.previous).hex(),
        "root": bytes(each.root).hex(),
        "head": bytes(each.head).hex(),
    }


def own_leaves(entries: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """Batch, leaf and path of journal entries, the leaf computed from the entry as it stands now.

    An entry that a seal covers and that is gone has a leaf of zeros; one that no seal covers yet
    is left out.
    """
    there = _entries(entries)
    found = {}
    sealed: dict[int, tuple[dict[UUID, int], list[bytes]]] = {}
    for entry in entries:
        row = there.get(entry)
        number = _seal_of(entry, row)
        if number is None:
            continue
        if number not in sealed:
            each = Seal.objects.get(number=number)
            places = {pk: at for at, pk in enumerate(each.entry_ids)}
            sealed[number] = (places, seals.split(bytes(each.leaves)))
        places, leaves = sealed[number]
        if entry not in places:
            continue
        found[entry] = {
            "number": number,
            "leaf": (journal.leaf(row) if row is not None else _GONE).hex(),
            "path": path(leaves, places[entry]),
        }
    return found


def path(leaves: list[bytes], place: int) -> list[dict[str, str]]:
    """The digests beside the way from a leaf to its root (RFC 6962 section 2.1.1)."""
    steps = []
    level = leaves
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            side = "left" if beside < place else "right"
            steps.append({"side": side, "digest": level[beside].hex()})
        above = [
            hashlib.sha256(_NODE + level[at] + level[at + 1]).digest()
            for at in range(0, len(level) - 1, 2)
        ]
        level = above if len(level) % 2 == 0 else [*above, level[-1]]
        place //= 2
    return steps


def own_faults() -> list[tuple[str, int, str]]:
    """Where the seals in the database are not those published outside it: kind, number, detail."""
    known = heads.published(journal_signer())
    here = {number: bytes(head) for number, head in Seal.objects.values_list("number", "head")}
    newest = max(here, default=0)
    faults = [
        ("rewritten", number, "another head than the one published")
        for number, head in known.heads.items()
        if number in here and here[number] != head
    ]
    if lost := [number for number in known.heads if number > newest]:
        faults.append(("rollback", newest, f"published up to {max(lost)}"))
    if missing := [number for number in known.heads if number < newest and number not in here]:
        faults.append(("rewritten", min(missing), "taken away"))
    return faults


def _light() -> Any:
    return Seal.objects.defer("entry_ids", "leaves")


def _entries(entries: list[UUID]) -> dict[UUID, dict[str, Any]]:
    columns = (*journal.BODY, "epoch", "xid")
    names = ", ".join(f"{each}::text" if each == "xid" else each for each in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"select {names} from access_journal where id = any(%s)", [entries])
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        if isinstance(row["payload"], str):
            row["payload"] = json.loads(row["payload"])
    return {row["id"]: row for row in rows}


def _seal_of(entry: UUID, row: dict[str, Any] | None) -> int | None:
    covering = _light().filter(entry_ids__contains=[entry])
    if row is not None:
        covering = _light().filter(
            epoch=row["epoch"], xid_from__lte=int(row["xid"]), xid_below__gt=int(row["xid"])
        )
    number: int | None = covering.values_list("number", flat=True).first()
    return number
