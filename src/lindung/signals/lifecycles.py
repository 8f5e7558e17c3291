"""States and steps of an alert, and of a call to one of the quiet people."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class AlertState(StrEnum):
    """Where our look at an alert stands."""

    NEW = "new"
    REVIEWED = "reviewed"
    CASE = "case"
    GONE = "gone"


A = AlertState
ALERT = Lifecycle(
    name="alert",
    initial=A.NEW,
    steps=(
        Step("review", (A.NEW, A.REVIEWED, A.GONE), A.REVIEWED),
        Step("open case", (A.NEW, A.REVIEWED), A.CASE),
        # Its rows no longer say so, before anybody looked.
        Step("fade", (A.NEW,), A.GONE),
        # What was looked at has become worse.
        Step("worsen", (A.REVIEWED,), A.NEW),
    ),
)


class PickState(StrEnum):
    """Whether one of the quiet people was called, and what was found."""

    WAITING = "waiting"
    WELL = "well"
    TROUBLE = "trouble"
    UNREACHED = "unreached"


P = PickState
PICK = Lifecycle(
    name="audit call",
    initial=P.WAITING,
    steps=(
        Step("find well", (P.WAITING, P.UNREACHED), P.WELL),
        Step("find trouble", (P.WAITING, P.UNREACHED), P.TROUBLE),
        Step("miss", (P.WAITING,), P.UNREACHED),
    ),
)
