"""Bytes and their spellings: strict JSON, digests, instants, batch frames (§2, §5)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lindung.exchange.wire.reasons import Unacceptable

SINGLE = "application/cloudevents+json"
BATCH = "application/vnd.lindung.batch+json"
MAX_MESSAGE = 1024 * 1024
MAX_REQUEST = 8 * 1024 * 1024
MAX_ITEMS = 500
Signed = tuple[bytes, str]  # exact bytes and their detached signature


def digest(raw: bytes) -> str:
    """SHA-256 of exact bytes in the protocol's spelling."""
    return f"sha-256:{hashlib.sha256(raw).hexdigest()}"


def instant(at: datetime) -> str:
    """An instant as RFC 3339 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_instant(text: str) -> datetime:
    """The instant of an RFC 3339 text that ends in ``Z``; ValueError for any other."""
    if not text.endswith("Z"):
        raise ValueError(text)
    return datetime.fromisoformat(f"{text[:-1]}+00:00")


def read_json(raw: bytes) -> Any:
    """The JSON value in ``raw``.

    Raises:
        Unacceptable: not UTF-8 JSON, a text with half a character or NUL in it, which no book
            holds, or doubled member names, which two readers could understand differently.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_no_constant
        )
        if b"\\u" in raw:
            _no_broken_text(value)
        return value
    except (ValueError, RecursionError) as error:
        raise Unacceptable("json_invalid") from error


def write_json(value: Any) -> bytes:
    """Compact UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def frame(items: Sequence[Signed]) -> bytes:
    """A batch frame around messages or receipts."""
    return write_json(
        {
            "items": [
                {"payload": base64.b64encode(raw).decode(), "signature": signature}
                for raw, signature in items
            ]
        }
    )


def unframe(raw: bytes) -> list[Signed]:
    """The items of a batch frame.

    Raises:
        Unacceptable: the frame breaks its schema or is empty.
    """
    from lindung.exchange.wire.agreement import check

    value = read_json(raw)
    check("urn:lindung:exchange:batch:v1", value, "json_invalid")
    try:
        return [
            (base64.b64decode(item["payload"], validate=True), item["signature"])
            for item in value["items"]
        ]
    except binascii.Error as error:
        raise Unacceptable("json_invalid", "payload is not base64") from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unacceptable("duplicate_member")
    return members


def _no_constant(name: str) -> Any:
    raise Unacceptable("json_invalid", f"{name} is no JSON")


def _no_broken_text(value: Any) -> None:
    """Escapes can spell what UTF-8 cannot, half a surrogate pair, and what a column cannot, NUL."""
    if isinstance(value, str):
        value.encode("utf-8")
        if "\0" in value:
            raise Unacceptable("json_invalid", "NUL in a text")
    elif isinstance(value, dict):
        for name, each in value.items():
            _no_broken_text(name)
            _no_broken_text(each)
    elif isinstance(value, list):
        for each in value:
            _no_broken_text(each)
