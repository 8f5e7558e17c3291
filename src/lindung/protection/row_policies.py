"""Who sees complaints and cases: never a recruiter, since it may be the one complained of.

What a sealed case holds is read by whoever opened it with a second person, by nobody else of the
post or the ministry; it may still be added to. A worker reads their own.
"""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import (
    READ,
    WORKER,
    WRITE,
    RowPolicy,
    by_compartment,
    by_scope,
)
from lindung.protection.models import (
    Case,
    CaseLink,
    CaseNote,
    CasePause,
    CaseTask,
    Complaint,
    ContactAttempt,
    Escalation,
    Evidence,
    HandOver,
    Hearing,
    Informant,
    Opening,
    Sanction,
    SealedPart,
    TrackStep,
)

_DESK = (Kind.POST, Kind.MINISTRY)
_OWN_NOTES = f"{WORKER} and not internal"


POLICIES = [
    *by_compartment(Complaint),
    RowPolicy(Complaint, Kind.WORKER, WORKER, WRITE),
    *by_scope(Case, write=(*_DESK, Kind.WORKER)),
    *by_compartment(SealedPart),
    RowPolicy(SealedPart, Kind.WORKER, WORKER, READ),
    *by_compartment(CaseNote),
    RowPolicy(CaseNote, Kind.WORKER, _OWN_NOTES, WRITE),
    *by_compartment(Evidence),
    RowPolicy(Evidence, Kind.WORKER, WORKER, WRITE),
    *by_compartment(CaseTask),
    *by_compartment(Informant),
    *by_scope(Hearing, write=_DESK),
    *by_scope(CasePause, write=_DESK, read=(Kind.WORKER,)),
    *by_scope(HandOver, write=_DESK, read=(Kind.WORKER,)),
    *by_scope(ContactAttempt, write=_DESK, read=(Kind.WORKER,)),
    *by_scope(CaseLink, write=_DESK, read=(Kind.WORKER,)),
    *by_scope(TrackStep, write=_DESK, read=(Kind.WORKER,)),
    *by_scope(Escalation, read=(Kind.POST,)),
    *by_scope(Opening, write=_DESK, read=(Kind.WORKER,)),
    *by_scope(Sanction, write=_DESK),
]
