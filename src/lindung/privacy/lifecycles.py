"""States and steps of what two people decide, of a request, and of a breach."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class Decision(StrEnum):
    """Where something stands that takes two people."""

    ASKED = "asked"
    REFUSED = "refused"
    AGREED = "agreed"
    RUNNING = "running"
    DONE = "done"


class PeriodState(StrEnum):
    """Where a period stands that two people decide; the newest agreed one counts."""

    ASKED = "asked"
    REFUSED = "refused"
    AGREED = "agreed"


P = PeriodState
PERIOD = Lifecycle(
    name="decided period",
    initial=P.ASKED,
    steps=(
        Step("agree", (P.ASKED,), P.AGREED),
        Step("refuse", (P.ASKED,), P.REFUSED),
    ),
)
D = Decision
ERASURE = Lifecycle(
    name="erasure",
    initial=D.ASKED,
    steps=(
        Step("agree", (D.ASKED,), D.AGREED),
        Step("refuse", (D.ASKED,), D.REFUSED),
        Step("run", (D.AGREED, D.RUNNING), D.RUNNING),
        Step("finish", (D.RUNNING,), D.DONE),
    ),
)


class RequestState(StrEnum):
    """Where a person's request stands."""

    ASKED = "asked"
    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


R = RequestState
REQUEST = Lifecycle(
    name="request about data",
    initial=R.ASKED,
    steps=(
        Step("grant", (R.ASKED,), R.GRANTED),
        Step("grant a part", (R.ASKED,), R.PARTLY),
        Step("refuse", (R.ASKED,), R.REFUSED),
        Step("withdraw", (R.ASKED,), R.WITHDRAWN),
    ),
)


class BreachState(StrEnum):
    """Where a breach, or an exercise of one, stands."""

    FOUND = "found"
    NOTIFIED = "notified"
    CLOSED = "closed"


B = BreachState
BREACH = Lifecycle(
    name="breach",
    initial=B.FOUND,
    steps=(
        Step("notify", (B.FOUND, B.NOTIFIED), B.NOTIFIED),
        Step("close", (B.FOUND, B.NOTIFIED), B.CLOSED),
    ),
)
