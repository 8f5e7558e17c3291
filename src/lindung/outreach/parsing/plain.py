"""Our own form: JSON that our pages, walk-in desks and other systems behind a key hand in."""

from __future__ import annotations

import json
from datetime import datetime

import msgspec

from lindung.outreach.parsing.parts import Item, Letter, Unreadable


class Note(msgspec.Struct, forbid_unknown_fields=True):
    """One message: who wrote (empty where the person is known otherwise), what, and when."""

    sender: str
    words: str
    id: str = ""
    at: datetime | None = None


def write(*, sender: str, words: str, outside_id: str = "", at: datetime | None = None) -> bytes:
    """The bytes of a message in this form."""
    body = {
        "sender": sender,
        "words": words,
        "id": outside_id,
        "at": at.isoformat() if at else None,
    }
    return json.dumps(body, ensure_ascii=False).encode()


def read(raw: bytes) -> list[Item]:
    """The message.

    Raises:
        Unreadable: not this form.
    """
    try:
        note = msgspec.json.decode(raw, type=Note)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unreadable("not_our_form") from None
    if note.at is not None and note.at.tzinfo is None:
        raise Unreadable("time_without_zone")
    return [Letter(sender=note.sender, words=note.words, outside_id=note.id, at=note.at)]
