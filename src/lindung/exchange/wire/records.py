"""Agreed records: what both sides must hold alike about a shared subject (§15).

A record is a flat object of texts. What is not known is left out, so that two sides that know the
same write the same bytes.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from lindung.exchange.wire import agreement
from lindung.exchange.wire.texts import write_json

PLACEMENT = "urn:lindung:exchange:record.placement:v1"
SUBJECT = "subject"
Record = Mapping[str, str]


@cache
def settlers() -> dict[str, str]:
    """Who settles a difference in each field: ``origin``, ``destination`` or ``both``."""
    return {
        name: str(part["x-settled-by"])
        for name, part in agreement.schema(PLACEMENT)["properties"].items()
        if name != SUBJECT
    }


@cache
def titles() -> dict[str, str]:
    """What each field is, in the schema's words."""
    return {
        name: str(part.get("title", name))
        for name, part in agreement.schema(PLACEMENT)["properties"].items()
    }


def canonical(record: Record) -> bytes:
    """The one byte form (RFC 8785): members by name, texts only, no spaces."""
    return write_json(dict(sorted(record.items())))


def key_of(subject: str) -> bytes:
    """Where a subject stands in the tree: SHA-256 of its number."""
    return hashlib.sha256(subject.encode()).digest()


def leaf_of(record: Record) -> bytes:
    """SHA-256 of the canonical record, prefixed so that a leaf is never taken for a node."""
    return hashlib.sha256(b"\x00" + canonical(record)).digest()


def plain_name(name: str) -> str:
    """A name as both sides write it: NFC, single spaces, ASCII letters in capitals."""
    words = " ".join(unicodedata.normalize("NFC", name).split())
    return "".join(letter.upper() if letter.isascii() else letter for letter in words)


def plain_amount(amount: Decimal | str) -> str:
    """An amount without needless zeros: ``2156880``, ``1500.5``."""
    text = f"{Decimal(amount):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
