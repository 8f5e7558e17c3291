"""Identity numbers at rest: sealed with AES-256-GCM, found again by a blind index.

A sealed value is ``key id (1 byte) | nonce (12 bytes) | ciphertext and tag``; the kind of the value
is authenticated with it, so a passport number cannot be moved into a NIK's place. The blind index is
the first 16 bytes of HMAC-SHA256 over ``kind | value``: equal numbers have equal indexes, nothing
else can be learnt without the key. Keys come from one JSON file outside the database::

    {"current": 2, "keys": [{"id": 1, "cipher": "<base64, 32 bytes>", "index": "<base64, 32 bytes>"},
                            {"id": 2, ...}]}

Both keys of an id change together. While a rotation runs, a look-up asks for the index under every
key (`indexes`), and a job passes each row through `renewed`. Values are expected in the canonical
form of `lindung.kernel.identifiers`; nothing here normalises.

Sources: NIST SP 800-38D (GCM; at most 2^32 values a key), RFC 2104 (HMAC).
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_INDEX_BYTES = 16
_KEY_BYTES = 32
_TAG_BYTES = 16


class KeysUnusable(Exception):
    """The key file is missing, readable by everybody, or not a key file; says which and what to do."""


class CannotOpen(Exception):
    """A sealed value was changed, is of another kind, or its key is gone. Names no value."""


class Sealed(NamedTuple):
    """What is stored of a value: both columns belong to one key id."""

    cipher: bytes
    blind: bytes


@dataclass(frozen=True, slots=True)
class _Key:
    id: int
    cipher: bytes
    index: bytes
    aead: AESGCM


class Keyring:
    """The keys of this installation. Safe to share between threads and to inherit by fork."""

    def __init__(self, keys: Sequence[tuple[int, bytes, bytes]], *, current: int) -> None:
        """Keys as (id 1-255, cipher key, index key), each key 32 bytes."""
        self._keys: dict[int, _Key] = {}
        for id_, cipher, index in keys:
            if not 1 <= id_ <= 255 or id_ in self._keys:
                raise KeysUnusable("Key ids are different numbers from 1 to 255.")
            if len(cipher) != _KEY_BYTES or len(index) != _KEY_BYTES or cipher == index:
                raise KeysUnusable(f"Key {id_} needs two different keys of 32 bytes.")
            self._keys[id_] = _Key(id_, cipher, index, AESGCM(cipher))
        if current not in self._keys:
            raise KeysUnusable(f"The current key {current} is not among the keys.")
        self._current = self._keys[current]

    def __repr__(self) -> str:
        return f"Keyring(ids={sorted(self._keys)}, current={self._current.id})"

    @property
    def current_id(self) -> int:
        """Id of the key that seals from now on."""
        return self._current.id

    # -- one value

    def seal(self, kind: str, value: str) -> Sealed:
        """Seal one value under the current key, with a fresh random nonce."""
        key, secret, about = self._current, value.encode(), kind.encode()
        nonce = os.urandom(_NONCE_BYTES)
        cipher = bytes((key.id,)) + nonce + key.aead.encrypt(nonce, secret, about)
        return Sealed(cipher, _digest(key, about, secret)[:_INDEX_BYTES])

    def open(self, kind: str, cipher: bytes) -> str:
        """Read a sealed value.

        Raises:
            CannotOpen: changed, of another kind, cut short, or sealed under a key not in the ring.
        """
        return self.open_bytes(kind, bytes(cipher)).decode()

    def indexes(self, kind: str, value: str) -> list[bytes]:
        """Blind indexes of a value under every key, the current first; for ``= ANY(…)``."""
        about, secret = kind.encode(), value.encode()
        ring = sorted(self._keys.values(), key=lambda key: key is not self._current)
        return [_digest(key, about, secret)[:_INDEX_BYTES] for key in ring]

    def index(self, kind: str, value: str) -> bytes:
        """Blind index of a value under the current key."""
        return _digest(self._current, kind.encode(), value.encode())[:_INDEX_BYTES]

    # -- bytes

    def seal_bytes(self, kind: str, value: bytes) -> bytes:
        """Seal bytes under the current key; no index, they are looked for by nothing."""
        key, nonce = self._current, os.urandom(_NONCE_BYTES)
        return bytes((key.id,)) + nonce + key.aead.encrypt(nonce, value, kind.encode())

    def open_bytes(self, kind: str, cipher: bytes) -> bytes:
        """Read sealed bytes; raises as `open` does."""
        if len(cipher) < 1 + _NONCE_BYTES + _TAG_BYTES:
            raise CannotOpen("The sealed value is cut short.")
        key = self._keys.get(cipher[0])
        if key is None:
            raise CannotOpen(f"The key {cipher[0]} of this value is not in the key file.")
        nonce, body = cipher[1 : 1 + _NONCE_BYTES], cipher[1 + _NONCE_BYTES :]
        try:
            return key.aead.decrypt(nonce, body, kind.encode())
        except InvalidTag:
            raise CannotOpen("The sealed value was changed or is of another kind.") from None

    # -- many values

    def seal_all(
        self, kind: str, values: Iterable[str], *, repeatably: bool = False
    ) -> list[Sealed]:
        """Seal many values of one kind; about 4 microseconds each.

        Args:
            repeatably: derive each nonce from the value, so that the same value always gives the same
                bytes. Meant for made-up populations that must be reproducible. The nonce is bytes of
                HMAC(index key, kind | value) that the index does not show: the same nonce recurs only
                for the same kind and value, which the index beside it shows anyway.
        """
        key, about = self._current, kind.encode()
        prefix, index_key, encrypt = bytes((key.id,)), key.index, key.aead.encrypt
        start, size, cut = about + b"|", _NONCE_BYTES, _INDEX_BYTES
        encoded = [value.encode() for value in values]
        noise = b"" if repeatably else os.urandom(size * len(encoded))
        sealed = []
        for position, secret in enumerate(encoded):
            digest = hmac.digest(index_key, start + secret, "sha256")
            if repeatably:
                nonce = digest[cut : cut + size]
            else:
                nonce = noise[position * size : (position + 1) * size]
            sealed.append(Sealed(prefix + nonce + encrypt(nonce, secret, about), digest[:cut]))
        return sealed

    def open_all(self, kind: str, ciphers: Iterable[bytes]) -> list[str]:
        """Read many sealed values of one kind; raises as `open` does."""
        return [self.open(kind, cipher) for cipher in ciphers]

    def indexes_of(self, kind: str, values: Iterable[str]) -> list[bytes]:
        """Blind indexes of many values under the current key, for what is only looked for."""
        key, start, cut = self._current.index, kind.encode() + b"|", _INDEX_BYTES
        digest = hmac.digest
        return [digest(key, start + value.encode(), "sha256")[:cut] for value in values]

    # -- rotation

    def is_current(self, cipher: bytes) -> bool:
        """Whether a value is sealed under the current key."""
        return bytes(cipher[:1]) == bytes((self._current.id,))

    def renewed(self, kind: str, cipher: bytes) -> Sealed:
        """The same value under the current key; raises as `open` does."""
        return self.seal(kind, self.open(kind, cipher))

    # -- the key file

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key file.

        Raises:
            KeysUnusable: missing, readable by everybody, or not of the form above.
        """
        try:
            if path.stat().st_mode & stat.S_IROTH:
                raise KeysUnusable(f"Everybody can read {path}: run chmod 600 on it.")
            content = json.loads(path.read_text())
            keys = [
                (int(key["id"]), base64.b64decode(key["cipher"]), base64.b64decode(key["index"]))
                for key in content["keys"]
            ]
            return cls(keys, current=int(content["current"]))
        except OSError as error:
            raise KeysUnusable(f"Cannot read the key file {path}: {error.strerror}.") from error
        except (KeyError, TypeError, ValueError) as error:
            raise KeysUnusable(f"{path} is not a key file: {type(error).__name__}.") from error

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a key file with one fresh key, readable by its owner only; refuses to overwrite.

        Raises:
            FileExistsError: there is one already.
        """
        _write(path, new_keyring(), new=True)
        return cls.load(path)

    @classmethod
    def add_key(cls, path: Path) -> Self:
        """Add a fresh key to a key file and make it current: the start of a rotation.

        The old keys stay until every row was renewed; removing one is an edit by hand.
        """
        cls.load(path)
        content = json.loads(path.read_text())
        id_ = max(int(key["id"]) for key in content["keys"]) + 1
        if id_ > 255:
            raise KeysUnusable("Key ids end at 255: remove old keys and number anew.")
        content["keys"].append(_fresh_key(id_))
        content["current"] = id_
        _write(path, _as_text(content), new=False)
        return cls.load(path)


def new_keyring() -> str:
    """The text of a key file with one fresh key."""
    return _as_text({"current": 1, "keys": [_fresh_key(1)]})


def _as_text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2) + "\n"


def _digest(key: _Key, about: bytes, secret: bytes) -> bytes:
    return hmac.digest(key.index, about + b"|" + secret, "sha256")


def _fresh_key(id_: int) -> dict[str, Any]:
    return {
        "id": id_,
        "cipher": base64.b64encode(os.urandom(_KEY_BYTES)).decode(),
        "index": base64.b64encode(os.urandom(_KEY_BYTES)).decode(),
    }


def _write(path: Path, text: str, *, new: bool) -> None:
    """Write a key file whole or not at all: a half-written one would lose every identity number."""
    target = path if new else path.with_name(path.name + ".new")
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC)
    with os.fdopen(os.open(target, flags, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if not new:
        target.replace(path)
