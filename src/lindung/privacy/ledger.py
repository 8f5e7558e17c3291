"""Whom an erasure took, kept outside the database: a backup that is restored brings them back.

One JSON object a line in ``$LINDUNG_HOME/erased.jsonl``: ids alone, which say nothing once the person's
row is blank. ``./lindung manage erase --after-restore`` does again what the file tells.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch: which erasure, of what kind (empty: of whole people), whom, and by which two."""

    erasure: UUID
    kind: str
    people: tuple[UUID, ...]
    asked_by: UUID
    answered_by: UUID
    on: date
    at: datetime


def ledger_file() -> Path:
    """Where it is kept."""
    return Path(settings.LINDUNG_HOME) / "erased.jsonl"


def note(batch: Batch) -> None:
    """Append one batch; called once it is committed."""
    line = {
        "erasure": str(batch.erasure),
        "kind": batch.kind,
        "people": [str(each) for each in batch.people],
        "asked_by": str(batch.asked_by),
        "answered_by": str(batch.answered_by),
        "on": batch.on.isoformat(),
        "at": batch.at.isoformat(),
    }
    with ledger_file().open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def noted() -> Iterator[Batch]:
    """Every batch, oldest first."""
    path = ledger_file()
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Batch(
            erasure=UUID(row["erasure"]),
            kind=row["kind"],
            people=tuple(UUID(each) for each in row["people"]),
            asked_by=UUID(row["asked_by"]),
            answered_by=UUID(row["answered_by"]),
            on=date.fromisoformat(row["on"]),
            at=datetime.fromisoformat(row["at"]),
        )
