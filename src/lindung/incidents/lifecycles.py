"""States and steps of an incident and of one thing to do about it."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class IncidentState(StrEnum):
    """Where our work on what happened stands."""

    REPORTED = "reported"
    VERIFIED = "verified"
    CLOSED = "closed"
    DISMISSED = "dismissed"


S = IncidentState
INCIDENT = Lifecycle(
    name="incident",
    initial=S.REPORTED,
    steps=(
        Step("verify", (S.REPORTED,), S.VERIFIED),
        Step("dismiss", (S.REPORTED,), S.DISMISSED),
        Step("close", (S.VERIFIED,), S.CLOSED),
        # A death told of the wrong person, or of nobody: two people take it back.
        Step("take back", (S.VERIFIED, S.CLOSED), S.DISMISSED),
    ),
)


class TodoState(StrEnum):
    """Whether one thing to do was done, or decided not to be needed."""

    OPEN = "open"
    DONE = "done"
    NOT_NEEDED = "not_needed"


T = TodoState
TODO = Lifecycle(
    name="incident_step",
    initial=T.OPEN,
    steps=(
        Step("do", (T.OPEN,), T.DONE),
        Step("leave out", (T.OPEN,), T.NOT_NEEDED),
    ),
)
