"""States and steps of a message to a person."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class MessageState(StrEnum):
    """Where a message to a person stands."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD = "held"


M = MessageState
MESSAGE = Lifecycle(
    name="message",
    initial=M.WAITING,
    steps=(
        Step("send", (M.WAITING, M.HELD), M.SENT),
        Step("hold", (M.WAITING,), M.HELD),
        Step("deliver", (M.SENT,), M.DELIVERED),
        Step("fail", (M.WAITING, M.SENT, M.HELD), M.FAILED),
    ),
)
