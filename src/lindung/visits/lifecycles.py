"""States and steps of a visit."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    HELD = "held"
    REPORTED = "reported"
    CANCELLED = "cancelled"


VISIT = Lifecycle(
    name="visit",
    initial=VisitState.PLANNED,
    steps=(
        Step("hold", (VisitState.PLANNED,), VisitState.HELD),
        Step("report", (VisitState.HELD,), VisitState.REPORTED),
        Step("cancel", (VisitState.PLANNED,), VisitState.CANCELLED),
    ),
)
