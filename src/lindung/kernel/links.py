"""One-time links: a token to hand out, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

_SECRET_BYTES = 24


def new_token(id_: UUID) -> tuple[str, bytes]:
    """A token for the row ``id_``, and the 32 bytes of hash to keep in that row."""
    secret = secrets.token_bytes(_SECRET_BYTES)
    token = urlsafe_b64encode(id_.bytes + secret).decode().rstrip("=")
    return token, hashlib.sha256(secret).digest()


def read_token(token: str) -> tuple[UUID, bytes] | None:
    """Which row a token speaks of, and the hash that has to stand there; None for no token."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    if len(raw) != 16 + _SECRET_BYTES:
        return None
    return UUID(bytes=raw[:16]), hashlib.sha256(raw[16:]).digest()
