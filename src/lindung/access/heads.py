"""The heads file: the head of every seal, kept outside the database, one JSON object a line.

A second kind of line notes that a backup was restored: heads published after the last seal in
that backup are void from then on. Both kinds are signed with the journal's key.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from lindung.access.keys import Signer, journal_signer
from lindung.access.models import Seal


@dataclass(slots=True)
class Published:
    """What the heads file says.

    Attributes:
        heads: number of the seal → its head.
        restores: the notes of restores that bear our signature, oldest first.
        forged: notes of restores that do not, or that repeat an epoch.
        twice: numbers published with two different heads and no restore between.
    """

    heads: dict[int, bytes] = field(default_factory=dict)
    restores: list[dict[str, Any]] = field(default_factory=list)
    forged: list[dict[str, Any]] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)

    @property
    def epoch(self) -> int:
        """The epoch of the last restore, 1 where there was none."""
        return max((int(note["epoch"]) for note in self.restores), default=1)


def heads_file() -> Path:
    """Where the heads are kept."""
    return Path(settings.LINDUNG_HOME) / "journal-heads.jsonl"


def publish(each: Seal) -> None:
    """Append the seal's head, unless it is the last one there already."""
    head = bytes(each.head).hex()
    if _last_line().get("head") == head:
        return
    _append(
        {
            "number": each.number,
            "head": head,
            "signature": bytes(each.signature).hex(),
            "key": each.key_id,
            "count": each.count,
            "sealed_at": each.sealed_at.astimezone(UTC).isoformat(timespec="seconds"),
        }
    )


def note_restore(*, epoch: int, kept: int, now: datetime) -> None:
    """Note that a backup was restored whose last seal is ``kept``; ``epoch`` begins with it."""
    signer = journal_signer()
    note = {
        "restored_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "epoch": epoch,
        "kept": kept,
    }
    signature = signer.sign(_signed_part(note)).hex()
    _append(note | {"key": signer.key_id, "signature": signature})


def published(signer: Signer) -> Published:
    """The heads file, read."""
    known = Published()
    for line in lines():
        if "restored_at" not in line:
            number, head = int(line["number"]), bytes.fromhex(line["head"])
            if known.heads.setdefault(number, head) != head:
                known.twice.append(number)
            continue
        signed = signer.verifies(line["key"], _signed_part(line), bytes.fromhex(line["signature"]))
        # A note used a second time would hide that seals were taken away after it.
        if not signed or int(line["epoch"]) <= known.epoch:
            known.forged.append(line)
            continue
        known.restores.append(line)
        for number in [number for number in known.heads if number > int(line["kept"])]:
            del known.heads[number]
    return known


def lines() -> Iterator[dict[str, Any]]:
    """The lines of the file; one torn by a crash is left out, and so its head is missed."""
    file = heads_file()
    if not file.exists():
        return
    with file.open(encoding="utf-8") as opened:
        for text in opened:
            if (line := _object(text)) is not None:
                yield line


def _append(line: dict[str, Any]) -> None:
    file = heads_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab+") as opened:
        if opened.tell() and _byte_before_end(opened.fileno(), opened.tell()) != b"\n":
            opened.write(b"\n")  # a crash tore the last line
        opened.write(json.dumps(line).encode() + b"\n")
        opened.flush()
        os.fsync(opened.fileno())


def _byte_before_end(descriptor: int, size: int) -> bytes:
    return os.pread(descriptor, 1, size - 1)


def _last_line() -> dict[str, Any]:
    file = heads_file()
    if not file.exists():
        return {}
    with file.open("rb") as opened:
        opened.seek(max(0, opened.seek(0, os.SEEK_END) - 2_000))
        tail = opened.read().decode("utf-8", "replace").splitlines()
    return (_object(tail[-1]) or {}) if tail else {}


def _object(text: str) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _signed_part(note: dict[str, Any]) -> bytes:
    parts = [note["restored_at"], note["epoch"], note["kept"]]
    return b"lindung journal restored" + json.dumps(parts).encode()
