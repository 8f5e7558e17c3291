"""Our own practice in writing to people, from ``sending.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec


class Practice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says; each line there says what it is."""

    waits_minutes: tuple[int, ...]
    answers_an_hour: int
    messages_an_hour: int
    open_hours: int
    parts_minutes: int
    receipt_minutes: int
    again_minutes: int
    alert_waits_seconds: tuple[int, ...]
    most_bytes: dict[str, int]
    most_media_bytes: int
    look_minutes: dict[str, int]


@cache
def practice() -> Practice:
    """The file, read once."""
    text = (Path(__file__).parent / "sending.yaml").read_bytes()
    return msgspec.yaml.decode(text, type=Practice)
