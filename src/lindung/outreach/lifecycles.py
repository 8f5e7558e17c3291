"""States and steps of a message, and of a sender whom we may not know."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class MessageState(StrEnum):
    """Where a message stands; ``sent`` means that a channel took it over, and no more."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    HELD = "held"


class SenderState(StrEnum):
    """Whether we know who writes from an address."""

    UNKNOWN = "unknown"
    SHARED = "shared"  # several people use it: each message says who writes, or waits
    MATCHED = "matched"
    SET_ASIDE = "set_aside"  # advertising, wrong numbers: kept, and answered no more


M = MessageState
MESSAGE = Lifecycle(
    name="message",
    initial=M.WAITING,
    steps=(
        Step("send", (M.WAITING, M.HELD), M.SENT),
        Step("hold", (M.WAITING,), M.HELD),
        Step("deliver", (M.SENT,), M.DELIVERED),
        # A receipt of reading may overtake that of delivery, or be the only one.
        Step("read", (M.SENT, M.DELIVERED), M.READ),
        Step("fail", (M.WAITING, M.SENT, M.HELD), M.FAILED),
    ),
)

S = SenderState
SENDER = Lifecycle(
    name="sender",
    initial=S.UNKNOWN,
    steps=(
        Step("match", (S.UNKNOWN, S.SHARED, S.MATCHED, S.SET_ASIDE), S.MATCHED),
        Step("share", (S.UNKNOWN, S.MATCHED), S.SHARED),
        Step("set aside", (S.UNKNOWN,), S.SET_ASIDE),
        Step("forget", (S.MATCHED, S.SHARED, S.SET_ASIDE), S.UNKNOWN),
    ),
)
