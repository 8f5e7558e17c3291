"""Rows of an export on their way in: read once, mapped, sealed, and cut into chunks of people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

from lindung.access.many import insert_all, insert_columns
from lindung.access.secrets import keyring
from lindung.changeover import reading, understanding
from lindung.changeover.mapping import Plan, SheetMap
from lindung.changeover.models import Fault, Import, Staged, about_key
from lindung.changeover.understanding import Doubt
from lindung.kernel.secrets import Keyring

CHUNK = 1_000
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_BATCH = 5_000


def stage(import_: Import, plan: Plan, folder: Path) -> dict[str, int]:
    """Read every file into the staging table; rows read, by kind.

    What an earlier, cut-off reading left is read anew. All of it or nothing: one transaction.

    Raises:
        ExportUnreadable: a file is missing, cut short or not what the mapping says.
    """
    understanding.forget()
    counts: dict[str, int] = {}
    with transaction.atomic():
        Staged.objects.filter(import_id=import_.id).delete()
        Fault.objects.filter(import_id=import_.id).delete()
        for sheet in plan.sheets:
            counts[sheet.kind] = _sheet(import_, plan.source, sheet, folder)
        _orphans(import_)
    with connection.cursor() as cursor:
        cursor.execute("analyze changeover_staged")
    return counts


def chunks(import_: Import) -> int:
    """How many chunks of people there are."""
    last = Staged.objects.filter(import_id=import_.id, kind="persons").order_by("-number").first()
    return 0 if last is None else last.number + 1


def clear(import_: Import) -> None:
    """Forget what was staged."""
    Staged.objects.filter(import_id=import_.id).delete()


def digest_of(plan: Plan, folder: Path) -> str:
    """SHA-256 over the files of an export: the same export goes on, another begins anew."""
    digest = hashlib.sha256()
    for sheet in plan.sheets:
        file = folder / sheet.file
        if file.is_file():
            digest.update(sheet.kind.encode())
            with file.open("rb") as content:
                while block := content.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()


def key_of(ring: Keyring, source: str, kind: str, key: str) -> bytes:
    """Keyed hash of an old system's key; its own keys may be identity numbers."""
    return ring.index(about_key(source, kind), key)


def _sheet(import_: Import, source: str, sheet: SheetMap, folder: Path) -> int:
    parents = {"placements": "persons", "contracts": "placements"}
    ring = keyring()
    seen: set[bytes] = set()
    batch: list[_Line] = []
    faults: list[Fault] = []
    read = number = 0
    for line, row in reading.rows(folder, sheet):
        read += 1
        key_text = row.get(sheet.key, "").strip()
        key = key_of(ring, source, sheet.kind, key_text)
        if not key_text or key in seen:
            slug = "key-missing" if not key_text else "key-twice"
            faults.append(_fault(import_, sheet.kind, line, Doubt(slug, refused=True)))
            continue
        seen.add(key)
        said = understanding.mapped(sheet, row)
        faults += [_fault(import_, sheet.kind, line, doubt) for doubt in said.doubts]
        parent = row.get(sheet.parent, "").strip() if sheet.parent else ""
        content = {"key": key_text, "values": said.values}
        above = key_of(ring, source, parents[sheet.kind], parent) if parent else None
        batch.append(_Line(key, above, line, number // CHUNK, _written(content)))
        number += 1
        if len(batch) == _BATCH:
            _keep(import_, sheet.kind, batch, ring)
            batch.clear()
    _keep(import_, sheet.kind, batch, ring)
    insert_all(faults)
    return read


class _Line(NamedTuple):
    """A row to be staged: its key, its parent's, where it stands, its chunk, and what it says."""

    key: bytes
    parent: bytes | None
    line: int
    number: int
    said: str


def _keep(import_: Import, kind: str, lines: Sequence[_Line], ring: Keyring) -> None:
    if not lines:
        return
    key, parent, line, number, said = map(list, zip(*lines, strict=True))
    insert_columns(
        Staged,
        {
            "import_id": [import_.id] * len(lines),
            "kind": [kind] * len(lines),
            "key": key,
            "parent": parent,
            "line": line,
            "number": number,
            "sealed": [each.cipher for each in ring.seal_all("legacy", said)],
        },
    )


def _fault(import_: Import, kind: str, line: int, doubt: Doubt) -> Fault:
    return Fault(
        import_id=import_.id, kind=kind, line=line, field=doubt.field, slug=doubt.slug,
        refused=doubt.refused,
    )  # fmt: skip


def _orphans(import_: Import) -> None:
    """Placements without their person and contracts without their placement: said, and set aside."""
    faults = [
        _fault(import_, kind, line, Doubt("parent-missing", refused=True))
        for kind, line in _lost(import_)
    ]
    insert_all(faults)


def _lost(import_: Import) -> Iterator[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANS, {"import": import_.id})
        yield from cursor.fetchall()


_ORPHANS = """
select s.kind, s.line from changeover_staged s
where s.import_id = %(import)s and s.kind <> 'persons'
  and not exists (
    select from changeover_staged p
    where p.import_id = s.import_id and p.key = s.parent
      and p.kind = case s.kind when 'placements' then 'persons' else 'placements' end)
order by s.kind, s.line
"""
