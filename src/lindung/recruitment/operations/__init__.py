"""Everything that moves the chain: agreement, job order, permit, exceptions, places."""

from __future__ import annotations

from lindung.recruitment.operations.bulk import endorse_many, look_through
from lindung.recruitment.operations.demands import receive_order, withdraw_order
from lindung.recruitment.operations.overrides import answer_override, ask_override
from lindung.recruitment.operations.papers import (
    check_agreement,
    check_order,
    end_paper,
    endorse,
    expire_papers,
    refuse_paper,
    return_paper,
    submit_again,
    submit_agreement,
    submit_order,
)
from lindung.recruitment.operations.permits import (
    issue_permit,
    refuse_permit,
    request_permit,
    revoke_permit,
)
from lindung.recruitment.operations.places import give_back, take_place
from lindung.recruitment.operations.refusals import (
    ChecksFail,
    NoPermit,
    NotForThisOrder,
    NotWaivable,
    OrderClosed,
    QuotaFull,
    SameEyes,
)

__all__ = [
    "ChecksFail",
    "NoPermit",
    "NotForThisOrder",
    "NotWaivable",
    "OrderClosed",
    "QuotaFull",
    "SameEyes",
    "answer_override",
    "ask_override",
    "check_agreement",
    "check_order",
    "end_paper",
    "endorse",
    "endorse_many",
    "expire_papers",
    "give_back",
    "issue_permit",
    "look_through",
    "receive_order",
    "refuse_paper",
    "refuse_permit",
    "request_permit",
    "return_paper",
    "revoke_permit",
    "submit_again",
    "submit_agreement",
    "submit_order",
    "take_place",
    "withdraw_order",
]
