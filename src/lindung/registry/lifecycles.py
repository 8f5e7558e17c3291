"""States of a recruiter's licence and of a task."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class LicenceState(StrEnum):
    """Where a recruiter's licence stands."""

    VALID = "valid"
    WARNED = "warned"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


L = LicenceState
LICENCE = Lifecycle(
    name="licence",
    initial=L.VALID,
    steps=(
        Step("warn", (L.VALID,), L.WARNED),
        Step("suspend", (L.VALID, L.WARNED), L.SUSPENDED),
        Step("reinstate", (L.WARNED, L.SUSPENDED), L.VALID),
        Step("revoke", (L.VALID, L.WARNED, L.SUSPENDED), L.REVOKED),
        Step("expire", (L.VALID, L.WARNED, L.SUSPENDED), L.EXPIRED),
        Step("renew", (L.EXPIRED,), L.VALID),
    ),
)


class TaskState(StrEnum):
    """Whether a task still needs someone."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


TASK = Lifecycle(
    name="task",
    initial=TaskState.OPEN,
    steps=(
        Step("finish", (TaskState.OPEN,), TaskState.DONE),
        Step("drop", (TaskState.OPEN,), TaskState.DROPPED),
    ),
)
