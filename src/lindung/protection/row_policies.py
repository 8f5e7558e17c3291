"""Who sees complaints and cases: never a recruiter, since it may be the one complained of."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import WORKER, WRITE, RowPolicy, by_scope
from lindung.protection.models import Case, CaseNote, Complaint

POLICIES = [
    *by_scope(Complaint, write=(Kind.POST, Kind.WORKER)),
    *by_scope(Case, write=(Kind.POST, Kind.WORKER)),
    *(policy for policy in by_scope(CaseNote, write=(Kind.POST,)) if policy.kind != Kind.WORKER),
    RowPolicy(CaseNote, Kind.WORKER, f"{WORKER} and not internal", WRITE),
]
