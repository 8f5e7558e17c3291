"""Raw bytes at rest: sealed as documents are, each under a key of its own."""

from __future__ import annotations

import hashlib
from io import BytesIO
from uuid import UUID

from lindung.access.secrets import keyring
from lindung.documents import sealing


def seal(data: bytes, about: UUID) -> tuple[bytes, bytes]:
    """The sealed bytes and their wrapped key, for the row with that id."""
    key = sealing.new_key()
    sealed = b"".join(sealing.encrypt(BytesIO(data), key, about))
    return sealed, sealing.wrap(keyring(), about, key)


def unseal(sealed: bytes, wrapped: bytes, about: UUID) -> bytes:
    """The bytes again.

    Raises:
        CannotOpen: changed, of another row, or the ring's key is gone.
    """
    key = sealing.unwrap(keyring(), about, bytes(wrapped))
    return b"".join(sealing.decrypt(BytesIO(bytes(sealed)), key, about))


def digest(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()
