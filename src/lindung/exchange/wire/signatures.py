"""Detached JWS over exact bytes (§3): RFC 7515 appendix F, RFC 7797, Ed25519.

Checking rests on joserfc. Signing asks a ``SigningKey``, so that a hardware module can hold the
private key: joserfc would want the key itself.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.util import json_b64encode, urlsafe_b64decode, urlsafe_b64encode

from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import MAX_MESSAGE, read_json

# `EdDSA` is what most libraries speak; RFC 9864 renames it `Ed25519`. The protocol takes both.
ALGORITHMS = ("EdDSA", "Ed25519")
_CRITICAL = {"alg", "b64", "crit", "kid"}


class SigningKey(Protocol):
    """A private key, wherever it lives: a file, a PKCS#11 token, a key service."""

    @property
    def kid(self) -> str:
        """RFC 7638 thumbprint of the public key."""

    @property
    def x(self) -> str:
        """The public key as the JWK member ``x``."""

    def sign(self, data: bytes) -> bytes:
        """The 64-byte Ed25519 signature of ``data``."""


def thumbprint(x: str) -> str:
    """RFC 7638 thumbprint of an Ed25519 public key; ValueError when ``x`` is none."""
    return str(_key(x).thumbprint())


def sign(raw: bytes, key: SigningKey) -> str:
    """The detached JWS ``header..signature`` over exact bytes."""
    protected = json_b64encode({"alg": "EdDSA", "b64": False, "crit": ["b64"], "kid": key.kid})
    signature = urlsafe_b64encode(key.sign(protected + b"." + raw))
    return f"{protected.decode()}..{signature.decode()}"


def claimed_kid(signature: str) -> str:
    """The ``kid`` a detached JWS names, before anything is verified.

    Raises:
        Unacceptable: there is no JWS, or its header is not the one §3 prescribes.
    """
    if not signature:
        raise Unacceptable("signature_missing")
    protected = signature.partition(".")[0]
    return _known_kid(protected) if len(protected) <= _LONGEST_KNOWN else _kid_of(protected)


def _kid_of(protected: str) -> str:
    header = _header(protected)
    if (
        set(header) != _CRITICAL
        or header["alg"] not in ALGORITHMS
        or header["b64"] is not False
        or header["crit"] != ["b64"]
        or not isinstance(header["kid"], str)
    ):
        raise Unacceptable("algorithm_refused")
    return str(header["kid"])


# All that one key signs has the same header; a stranger's may be as long as it likes, and is not kept.
_known_kid = lru_cache(maxsize=256)(_kid_of)
_LONGEST_KNOWN = 400


def verify(raw: bytes, signature: str, x: str) -> None:
    """Raise ``Unacceptable`` unless ``signature`` is by public key ``x`` over these very bytes."""
    claimed_kid(signature)
    _checked(signature, x, raw)


def sign_request(claims: bytes, key: SigningKey) -> str:
    """Compact JWS with its payload inside, for the header ``Lindung-Request`` (§7)."""
    protected = json_b64encode({"alg": "EdDSA", "kid": key.kid})
    body = protected + b"." + urlsafe_b64encode(claims)
    return f"{body.decode()}.{urlsafe_b64encode(key.sign(body)).decode()}"


def request_kid(token: str) -> str:
    """The ``kid`` a ``Lindung-Request`` names."""
    if not token:
        raise Unacceptable("signature_missing")
    header = _header(token)
    if set(header) != {"alg", "kid"} or header["alg"] not in ALGORITHMS:
        raise Unacceptable("algorithm_refused")
    return str(header["kid"])


def read_request(token: str, x: str) -> dict[str, Any]:
    """The claims of a ``Lindung-Request`` that verifies under public key ``x``."""
    claims = read_json(_checked(token, x, None))
    if not isinstance(claims, dict):
        raise Unacceptable("signature_invalid")
    return claims


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a ``Lindung-Request`` that was verified before."""
    claims: dict[str, Any] = read_json(urlsafe_b64decode(token.split(".")[1].encode("ascii")))
    return claims


def _checked(token: str, x: str, payload: bytes | None) -> bytes:
    parts = token.split(".")
    if len(parts) != 3 or (payload is not None and parts[1]):
        raise Unacceptable("signature_invalid")
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS))
    registry.max_payload_length = MAX_MESSAGE
    try:
        with warnings.catch_warnings():
            # joserfc warns of the older name of the algorithm; both are the protocol's (above).
            warnings.simplefilter("ignore")
            checked = jws.deserialize_compact(token, _key(x), registry=registry, payload=payload)
            return checked.payload
    except (JoseError, ValueError) as error:
        raise Unacceptable("signature_invalid") from error


@lru_cache(maxsize=256)
def _key(x: str) -> OKPKey:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})


def _header(token: str) -> dict[str, Any]:
    try:
        header = read_json(urlsafe_b64decode(token.partition(".")[0].encode("ascii")))
    except (ValueError, Unacceptable) as error:
        raise Unacceptable("signature_invalid") from error
    if not isinstance(header, dict):
        raise Unacceptable("signature_invalid")
    return header
