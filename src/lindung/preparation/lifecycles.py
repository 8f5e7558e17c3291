"""States and steps of an orientation session and of a clearance."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class SessionState(StrEnum):
    """Whether a session is still to come."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


SESSION = Lifecycle(
    name="orientation session",
    initial=SessionState.PLANNED,
    steps=(
        Step("hold", (SessionState.PLANNED,), SessionState.HELD),
        Step("cancel", (SessionState.PLANNED,), SessionState.CANCELLED),
    ),
)


class ClearanceState(StrEnum):
    """Whether a clearance opens the way."""

    VALID = "valid"
    USED = "used"
    WITHDRAWN = "withdrawn"


CLEARANCE = Lifecycle(
    name="clearance",
    initial=ClearanceState.VALID,
    steps=(
        Step("use", (ClearanceState.VALID,), ClearanceState.USED),
        Step("give back", (ClearanceState.USED,), ClearanceState.VALID),
        Step("withdraw", (ClearanceState.VALID, ClearanceState.USED), ClearanceState.WITHDRAWN),
    ),
)
