"""Everything that moves a placement: from the first wish to the confirmed arrival."""

from __future__ import annotations

from lindung.placement.operations.bulk import look_through, verify_many
from lindung.placement.operations.contracts import (
    answer_contract,
    record_contract_offer,
    return_contract,
    verify_contract,
)
from lindung.placement.operations.departure import (
    clear_for_departure,
    depart,
    record_arrival,
    record_departure,
    record_failed_departure,
    record_visa_authorisation,
)
from lindung.placement.operations.milestones import (
    arrange,
    mark,
    pause_clock,
    record_test_result,
    record_visa,
    register_for_test,
    renew_roster,
    require_not_barred,
    resume_clock,
)
from lindung.placement.operations.opening import (
    Start,
    end_placement,
    obstacle_of,
    open_placement,
    open_placements,
    take_back_end,
    withdraw,
)
from lindung.placement.operations.parts import ROSTER, needed_before
from lindung.placement.operations.refusals import (
    AlreadyUnderWay,
    Barred,
    ContractBreaks,
    DecisionMissing,
    NothingDiffers,
    NothingInForce,
    OfferLapsed,
    RequirementsMissing,
    TestRunsOut,
    VersionWaiting,
)
from lindung.placement.operations.requirements import give_requirement, settle_requirements
from lindung.placement.operations.roster import record_roster_status, send_to_roster
from lindung.placement.operations.substitution import (
    answer_finding,
    compare_registered,
    lay_beside,
    worker_tells,
)
from lindung.placement.operations.versions import amend_contract, record_employer_consent

__all__ = [
    "ROSTER",
    "AlreadyUnderWay",
    "Barred",
    "ContractBreaks",
    "DecisionMissing",
    "NothingDiffers",
    "NothingInForce",
    "OfferLapsed",
    "RequirementsMissing",
    "Start",
    "TestRunsOut",
    "VersionWaiting",
    "amend_contract",
    "answer_contract",
    "answer_finding",
    "arrange",
    "clear_for_departure",
    "compare_registered",
    "depart",
    "end_placement",
    "give_requirement",
    "lay_beside",
    "look_through",
    "mark",
    "needed_before",
    "obstacle_of",
    "open_placement",
    "open_placements",
    "pause_clock",
    "record_arrival",
    "record_contract_offer",
    "record_departure",
    "record_employer_consent",
    "record_failed_departure",
    "record_roster_status",
    "record_test_result",
    "record_visa",
    "record_visa_authorisation",
    "register_for_test",
    "renew_roster",
    "require_not_barred",
    "resume_clock",
    "return_contract",
    "send_to_roster",
    "settle_requirements",
    "take_back_end",
    "verify_contract",
    "verify_many",
    "withdraw",
    "worker_tells",
]
