"""Who we are to other nodes: our name, our signed key document, our request for a replay (§1, §4)."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from lindung.exchange.models import Partner
from lindung.exchange.own_keys import known_keys
from lindung.exchange.wire import agreement
from lindung.exchange.wire.texts import instant, write_json

WELL_KNOWN = "/.well-known/lindung-exchange.json"


def own_node() -> str:
    """Our node name: a URI that never changes, not an address."""
    return str(ourselves()["node"])


def typed_for(partner: Partner) -> str:
    """The source of what our officers typed from a partner's portal: never the partner's own name."""
    return f"{own_node()}:typed-for:{partner.code}"


@cache
def ourselves() -> dict[str, Any]:
    """What the file that ``EXCHANGE_NODE_FILE`` names says: by default ``node.yaml``."""
    text = Path(settings.EXCHANGE_NODE_FILE).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def own_document(*, now: datetime) -> bytes:
    """Our key document."""
    origin, destination = agreement.said_by("origin"), agreement.said_by("destination")
    return write_json(
        {
            "protocol": 1,
            "node": own_node(),
            "name": ourselves()["name"],
            "country": ourselves()["country"],
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


def _or_null(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
