"""States and steps of a list that was sent, and of each of its rows."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class BatchState(StrEnum):
    """Where a list stands."""

    SENT = "sent"
    READ = "read"
    TAKING = "taking"
    TAKEN = "taken"
    UNREADABLE = "unreadable"


class RowState(StrEnum):
    """What became of one row."""

    READY = "ready"
    TAKEN = "taken"
    KNOWN = "known"
    REFUSED = "refused"


BATCH = Lifecycle(
    name="intake list",
    initial=BatchState.SENT,
    steps=(
        Step("finish reading", (BatchState.SENT,), BatchState.READ),
        Step("find unreadable", (BatchState.SENT,), BatchState.UNREADABLE),
        Step("take", (BatchState.READ,), BatchState.TAKING),
        # Whoever asked for it holds no duty any more: somebody else of the office goes on.
        Step("stop", (BatchState.TAKING,), BatchState.READ),
        Step("finish taking", (BatchState.TAKING,), BatchState.TAKEN),
    ),
)
# A job is at work on it, or ought to be.
UNDER_WAY = (BatchState.SENT, BatchState.TAKING)

ROW = Lifecycle(
    name="intake row",
    initial=RowState.READY,
    steps=(
        Step("take", (RowState.READY,), RowState.TAKEN),
        Step("find known", (RowState.READY,), RowState.KNOWN),
        Step("refuse", (RowState.READY,), RowState.REFUSED),
    ),
)
