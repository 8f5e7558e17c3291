"""States of a recruiter's licence, of a task and of a merge of two entries."""

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


class MergeState(StrEnum):
    """Whether two entries are treated as one person."""

    PROPOSED = "proposed"
    MERGED = "merged"
    DECLINED = "declined"
    UNDONE = "undone"


M = MergeState
MERGE = Lifecycle(
    name="merge",
    initial=M.PROPOSED,
    steps=(
        Step("merge", (M.PROPOSED,), M.MERGED),
        Step("decline", (M.PROPOSED,), M.DECLINED),
        Step("undo", (M.MERGED,), M.UNDONE),
    ),
)
