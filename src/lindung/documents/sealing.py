"""Files at rest: AES-256-GCM in chunks under a key of their own.

Layout: ``LDC1 | prefix (7 bytes) | chunk …``; each chunk is up to 64 KiB of the file and a tag of 16
bytes. A chunk's nonce is ``prefix | number (4 bytes) | 1 for the last, else 0``, so that chunks cannot be
swapped, left out or cut off unseen (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
Vizár, 2015). The document's id is authenticated with each: one file cannot stand in for another.
The key is random, used for one file only, and kept wrapped by the installation's key ring.

Sources: NIST SP 800-38D (GCM).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lindung.kernel.secrets import CannotOpen, Keyring

CHUNK = 64 * 1024
_MAGIC, _PREFIX, _TAG, _KEY = b"LDC1", 7, 16, 32


def new_key() -> bytes:
    """A fresh key for one file, 32 bytes."""
    return os.urandom(_KEY)


def wrap(ring: Keyring, document: UUID, key: bytes) -> bytes:
    """A file's key, sealed under the ring's current key."""
    return ring.seal(_kind(document), key.hex()).cipher


def unwrap(ring: Keyring, document: UUID, wrapped: bytes) -> bytes:
    """A file's key again.

    Raises:
        CannotOpen: changed, of another document, destroyed, or the ring's key is gone.
    """
    return bytes.fromhex(ring.open(_kind(document), wrapped))


def rewrap(ring: Keyring, document: UUID, wrapped: bytes) -> bytes:
    """The same file key under the ring's current key; raises as `unwrap` does."""
    return ring.renewed(_kind(document), wrapped).cipher


def encrypt(source: BinaryIO, key: bytes, document: UUID) -> Iterator[bytes]:
    """The sealed file, piece by piece."""
    aead, prefix = AESGCM(key), os.urandom(_PREFIX)
    yield _MAGIC + prefix
    number, here = 0, source.read(CHUNK)
    while True:
        after = source.read(CHUNK)
        yield aead.encrypt(_nonce(prefix, number, last=not after), here, document.bytes)
        if not after:
            return
        number, here = number + 1, after


def decrypt(source: BinaryIO, key: bytes, document: UUID) -> Iterator[bytes]:
    """The file, piece by piece; each piece is proven, the whole only when the last one came.

    Raises:
        CannotOpen: changed, cut short, lengthened, of another document or under another key.
    """
    head = source.read(len(_MAGIC) + _PREFIX)
    if len(head) != len(_MAGIC) + _PREFIX or not head.startswith(_MAGIC):
        raise CannotOpen("The file is not one of ours.")
    aead, prefix = AESGCM(key), head[len(_MAGIC) :]
    number, here = 0, source.read(CHUNK + _TAG)
    while True:
        after = source.read(CHUNK + _TAG)
        try:
            yield aead.decrypt(_nonce(prefix, number, last=not after), here, document.bytes)
        except InvalidTag:
            raise CannotOpen("The file was changed or cut short.") from None
        if not after:
            return
        number, here = number + 1, after


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def _kind(document: UUID) -> str:
    return f"document:{document}"
