"""States and steps of a list that was sent, and of each of its rows."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class RowState(StrEnum):
    """What became of one row."""

    READY = "ready"
    TAKEN = "taken"
    KNOWN = "known"
    REFUSED = "refused"


ROW = Lifecycle(
    name="intake row",
    initial=RowState.READY,
    steps=(
        Step("take", (RowState.READY,), RowState.TAKEN),
        Step("find known", (RowState.READY,), RowState.KNOWN),
        Step("refuse", (RowState.READY,), RowState.REFUSED),
    ),
)
