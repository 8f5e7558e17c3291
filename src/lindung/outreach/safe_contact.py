"""When a person can be reached without danger. Every sending asks here, and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lindung.outreach.models import SafeContact


def channel_for(rules: SafeContact | None) -> str:
    """The channel to use; the web inbox where the person named none."""
    return rules.channel if rules is not None else "web"


def earliest(rules: SafeContact | None, *, now: datetime, timezone: str) -> datetime:
    """The first instant from ``now`` at which a message may arrive.

    Args:
        timezone: IANA name of the zone the person lives in.
    """
    if rules is None or rules.not_before is None or rules.not_after is None:
        return now
    local = now.astimezone(ZoneInfo(timezone))
    start, end = rules.not_before, rules.not_after
    at = local.time()
    inside = start <= at < end if start < end else at >= start or at < end
    if inside:
        return now
    opens = local.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0)
    return opens if opens > local else opens + timedelta(days=1)
