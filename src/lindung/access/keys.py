"""Signing keys as files outside the database, readable by the service's account alone."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from lindung.kernel.refusals import Refusal


class KeyMissing(Refusal):
    """A key file is not where the settings say."""

    status = 503
    slug = "key-missing"
    title = "Berkas kunci belum ada."
    advice = "Jalankan `./lindung manage make_keys`, atau pulihkan berkas kunci dari cadangan."


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 key that signs, and the earlier ones that still verify (RFC 8032).

    Another implementation of ``sign`` (a hardware module) can stand in its place.
    """

    key_id: str
    private: Ed25519PrivateKey
    known: dict[str, Ed25519PublicKey]

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature."""
        return self.private.sign(data)

    def verifies(self, key_id: str, data: bytes, signature: bytes) -> bool:
        """Whether the key of that id made this signature."""
        public = self.known.get(key_id)
        if public is None:
            return False
        try:
            public.verify(signature, data)
        except InvalidSignature:
            return False
        return True


def journal_signer() -> Signer:
    """The key that signs the journal's heads."""
    return _load(Path(settings.KEYS), "journal")


def make_missing(folder: Path) -> list[str]:
    """Make every key file that is not there; returns the names of those made.

    Existing keys are never replaced: losing one loses what it protects.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    for name, content in _files().items():
        file = folder / name
        if not file.exists():
            _write_whole(file, content())
            made.append(name)
    return made


def make_key(file: Path) -> None:
    """Write one more signing key (Ed25519) to a file that is not there yet.

    Raises:
        FileExistsError: there is one; a key is never replaced.
    """
    if file.exists():
        raise FileExistsError(file.name)
    _write_whole(file, _new_pem())


def _write_whole(file: Path, content: bytes) -> None:
    """All of it or nothing: half a key, left by a start that was cut off, is never made again."""
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with draft.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)


def _files() -> dict[str, Callable[[], bytes]]:
    from lindung.kernel.secrets import new_keyring

    return {
        "django-secret": lambda: secrets.token_urlsafe(48).encode(),
        "journal.pem": _new_pem,
        "exchange.pem": _new_pem,
        "identity.json": lambda: new_keyring().encode(),
    }


def _new_pem() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@cache
def _load(folder: Path, name: str) -> Signer:
    file = folder / f"{name}.pem"
    if not file.exists():
        raise KeyMissing(file=file.name)
    private = _private(file)
    known = {key_id(private.public_key()): private.public_key()}
    # A replaced key is kept as <name>-<anything>.old.pem: it signs no more but still verifies.
    for old in folder.glob(f"{name}-*.old.pem"):
        public = _private(old).public_key()
        known[key_id(public)] = public
    return Signer(key_id(private.public_key()), private, known)


def key_id(public: Ed25519PublicKey) -> str:
    """First 16 hex digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]


def _private(file: Path) -> Ed25519PrivateKey:
    loaded = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(loaded, Ed25519PrivateKey):
        raise KeyMissing(f"{file.name} is not an Ed25519 key")
    return loaded
