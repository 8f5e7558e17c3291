"""Who sees the chain: the recruiter its own, the post its jurisdiction, the ministry all."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import Declaration, by_scope
from lindung.recruitment.models import (
    Agreement,
    JobOrder,
    Override,
    Place,
    RecruitmentPermit,
    Signature,
)

_CHAIN = (Kind.AGENCY, Kind.POST, Kind.MINISTRY)

POLICIES: list[Declaration] = [
    *by_scope(Agreement, write=_CHAIN),
    *by_scope(JobOrder, write=_CHAIN),
    *by_scope(RecruitmentPermit, write=(Kind.AGENCY, Kind.MINISTRY), read=(Kind.POST,)),
    # How officers argued about a recruiter's paper is not the recruiter's to read.
    *by_scope(Override, write=(Kind.POST, Kind.MINISTRY)),
    *by_scope(Signature, write=_CHAIN),
    *by_scope(Place, write=_CHAIN, read=(Kind.WORKER,)),
]
