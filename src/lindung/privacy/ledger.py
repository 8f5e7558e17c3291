"""Whom an erasure took, kept outside the database: a backup that is restored brings them back.

One JSON object a line in ``$LINDUNG_HOME/erased.jsonl``: ids alone, which say nothing once the person's
row is blank. ``./lindung manage erase --after-restore`` does again what the file tells.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings


def ledger_file() -> Path:
    """Where it is kept."""
    return Path(settings.LINDUNG_HOME) / "erased.jsonl"


def note(erasure: UUID, people: list[UUID], *, kind: str, at: datetime) -> None:
    """Append one batch; called once it is committed."""
    line = {
        "erasure": str(erasure),
        "kind": kind,
        "people": [str(each) for each in people],
        "at": at.isoformat(),
    }
    with ledger_file().open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def noted() -> Iterator[tuple[UUID, str, list[UUID]]]:
    """Every batch: erasure, kind (empty for whole people), ids of the people."""
    path = ledger_file()
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield UUID(row["erasure"]), row["kind"], [UUID(each) for each in row["people"]]
