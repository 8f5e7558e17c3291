"""States of a charge, of a refund, of a capture that is asked for, and of an overcharge."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class EntryState(StrEnum):
    """Whether what was told stands. Nothing is deleted."""

    STANDS = "stands"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


E = EntryState
ENTRY = Lifecycle(
    name="cost entry",
    initial=E.STANDS,
    steps=(
        Step("correct", (E.STANDS,), E.CORRECTED),
        Step("withdraw", (E.STANDS,), E.WITHDRAWN),
    ),
)


class RefundState(StrEnum):
    """Whether money that is said to have come back did."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


R = RefundState
REFUND = Lifecycle(
    name="refund",
    initial=R.CLAIMED,
    steps=(
        Step("confirm", (R.CLAIMED,), R.CONFIRMED),
        Step("withdraw", (R.CLAIMED, R.CONFIRMED), R.WITHDRAWN),
    ),
)


class AskingState(StrEnum):
    """Whether the worker still is to be asked."""

    WAITING = "waiting"
    ANSWERED = "answered"
    DROPPED = "dropped"


A = AskingState
ASKING = Lifecycle(
    name="cost capture",
    initial=A.WAITING,
    steps=(
        Step("answer", (A.WAITING,), A.ANSWERED),
        Step("drop", (A.WAITING,), A.DROPPED),
    ),
)


class OverchargeState(StrEnum):
    """Whether more was paid than the law allows."""

    OPEN = "open"
    CLEARED = "cleared"


O = OverchargeState  # noqa: E741  as the other enums are called here
OVERCHARGE = Lifecycle(
    name="overcharge",
    initial=O.OPEN,
    steps=(
        Step("clear", (O.OPEN,), O.CLEARED),
        Step("reopen", (O.CLEARED,), O.OPEN),
    ),
)
