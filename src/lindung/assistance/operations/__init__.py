"""Everything that changes in the help around a case."""

from __future__ import annotations

from lindung.assistance.operations.claims import (
    confirm_payment,
    move_claim,
    reckon_claim,
    record_payment,
    settle_claim,
)
from lindung.assistance.operations.interpreters import (
    InterpreterBusy,
    call_interpreter,
    close_appointment,
    enter_interpreter,
)
from lindung.assistance.operations.letters import (
    draft_letter,
    record_letter_answer,
    rewrite_letter,
    send_letter,
    withdraw_letter,
)
from lindung.assistance.operations.referrals import (
    ReferralClosed,
    answer_referral,
    end_expired,
    end_referral,
    read_referral,
    refer,
)
from lindung.assistance.operations.services import enter_service
from lindung.assistance.operations.shelters import (
    NoBedFree,
    NotForThem,
    let_go,
    open_shelter,
    take_in,
)

__all__ = [
    "InterpreterBusy",
    "NoBedFree",
    "NotForThem",
    "ReferralClosed",
    "answer_referral",
    "call_interpreter",
    "close_appointment",
    "confirm_payment",
    "draft_letter",
    "end_expired",
    "end_referral",
    "enter_interpreter",
    "enter_service",
    "let_go",
    "move_claim",
    "open_shelter",
    "read_referral",
    "reckon_claim",
    "record_letter_answer",
    "record_payment",
    "refer",
    "rewrite_letter",
    "send_letter",
    "settle_claim",
    "take_in",
    "withdraw_letter",
]
