"""Whether a key may vouch for something (§4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lindung.exchange.models import PartnerKey

SKEW = timedelta(minutes=5)


def why_not(key: PartnerKey, *, written_at: datetime) -> str | None:
    """Why ``key`` may not vouch for something written then, or ``None`` (§4)."""
    if key.revoked_at is not None and key.revoked_at <= datetime.now(UTC):
        return "key_revoked"
    if written_at < key.valid_from - SKEW:
        return "key_not_valid"
    if key.valid_to is not None and written_at >= key.valid_to:
        return "key_not_valid"
    return None
