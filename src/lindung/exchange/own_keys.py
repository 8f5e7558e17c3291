"""Our own signing key: from a file, or from whatever ``EXCHANGE_KEY`` names (a PKCS#11 token)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils.module_loading import import_string
from joserfc.util import urlsafe_b64encode

from lindung.access.keys import KeyMissing
from lindung.exchange.models import OwnKey
from lindung.exchange.wire.signatures import SigningKey, thumbprint


@dataclass(frozen=True, slots=True)
class FileKey:
    """An Ed25519 key from a PEM file."""

    kid: str
    x: str
    private: Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature."""
        return self.private.sign(data)


def own_key() -> SigningKey:
    """The key that signs now.

    The setting ``EXCHANGE_KEY`` names a function without arguments that returns a ``SigningKey``;
    by default the file ``exchange.pem`` in the key folder.
    """
    maker = getattr(settings, "EXCHANGE_KEY", "")
    key: SigningKey = import_string(maker)() if maker else _from_file(Path(settings.KEYS))
    return key


def known_keys(*, now: datetime) -> list[OwnKey]:
    """Dates of every key of ours; the one that signs now is written down on its first use."""
    key = own_key()
    OwnKey.objects.get_or_create(kid=key.kid, defaults={"x": key.x, "valid_from": now})
    return list(OwnKey.objects.order_by("valid_from"))


@cache
def _from_file(folder: Path) -> FileKey:
    file = folder / "exchange.pem"
    if not file.exists():
        raise KeyMissing(file=file.name)
    private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyMissing(f"{file.name} is not an Ed25519 key")
    x = urlsafe_b64encode(private.public_key().public_bytes_raw()).decode()
    return FileKey(thumbprint(x), x, private)
