"""States and steps of a placement and of an employment contract."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class PlacementState(StrEnum):
    """Where one placement of one person stands."""

    PREPARING = "preparing"
    ROSTERED = "rostered"
    OFFERED = "offered"
    CONTRACTED = "contracted"
    AUTHORISED = "authorised"
    CLEARED = "cleared"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


P = PlacementState
PLACEMENT = Lifecycle(
    name="placement",
    initial=P.PREPARING,
    steps=(
        Step("send to roster", (P.PREPARING,), P.ROSTERED),
        Step("record offer", (P.PREPARING, P.ROSTERED), P.OFFERED),
        Step("refuse offer", (P.OFFERED,), P.ROSTERED),
        # Where no list of job seekers waits behind the offer, the search goes on.
        Step("decline offer", (P.OFFERED,), P.PREPARING),
        Step("conclude contract", (P.OFFERED,), P.CONTRACTED),
        Step("record visa authorisation", (P.CONTRACTED,), P.AUTHORISED),
        Step("clear for departure", (P.CONTRACTED, P.AUTHORISED), P.CLEARED),
        Step("record departure", (P.CLEARED,), P.DEPARTED),
        Step("record failed departure", (P.DEPARTED,), P.CLEARED),
        Step("confirm arrival", (P.DEPARTED,), P.ARRIVED),
        Step("end", (P.ARRIVED, P.DEPARTED), P.ENDED),
        # It ended in error: a death was told of the wrong person.
        Step("take back end", (P.ENDED,), P.ARRIVED),
        Step("take back end on the way", (P.ENDED,), P.DEPARTED),
        Step(
            "withdraw",
            (P.PREPARING, P.ROSTERED, P.OFFERED, P.CONTRACTED, P.AUTHORISED, P.CLEARED),
            P.WITHDRAWN,
        ),
    ),
)


class ContractState(StrEnum):
    """Where one version of an employment contract stands."""

    OFFERED = "offered"
    VERIFIED = "verified"
    SIGNED = "signed"
    REFUSED = "refused"
    RETURNED = "returned"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"


C = ContractState
CONTRACT = Lifecycle(
    name="contract",
    initial=C.OFFERED,
    steps=(
        Step("verify", (C.OFFERED,), C.VERIFIED),
        Step("return for repair", (C.OFFERED,), C.RETURNED),
        Step("sign", (C.VERIFIED,), C.SIGNED),
        Step("refuse", (C.OFFERED, C.VERIFIED), C.REFUSED),
        Step("lapse", (C.OFFERED, C.VERIFIED, C.SIGNED), C.LAPSED),
        Step("supersede", (C.OFFERED, C.VERIFIED, C.SIGNED, C.RETURNED), C.SUPERSEDED),
    ),
)


class FindingState(StrEnum):
    """Where one difference between the verified contract and the place of work stands."""

    OPEN = "open"
    EXPLAINED = "explained"
    CORRECTED = "corrected"
    CONFIRMED = "confirmed"
    CLOSED = "closed"


F = FindingState
FINDING = Lifecycle(
    name="finding",
    initial=F.OPEN,
    steps=(
        Step("explain", (F.OPEN,), F.EXPLAINED),
        Step("correct", (F.OPEN, F.CONFIRMED), F.CORRECTED),
        Step("confirm substitution", (F.OPEN,), F.CONFIRMED),
        Step("close", (F.EXPLAINED, F.CORRECTED, F.CONFIRMED), F.CLOSED),
    ),
)
