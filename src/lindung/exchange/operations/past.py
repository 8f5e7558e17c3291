"""Our own past as others may check it: heads, the chain of them, where an entry lies (§17)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from lindung.access import heads, journal, merkle, seals
from lindung.access.keys import journal_signer
from lindung.access.models import Seal

_GONE = bytes(32)


def own_head() -> dict[str, Any] | None:
    """The newest head and how many entries stand under all of them."""
    newest = seals.light().order_by("-number").first()
    if newest is None:
        return None
    entries = Seal.objects.aggregate(all=Sum("count"))["all"]
    return {"link": link(newest), "entries": entries}


def own_links(after: int, *, most: int) -> list[dict[str, Any]]:
    """The heads after a number, in order, as links of a chain."""
    return [link(each) for each in seals.light().filter(number__gt=after).order_by("number")[:most]]


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
    covered: dict[int, list[UUID]] = {}
    for entry in entries:
        number = _seal_of(entry, there.get(entry))
        if number is not None:
            covered.setdefault(number, []).append(entry)
    found = {}
    for number, under in covered.items():
        for entry, path in _paths(number, under).items():
            row = there.get(entry)
            leaf = journal.leaf(row) if row is not None else _GONE
            found[entry] = {"number": number, "leaf": leaf.hex(), "path": path}
    return found


def _paths(number: int, entries: list[UUID]) -> dict[UUID, list[dict[str, str]]]:
    """The way from each entry to the root of its seal; an entry that is not under it is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select entry, place - 1, branches,
                substring(leaves from (place - 1) / %(branch)s * %(branch)s * 32 + 1
                          for %(branch)s * 32)
            from access_seal, unnest(%(entries)s::uuid[]) entry,
                lateral (select array_position(entry_ids, entry) place)
            where number = %(number)s and place is not null
            """,
            {"number": number, "entries": entries, "branch": merkle.BRANCH},
        )
        rows = cursor.fetchall()
    paths = {}
    for entry, place, kept, beside in rows:
        branch, within = divmod(place, merkle.BRANCH)
        paths[entry] = [
            *merkle.path(seals.split(bytes(beside)), within),
            *merkle.path(_branches(number, kept), branch),
        ]
    return paths


def _branches(number: int, kept: bytes | None) -> list[bytes]:
    """The branches of a seal; one that was made before they were kept has its leaves alone."""
    if kept:
        return seals.split(bytes(kept))
    leaves = Seal.objects.values_list("leaves", flat=True).get(number=number)
    return merkle.branches(seals.split(bytes(leaves)))


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
    covering = seals.light().filter(entry_ids__contains=[entry])
    if row is not None:
        covering = seals.light().filter(
            epoch=row["epoch"], xid_from__lte=int(row["xid"]), xid_below__gt=int(row["xid"])
        )
    number: int | None = covering.values_list("number", flat=True).first()
    return number
