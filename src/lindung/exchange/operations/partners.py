"""Who our partners are, which keys we trust, and what we say of ourselves (§1, §4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import yaml
from django.conf import settings

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.models import Partner, PartnerKey, SeenRequest
from lindung.exchange.own_keys import known_keys
from lindung.exchange.wire import agreement, signatures
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import instant, read_instant, read_json, write_json

SKEW = timedelta(minutes=5)
WELL_KNOWN = "/.well-known/lindung-exchange.json"


class OutOfReach(Exception):
    """The partner's node did not answer as a node; try again later."""


def own_node() -> str:
    """Our node name: a URI that never changes, not an address."""
    return str(_ourselves()["node"])


@cache
def _ourselves() -> dict[str, Any]:
    file = Path(__file__).parents[1] / "node.yaml"
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


def client() -> httpx.Client:
    """The HTTP client for everything the exchange sends."""
    return httpx.Client(timeout=10, follow_redirects=False, trust_env=False)


def own_document(*, now: datetime) -> bytes:
    """Our key document."""
    origin, destination = agreement.said_by("origin"), agreement.said_by("destination")
    return write_json(
        {
            "protocol": 1,
            "node": own_node(),
            "name": _ourselves()["name"],
            "country": _ourselves()["country"],
            "endpoint": f"{settings.PUBLIC_URL}/exchange/v1",
            "sends": origin,
            "accepts": destination,
            "keys": [
                {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "x": key.x,
                    "kid": key.kid,
                    "use": "sig",
                    "alg": "EdDSA",
                    "valid_from": instant(key.valid_from),
                    "valid_to": _or_null(key.valid_to),
                    "revoked_at": _or_null(key.revoked_at),
                }
                for key in known_keys(now=now)
            ],
        }
    )


def learn_keys(partner: Partner, http: httpx.Client, *, accept_unknown: bool = False) -> str:
    """Fetch a partner's key document and trust what may be trusted.

    Args:
        accept_unknown: a person compared the fingerprint and trusts this key.

    Returns:
        ``pinned`` (first trust, by configuration), ``known``, or ``conflict``: signed by a key we
        do not know; nothing was changed and a person must look.

    Raises:
        OutOfReach: no document, or not one of this protocol, or not this partner's.
    """
    now = datetime.now(UTC)
    try:
        answer = http.get(f"{partner.base_url}{WELL_KNOWN}")
        answer.raise_for_status()
        document = read_json(answer.content)
        agreement.check(agreement.NODE_DOCUMENT, document, "json_invalid")
        signature = answer.headers.get("lindung-signature", "")
        signer = signatures.claimed_kid(signature)
    except (httpx.HTTPError, Unacceptable) as error:
        raise OutOfReach(str(error)) from error
    offered = {k["kid"]: k for k in document["keys"] if signatures.thumbprint(k["x"]) == k["kid"]}
    with acting_as(ROBOT):
        known = {key.kid: key for key in PartnerKey.objects.filter(partner=partner)}
        trusted = signer in known and why_not(known[signer], written_at=now) is None
        if known and not trusted and not accept_unknown:
            Partner.objects.filter(pk=partner.pk).update(conflict_kid=signer)
            return "conflict"
        x = known[signer].x if trusted else offered.get(signer, {}).get("x", "")
        try:
            signatures.verify(answer.content, signature, x)
        except (Unacceptable, ValueError) as error:
            raise OutOfReach("the key document's signature does not verify") from error
        if document["node"] != partner.node:
            raise OutOfReach(f"{partner.base_url} is another node than agreed")
        if accept_unknown:
            PartnerKey.objects.filter(partner=partner).exclude(kid__in=offered).update(
                revoked_at=now
            )
        _pin(partner, offered.values(), now)
        Partner.objects.filter(pk=partner.pk).update(conflict_kid="")
    return "known" if known else "pinned"


def why_not(key: PartnerKey, *, written_at: datetime) -> str | None:
    """Why ``key`` may not vouch for something written then, or ``None`` (§4)."""
    if key.revoked_at is not None and key.revoked_at <= datetime.now(UTC):
        return "key_revoked"
    if written_at < key.valid_from - SKEW:
        return "key_not_valid"
    if key.valid_to is not None and written_at >= key.valid_to:
        return "key_not_valid"
    return None


def asked_by(token: str, *, target: str, now: datetime) -> Partner:
    """The partner that signed a ``Lindung-Request`` for ``target`` (§7), once.

    Raises:
        Unacceptable: not signed by a partner, for something else, stale, or used before.
    """
    key = (
        PartnerKey.objects.select_related("partner")
        .filter(kid=signatures.request_kid(token))
        .first()
    )
    if key is None:
        raise Unacceptable("key_unknown")
    claims = signatures.read_request(token, key.x)
    wanted = {
        "node": key.partner.node, "recipient": own_node(), "method": "GET", "target": target,
    }  # fmt: skip
    if any(claims.get(name) != value for name, value in wanted.items()):
        raise Unacceptable("signature_invalid")
    try:
        at, identity = read_instant(str(claims["time"])), str(claims["id"])
    except (KeyError, ValueError) as error:
        raise Unacceptable("clock_skew") from error
    if abs(now - at) > SKEW or why_not(key, written_at=at) is not None:
        raise Unacceptable("clock_skew")
    SeenRequest.objects.filter(at__lt=now - 2 * SKEW).delete()
    if not _first_use(identity, now):
        raise Unacceptable("id_reused")
    return key.partner


def _first_use(identity: str, now: datetime) -> bool:
    try:
        request = SeenRequest(id=UUID(identity), at=now)
    except ValueError:
        return False
    return not SeenRequest.objects.filter(pk=request.pk).exists() and bool(
        SeenRequest.objects.bulk_create([request])
    )


def _pin(partner: Partner, offered: Iterable[dict[str, Any]], now: datetime) -> None:
    for key in offered:
        PartnerKey.objects.update_or_create(
            kid=key["kid"],
            partner=partner,
            defaults={
                "valid_from": read_instant(key["valid_from"]),
                "valid_to": read_instant(key["valid_to"]) if key["valid_to"] else None,
                "revoked_at": read_instant(key["revoked_at"]) if key["revoked_at"] else None,
            },
            create_defaults={
                "x": key["x"],
                "pinned_at": now,
                "valid_from": read_instant(key["valid_from"]),
                "valid_to": read_instant(key["valid_to"]) if key["valid_to"] else None,
                "revoked_at": read_instant(key["revoked_at"]) if key["revoked_at"] else None,
            },
        )


def _or_null(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
