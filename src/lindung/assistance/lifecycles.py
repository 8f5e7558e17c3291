"""States and steps of letters, claims, referrals and interpreters' appointments."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class LetterState(StrEnum):
    """Where a letter stands."""

    DRAFT = "draft"
    SENT = "sent"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class ClaimState(StrEnum):
    """Where a sum that somebody owes the worker stands."""

    RECKONED = "reckoned"
    FILED = "filed"
    AWARDED = "awarded"
    PAID = "paid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ReferralState(StrEnum):
    """Where a referral to another service stands."""

    MADE = "made"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    ENDED = "ended"


class AppointmentState(StrEnum):
    """Whether an interpreter came."""

    AGREED = "agreed"
    HELD = "held"
    CANCELLED = "cancelled"


LETTER = Lifecycle(
    name="letter",
    initial=LetterState.DRAFT,
    steps=(
        Step("send", (LetterState.DRAFT,), LetterState.SENT),
        Step("record answer", (LetterState.SENT,), LetterState.ANSWERED),
        Step("withdraw", (LetterState.DRAFT,), LetterState.WITHDRAWN),
    ),
)

CLAIM = Lifecycle(
    name="claim",
    initial=ClaimState.RECKONED,
    steps=(
        Step("file", (ClaimState.RECKONED,), ClaimState.FILED),
        Step("award", (ClaimState.RECKONED, ClaimState.FILED), ClaimState.AWARDED),
        Step(
            "pay in full",
            (ClaimState.RECKONED, ClaimState.FILED, ClaimState.AWARDED),
            ClaimState.PAID,
        ),
        Step("refuse", (ClaimState.FILED,), ClaimState.REFUSED),
        Step(
            "withdraw",
            (ClaimState.RECKONED, ClaimState.FILED, ClaimState.AWARDED, ClaimState.REFUSED),
            ClaimState.WITHDRAWN,
        ),
        Step("reopen", (ClaimState.REFUSED, ClaimState.PAID), ClaimState.FILED),
    ),
)

REFERRAL = Lifecycle(
    name="referral",
    initial=ReferralState.MADE,
    steps=(
        Step("accept", (ReferralState.MADE,), ReferralState.ACCEPTED),
        Step("decline", (ReferralState.MADE,), ReferralState.DECLINED),
        Step("report result", (ReferralState.ACCEPTED,), ReferralState.DONE),
        Step("end", (ReferralState.MADE, ReferralState.ACCEPTED), ReferralState.ENDED),
    ),
)

APPOINTMENT = Lifecycle(
    name="appointment",
    initial=AppointmentState.AGREED,
    steps=(
        Step("hold", (AppointmentState.AGREED,), AppointmentState.HELD),
        Step("cancel", (AppointmentState.AGREED,), AppointmentState.CANCELLED),
    ),
)
