"""States and steps of an extension before the post's officer, and of a leave."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class ExtensionState(StrEnum):
    """Where an application to extend a contract stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


E = ExtensionState
EXTENSION = Lifecycle(
    name="extension",
    initial=E.ASKED,
    steps=(
        Step("grant", (E.ASKED,), E.GRANTED, basis="id.contract.extension_before_mission"),
        Step("refuse", (E.ASKED,), E.REFUSED, basis="id.contract.extension_before_mission"),
        Step("withdraw", (E.ASKED,), E.WITHDRAWN),
    ),
)


class LeaveState(StrEnum):
    """Whether somebody on leave is back."""

    AWAY = "away"
    BACK = "back"
    NOT_RETURNED = "not_returned"


LEAVE = Lifecycle(
    name="leave",
    initial=LeaveState.AWAY,
    steps=(
        Step("come back", (LeaveState.AWAY, LeaveState.NOT_RETURNED), LeaveState.BACK),
        Step("stay away", (LeaveState.AWAY,), LeaveState.NOT_RETURNED),
    ),
)
