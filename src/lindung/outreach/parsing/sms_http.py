"""What an SMS gateway calls us back with: a message in, or a receipt (docs/how-to/channels.md)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

import msgspec

from lindung.outreach.parsing.parts import Item, Letter, Receipt, Unreadable

SIGNATURE = "X-Signature-256"
_STATES = {"delivered": "delivered", "failed": "failed", "rejected": "failed", "expired": "failed"}


class Call(msgspec.Struct, rename="camel"):
    """One call of the gateway: ``text`` for a message, ``status`` for a receipt."""

    id: str
    sender: str = msgspec.field(name="from", default="")
    text: str | None = None
    status: str = ""
    reason: str = ""
    at: datetime | None = None


def is_signed(raw: bytes, header: str, secret: str) -> bool:
    """Whether ``sha256=<hex>`` in the header is the keyed hash (RFC 2104) of the bytes."""
    wanted = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"sha256={wanted}".encode(), header.encode())


def read(raw: bytes) -> list[Item]:
    """The message or receipt.

    Raises:
        Unreadable: not this form.
    """
    try:
        call = msgspec.json.decode(raw, type=Call)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unreadable("not_json") from None
    if not call.id:
        raise Unreadable("no_id")
    if call.text is not None:
        if not call.sender:
            raise Unreadable("no_sender")
        at = call.at if call.at is not None and call.at.tzinfo is not None else None
        return [Letter(call.sender, call.text, outside_id=call.id, at=at)]
    if call.status in _STATES:
        return [Receipt(call.id, _STATES[call.status], call.reason[:100])]
    # "sent", "queued": on its way, as we know already.
    return []
