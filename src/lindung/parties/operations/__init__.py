"""Everything that changes parties: licences, the register, the problem list."""

from __future__ import annotations

from lindung.parties.operations.licences import (
    Means,
    extend_licence,
    grant_licence,
    record_means,
    reinstate_agency,
    revoke_licence,
    suspend_agency,
    warn_agency,
)
from lindung.parties.operations.problems import (
    answer_problem,
    dismiss_problem,
    expire_problems,
    hear_party,
    lift_problem,
    override_problem,
    publish_problem,
    reply_until,
    report_problem,
    tell_party,
)
from lindung.parties.operations.registration import (
    amend_partner,
    amend_provider,
    register_employer,
    register_partner,
    register_provider,
)
from lindung.parties.refusals import LicenceBreaks

__all__ = [
    "LicenceBreaks",
    "Means",
    "amend_partner",
    "amend_provider",
    "answer_problem",
    "dismiss_problem",
    "expire_problems",
    "extend_licence",
    "grant_licence",
    "hear_party",
    "lift_problem",
    "override_problem",
    "publish_problem",
    "record_means",
    "register_employer",
    "register_partner",
    "register_provider",
    "reinstate_agency",
    "reply_until",
    "report_problem",
    "revoke_licence",
    "suspend_agency",
    "tell_party",
    "warn_agency",
]
