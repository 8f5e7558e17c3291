"""Our own signing keys: several at a time, each with its dates; which of them signs is told by time.

The private halves live in a ``KeyStore``: files by default, or whatever class the setting
``EXCHANGE_KEYS`` names (a PKCS#11 token, a key service). The dates are rows (``OwnKey``), published
in the key document; the protocol's rules for them stand in its §4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db.models import Min
from django.utils.module_loading import import_string
from joserfc.util import urlsafe_b64encode

from lindung.access.acting import acting_within
from lindung.access.keys import KeyMissing, make_key
from lindung.access.roles import ROBOT
from lindung.exchange.models import Outgoing, OwnKey
from lindung.exchange.wire.signatures import SigningKey, thumbprint
from lindung.kernel.ids import new_id


class KeyStore(Protocol):
    """Where our private keys live; made without arguments, by the name in ``EXCHANGE_KEYS``."""

    def held(self) -> dict[str, SigningKey]:
        """Every key it can sign with, by ``kid``, the oldest first."""

    def make(self) -> SigningKey:
        """A new key, kept before it is returned."""


@dataclass(frozen=True, slots=True)
class FileKey:
    """An Ed25519 key from a PEM file."""

    kid: str
    x: str
    private: Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature."""
        return self.private.sign(data)


class KeyFiles:
    """Keys as files of the key folder: ``exchange.pem``, and ``exchange-….pem`` for later ones.

    Remove a file once its key is retired and nothing written in its time waits to be signed: what
    it signed is checked with the public half, which stays in the key document.
    """

    def held(self) -> dict[str, SigningKey]:
        """Every key file, in the order of their names, which is the order they were made in."""
        folder = Path(settings.KEYS)
        files = [folder / "exchange.pem", *sorted(folder.glob("exchange-*.pem"))]
        keys = [_from_file(file) for file in files if file.exists()]
        if not keys:
            raise KeyMissing(file="exchange.pem")
        return {key.kid: key for key in keys}

    def make(self) -> SigningKey:
        """One more key file."""
        file = Path(settings.KEYS) / f"exchange-{new_id()}.pem"
        make_key(file)
        return _from_file(file)


def key_store() -> KeyStore:
    """The store the settings name."""
    store: KeyStore = import_string(settings.EXCHANGE_KEYS)()
    return store


@dataclass(frozen=True, slots=True)
class Ring:
    """Our keys with their dates, the newest first, and the private halves that are at hand."""

    dates: tuple[OwnKey, ...]
    held: dict[str, SigningKey]

    def at(self, moment: datetime) -> SigningKey:
        """The key that signs something written then.

        A message is checked against its key at the message's own time, so one that waited over a
        change of keys is signed by the key of its day. What is older than the oldest key that
        still counts is signed by that one.

        Raises:
            KeyMissing: no key at hand may sign.
        """
        if not self.dates:
            return next(iter(self.held.values()))
        usable = [row for row in self.dates if row.revoked_at is None and row.kid in self.held]
        for row in usable:
            if row.valid_from <= moment and (row.valid_to is None or moment < row.valid_to):
                return self.held[row.kid]
        if not usable or usable[-1].valid_from <= moment:
            raise KeyMissing(file="exchange.pem")
        return self.held[usable[-1].kid]


def ring() -> Ring:
    """Our keys as they stand."""
    with acting_within(ROBOT):
        dates = tuple(OwnKey.objects.order_by("-valid_from"))
    return Ring(dates, key_store().held())


def own_key() -> SigningKey:
    """The key that signs now.

    Raises:
        KeyMissing: no key at hand may sign.
    """
    return ring().at(datetime.now(UTC))


def known_keys(*, now: datetime) -> list[OwnKey]:
    """Dates of every key of ours; the first is written down on its first use.

    It is valid from the oldest message that waits for it: those are written in its time too.
    """
    if not OwnKey.objects.exists():
        key = next(iter(key_store().held().values()))
        first = Outgoing.objects.aggregate(first=Min("written_at"))["first"]
        OwnKey.objects.get_or_create(
            kid=key.kid, defaults={"x": key.x, "valid_from": min(first or now, now)}
        )
    return list(OwnKey.objects.order_by("valid_from"))


def public_halves() -> dict[str, str]:
    """The public half of every key of ours that is known, by ``kid``."""
    written = dict(OwnKey.objects.values_list("kid", "x"))
    return {key.kid: key.x for key in key_store().held().values()} | written


@cache
def _from_file(file: Path) -> FileKey:
    private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyMissing(f"{file.name} is not an Ed25519 key")
    x = urlsafe_b64encode(private.public_key().public_bytes_raw()).decode()
    return FileKey(thumbprint(x), x, private)
