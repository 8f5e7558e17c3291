"""When a person can be reached without danger. Every sending asks here, and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lindung.outreach.models import SENDABLE, Channel, SafeContact

OWN_PAGE = str(Channel.WEB)


def channels_for(rules: SafeContact | None) -> list[str]:
    """The channels to try, in the person's order; their own page, behind a sign-in, is always among them."""
    if rules is None:
        return [OWN_PAGE]
    wanted = dict.fromkeys([rules.channel, *rules.channels, OWN_PAGE])
    return [each for each in wanted if each in SENDABLE and each not in rules.stopped]


def channel_for(rules: SafeContact | None) -> str:
    """The channel to try first."""
    return channels_for(rules)[0]


def may_use(rules: SafeContact | None, channel: str) -> bool:
    """Whether the person lets us write over that channel."""
    return channel == OWN_PAGE or channel in channels_for(rules)


def may_call(rules: SafeContact | None, *, now: datetime, timezone: str) -> bool:
    """Whether the person's telephone may ring now."""
    if rules is None:
        return True
    return not rules.do_not_call and earliest(rules, now=now, timezone=timezone) == now


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
