"""Who our partners are, which keys we trust, and what we say of ourselves (§1, §4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from django.db.models import Case, F, Q, Value, When

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import Later, Stop, adapter_for
from lindung.exchange.models import Partner, PartnerKey, SeenRequest
from lindung.exchange.ourselves import own_node
from lindung.exchange.validity import SKEW, why_not
from lindung.exchange.wire import agreement, signatures
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import digest, read_instant, read_json


class OutOfReach(Exception):
    """The partner's node did not answer as a node; try again later."""


def fetch_document(partner: Partner, http: httpx.Client | None = None) -> tuple[bytes, str]:
    """A partner's key document as it shows it now, with its signature; nothing is believed yet.

    Raises:
        OutOfReach: there is none to be had.
    """
    with adapter_for(partner, http=http) as line:
        try:
            return line.key_document()
        except (Later, Stop) as error:
            raise OutOfReach(str(error)) from error


def learn_keys(partner: Partner, http: httpx.Client | None = None) -> str:
    """Fetch a partner's key document and trust what may be trusted.

    Returns and raises as ``trust_document``.
    """
    raw, signature = fetch_document(partner, http)
    return trust_document(partner, raw, signature)


def trust_document(partner: Partner, raw: bytes, signature: str, *, compared: str = "") -> str:
    """Trust what may be trusted of a key document, whichever way it came.

    Args:
        compared: fingerprint of the signing key, as two people compared it with the partner's over
            a second channel.

    Returns:
        ``pinned`` (first trust), ``known``, or ``conflict``: signed by a key we do not know;
        nothing was changed and people must look. The first key of a made-up partner is taken as
        it comes; that of a real one is people's to compare.

    Raises:
        OutOfReach: no document of this protocol, not this partner's, or not signed as it says.
    """
    now = datetime.now(UTC)
    try:
        document = read_json(raw)
        agreement.check(agreement.NODE_DOCUMENT, document, "json_invalid")
        signer = signatures.claimed_kid(signature)
    except Unacceptable as error:
        raise OutOfReach(str(error)) from error
    if document["node"] != partner.node:
        raise OutOfReach(f"{partner.code} shows another node than agreed")
    offered = {k["kid"]: k for k in document["keys"] if signatures.thumbprint(k["x"]) == k["kid"]}
    with acting_as(ROBOT):
        known = {key.kid: key for key in PartnerKey.objects.filter(partner=partner)}
        trusted = signer in known and why_not(known[signer], written_at=now) is None
        by_people = bool(compared) and compared == signer
        if not trusted and not by_people and (known or not partner.is_demo):
            Partner.objects.filter(pk=partner.pk).update(conflict_kid=signer)
            return "conflict"
        x = known[signer].x if trusted else offered.get(signer, {}).get("x", "")
        try:
            signatures.verify(raw, signature, x)
        except (Unacceptable, ValueError) as error:
            raise OutOfReach("the key document's signature does not verify") from error
        if by_people and not trusted:
            gone = PartnerKey.objects.filter(partner=partner, revoked_at=None)
            gone.exclude(kid__in=offered).update(revoked_at=now)
        _pin(partner, offered.values(), now)
        Partner.objects.filter(pk=partner.pk).update(conflict_kid="")
    return "known" if known else "pinned"


def heard(partner_id: UUID, *, at: datetime) -> None:
    """Note that a partner's node answered as it should; part of a delivery."""
    Partner.objects.filter(pk=partner_id).update(
        failures=0,
        open_until=None,
        last_ok_at=at,
        link_since=Case(
            When(Q(failures__gt=0) | Q(link_since=None), then=Value(at)), default=F("link_since")
        ),
    )


def missed(partner_id: UUID, *, at: datetime, open_until: datetime | None) -> None:
    """Note that a partner's node did not answer as it should; part of a delivery."""
    Partner.objects.filter(pk=partner_id).update(
        failures=F("failures") + 1,
        open_until=open_until,
        link_since=Case(
            When(Q(failures=0) | Q(link_since=None), then=Value(at)), default=F("link_since")
        ),
    )


def asked_by(
    token: str, *, target: str, now: datetime, method: str = "GET", body: bytes | None = None
) -> Partner:
    """The partner that signed a ``Lindung-Request`` for ``target`` (§7), once.

    Args:
        body: what was posted; the request has to name its digest.

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
        "node": key.partner.node, "recipient": own_node(), "method": method, "target": target,
    }  # fmt: skip
    if body is not None:
        wanted["body"] = digest(body)
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
        revoked = _instant_or_none(key["revoked_at"])
        dates = {
            "valid_from": read_instant(key["valid_from"]),
            "valid_to": _instant_or_none(key["valid_to"]),
        }
        row, made = PartnerKey.objects.get_or_create(
            kid=key["kid"],
            partner=partner,
            defaults=dates | {"x": key["x"], "pinned_at": now, "revoked_at": revoked},
        )
        if not made:
            # What our own people revoked stays revoked, whatever the partner's document says.
            ends = [at for at in (row.revoked_at, revoked) if at is not None]
            PartnerKey.objects.filter(pk=row.pk).update(
                **dates, revoked_at=min(ends) if ends else None
            )


def _instant_or_none(text: str | None) -> datetime | None:
    return None if text is None else read_instant(text)
