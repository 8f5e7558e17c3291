"""States and steps of the papers that lead to a contract."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class PaperState(StrEnum):
    """Where a recruitment agreement or a job order stands."""

    SUBMITTED = "submitted"
    CHECKED = "checked"
    ENDORSED = "endorsed"
    RETURNED = "returned"
    REFUSED = "refused"
    EXPIRED = "expired"
    ENDED = "ended"


P = PaperState
PAPER = Lifecycle(
    name="recruitment_paper",
    initial=P.SUBMITTED,
    steps=(
        Step("check", (P.SUBMITTED,), P.CHECKED),
        Step("endorse", (P.CHECKED,), P.ENDORSED),
        Step("return for repair", (P.SUBMITTED, P.CHECKED), P.RETURNED),
        Step("submit again", (P.RETURNED,), P.SUBMITTED),
        Step("refuse", (P.SUBMITTED, P.CHECKED), P.REFUSED),
        Step("expire", (P.SUBMITTED, P.CHECKED, P.RETURNED, P.ENDORSED), P.EXPIRED),
        Step("end", (P.SUBMITTED, P.CHECKED, P.RETURNED, P.ENDORSED), P.ENDED),
    ),
)


class PermitState(StrEnum):
    """Where a recruitment permit stands."""

    REQUESTED = "requested"
    ISSUED = "issued"
    REFUSED = "refused"
    REVOKED = "revoked"
    EXPIRED = "expired"


PERMIT = Lifecycle(
    name="recruitment_permit",
    initial=PermitState.REQUESTED,
    steps=(
        Step("issue", (PermitState.REQUESTED,), PermitState.ISSUED),
        Step("refuse", (PermitState.REQUESTED,), PermitState.REFUSED),
        Step("revoke", (PermitState.ISSUED,), PermitState.REVOKED),
        Step("expire", (PermitState.REQUESTED, PermitState.ISSUED), PermitState.EXPIRED),
    ),
)


class OverrideState(StrEnum):
    """Where the wish to go on in spite of a check stands."""

    ASKED = "asked"
    GIVEN = "given"
    DENIED = "denied"
    LAPSED = "lapsed"


OVERRIDE = Lifecycle(
    name="recruitment_override",
    initial=OverrideState.ASKED,
    steps=(
        Step("give", (OverrideState.ASKED,), OverrideState.GIVEN),
        Step("deny", (OverrideState.ASKED,), OverrideState.DENIED),
        Step("lapse", (OverrideState.ASKED, OverrideState.GIVEN), OverrideState.LAPSED),
    ),
)


class PlaceState(StrEnum):
    """Whether a place of a job order is somebody's."""

    HELD = "held"
    FREED = "freed"


PLACE = Lifecycle(
    name="recruitment_place",
    initial=PlaceState.HELD,
    steps=(Step("give back", (PlaceState.HELD,), PlaceState.FREED),),
)
