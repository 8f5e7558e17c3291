"""Who sees which placements and contracts."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import by_scope
from lindung.placement.models import (
    Contract,
    ContractTerms,
    Evidence,
    Finding,
    Milestone,
    Placement,
)

_WRITERS = (Kind.POST, Kind.AGENCY, Kind.OFFICE, Kind.MINISTRY, Kind.WORKER)

POLICIES = [
    *by_scope(Placement, write=_WRITERS),
    *by_scope(Evidence, write=_WRITERS),
    *by_scope(Contract, write=_WRITERS),
    # A recruiter has no part in what happens with the destination's offices.
    *by_scope(Milestone, write=(Kind.POST, Kind.OFFICE, Kind.MINISTRY), read=(Kind.WORKER,)),
    *by_scope(ContractTerms, write=_WRITERS),
    # The recruiter may be the one who substituted: what was found is not theirs to read.
    *by_scope(Finding, write=(Kind.POST, Kind.MINISTRY, Kind.WORKER), read=(Kind.OFFICE,)),
]
