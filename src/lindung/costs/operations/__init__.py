"""Everything that changes what is known of money before departure."""

from __future__ import annotations

from lindung.costs.operations.captures import answer_capture, ask, drop_askings, remind
from lindung.costs.operations.charges import (
    attach_to,
    confirm_refund,
    correct_charge,
    refute_refund,
    tell_charge,
    tell_refund,
    who_paid_before,
    withdraw_charge,
)
from lindung.costs.operations.loans import tell_loan, withdraw_loan
from lindung.costs.operations.parts import MoreThanPaid, NotYours
from lindung.costs.operations.reckoning import follow, kind_of, settle

__all__ = [
    "MoreThanPaid",
    "NotYours",
    "answer_capture",
    "ask",
    "attach_to",
    "confirm_refund",
    "correct_charge",
    "drop_askings",
    "follow",
    "kind_of",
    "refute_refund",
    "remind",
    "settle",
    "tell_charge",
    "tell_loan",
    "tell_refund",
    "who_paid_before",
    "withdraw_charge",
    "withdraw_loan",
]
