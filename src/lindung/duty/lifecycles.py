"""States and steps of a call for help and of one ring of it."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class CallState(StrEnum):
    """Where a call for help stands."""

    RINGING = "ringing"
    TAKEN = "taken"
    STOOD_DOWN = "stood_down"


class RingState(StrEnum):
    """What became of one officer's ring."""

    CALLED = "called"
    TAKEN = "taken"
    PASSED_ON = "passed_on"
    OVER = "over"


C = CallState
CALL = Lifecycle(
    name="call",
    initial=C.RINGING,
    steps=(
        Step("take", (C.RINGING, C.TAKEN), C.TAKEN),
        Step("pass on", (C.RINGING, C.TAKEN), C.RINGING),
        Step("ring again", (C.TAKEN,), C.RINGING),
        Step("stand down", (C.RINGING, C.TAKEN), C.STOOD_DOWN),
    ),
)

R = RingState
RING = Lifecycle(
    name="ring",
    initial=R.CALLED,
    steps=(
        Step("take", (R.CALLED, R.PASSED_ON), R.TAKEN),
        Step("pass on", (R.CALLED, R.TAKEN), R.PASSED_ON),
        Step("end", (R.CALLED,), R.OVER),
    ),
)
