"""Bytes on the line: strict JSON, Ed25519 detached JWS, base64url. Written from protocol §2 to §4.

On purpose not the library the other node uses: two readings of one protocol that understand each
other prove more than one reading talking to itself.
"""

import base64
import hashlib
import json
import os
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_MESSAGE_BYTES = 1024 * 1024
ALGORITHMS = ("EdDSA", "Ed25519")


class Refused(Exception):
    """A message cannot be taken; `code` is one of the protocol's reasons (§6)."""

    def __init__(self, code: str, note: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.note = note


def b64url(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def unb64url(text: str) -> bytes:
    """Bytes of unpadded base64url; ValueError for any other alphabet, padding or length."""
    if set(text) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"):
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def digest(raw: bytes) -> str:
    """SHA-256 of exact bytes in the protocol's spelling."""
    return "sha-256:" + hashlib.sha256(raw).hexdigest()


def now(seconds: float = 0) -> str:
    """This instant, or so many seconds from it, RFC 3339, UTC, milliseconds."""
    return (
        (datetime.now(UTC) + timedelta(seconds=seconds))
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


def new_id() -> str:
    """A UUID version 7 (RFC 9562 §5.7)."""
    value = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    h = f"{value:032x}"
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("duplicate_member")
    return members


def _no_constants(name: str) -> Any:
    raise Refused("json_invalid", name)


def read_json(raw: bytes) -> Any:
    """The JSON value in `raw`; refuses what is not UTF-8, not JSON, or has doubled member names."""
    try:
        return json.loads(
            raw.decode("utf-8"), object_pairs_hook=_no_doubles, parse_constant=_no_constants
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Refused("json_invalid") from error


def write_json(value: Any) -> bytes:
    """Compact UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def thumbprint(x: str) -> str:
    """RFC 7638 thumbprint of an Ed25519 public key given as its JWK member `x`."""
    canonical = f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'
    return b64url(hashlib.sha256(canonical.encode("ascii")).digest())


class Key:
    """A node's private key, kept in one PEM file that only its owner may read."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        self.x = b64url(raw)
        self.kid = thumbprint(self.x)

    @classmethod
    def new(cls) -> "Key":
        """A fresh key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def of(cls, private: bytes) -> "Key":
        """The key with these 32 private bytes."""
        return cls(Ed25519PrivateKey.from_private_bytes(private))

    @property
    def private(self) -> bytes:
        """Its 32 private bytes."""
        return self._private.private_bytes_raw()

    @classmethod
    def at(cls, path: Path) -> "Key":
        """Load the key from `path`, or make it there on the first start."""
        if not path.exists():
            pem = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            half = path.with_suffix(".new")
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{path} holds no Ed25519 key")
        return cls(key)

    def sign(self, raw: bytes) -> str:
        """Detached JWS over exact bytes (protocol §3)."""
        header = {"alg": "EdDSA", "b64": False, "crit": ["b64"], "kid": self.kid}
        protected = b64url(write_json(header))
        signature = self._private.sign(protected.encode("ascii") + b"." + raw)
        return f"{protected}..{b64url(signature)}"

    def sign_request(self, claims: dict[str, Any]) -> str:
        """Compact JWS with the payload inside, for `Lindung-Request` (protocol §7)."""
        head = b64url(write_json({"alg": "EdDSA", "kid": self.kid}))
        body = b64url(write_json(claims))
        return f"{head}.{body}." + b64url(self._private.sign(f"{head}.{body}".encode("ascii")))


def kid_of(signature: str) -> str:
    """The `kid` a detached signature claims; refuses a header that is not as §3 says."""
    if not signature:
        raise Refused("signature_missing")
    protected, _, rest = signature.partition(".")
    if not rest.startswith(".") or not protected:
        raise Refused("signature_invalid")
    try:
        header = read_json(unb64url(protected))
    except (ValueError, Refused) as error:
        raise Refused("signature_invalid") from error
    if (
        not isinstance(header, dict)
        or set(header) != {"alg", "b64", "crit", "kid"}
        or header["alg"] not in ALGORITHMS
        or header["b64"] is not False
        or header["crit"] != ["b64"]
        or not isinstance(header["kid"], str)
    ):
        raise Refused("algorithm_refused")
    return str(header["kid"])


def verify(raw: bytes, signature: str, x: str) -> None:
    """Refuse `signature_invalid` unless the detached JWS is by key `x` over these very bytes."""
    protected, _, encoded = signature.partition("..")
    try:
        public = Ed25519PublicKey.from_public_bytes(unb64url(x))
        public.verify(unb64url(encoded), protected.encode("ascii") + b"." + raw)
    except (InvalidSignature, ValueError, UnicodeEncodeError) as error:
        raise Refused("signature_invalid") from error


def read_request(token: str, x: str) -> dict[str, Any]:
    """Claims of a `Lindung-Request` signed by key `x`; refuses anything else."""
    parts = token.split(".")
    if len(parts) != 3:
        raise Refused("signature_invalid")
    try:
        Ed25519PublicKey.from_public_bytes(unb64url(x)).verify(
            unb64url(parts[2]), f"{parts[0]}.{parts[1]}".encode("ascii")
        )
        claims = read_json(unb64url(parts[1]))
    except (InvalidSignature, ValueError, UnicodeEncodeError) as error:
        raise Refused("signature_invalid") from error
    if not isinstance(claims, dict):
        raise Refused("signature_invalid")
    return claims


def request_kid(token: str) -> str:
    """The `kid` in a `Lindung-Request`'s header."""
    try:
        header = read_json(unb64url(token.partition(".")[0]))
        if set(header) == {"alg", "kid"} and header["alg"] in ALGORITHMS:
            return str(header["kid"])
    except (ValueError, TypeError) as error:
        raise Refused("signature_invalid") from error
    raise Refused("algorithm_refused")
