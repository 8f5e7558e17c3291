"""Everything that moves a placement: from the first wish to the confirmed arrival."""

from __future__ import annotations

from lindung.placement.operations.contracts import (
    answer_contract,
    record_contract_offer,
    return_contract,
    verify_contract,
)
from lindung.placement.operations.departure import (
    clear_for_departure,
    record_arrival,
    record_departure,
    record_visa_authorisation,
)
from lindung.placement.operations.opening import end_placement, open_placement, withdraw
from lindung.placement.operations.parts import ROSTER, needed_before
from lindung.placement.operations.refusals import (
    AlreadyUnderWay,
    ContractBreaks,
    DecisionMissing,
    OfferLapsed,
    RequirementsMissing,
)
from lindung.placement.operations.requirements import give_requirement, settle_requirements
from lindung.placement.operations.roster import record_roster_status, send_to_roster

__all__ = [
    "ROSTER",
    "AlreadyUnderWay",
    "ContractBreaks",
    "DecisionMissing",
    "OfferLapsed",
    "RequirementsMissing",
    "answer_contract",
    "clear_for_departure",
    "end_placement",
    "give_requirement",
    "needed_before",
    "open_placement",
    "record_arrival",
    "record_contract_offer",
    "record_departure",
    "record_roster_status",
    "record_visa_authorisation",
    "return_contract",
    "send_to_roster",
    "settle_requirements",
    "verify_contract",
    "withdraw",
]
