"""Who sees complaints and cases: never a recruiter, since it may be the one complained of.

What a sealed case holds is read by whoever opened it with a second person, by nobody else of the
post or the ministry; it may still be added to. A worker reads their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models

from lindung.access.actors import Kind
from lindung.access.policies import (
    EVERY_ROW,
    OPENED,
    POST,
    READ,
    WORKER,
    WRITE,
    RowPolicy,
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


def _sealed(model: type[models.Model]) -> Iterator[RowPolicy]:
    """Of a post, but for what it has not opened."""
    # A case that goes to another post is moved by our robot, so a post writes its own scope only.
    yield RowPolicy(model, Kind.POST, f"{POST} and {OPENED}", WRITE, POST)
    yield RowPolicy(model, Kind.MINISTRY, OPENED, WRITE, EVERY_ROW)
    yield RowPolicy(model, Kind.CLOCK, EVERY_ROW, WRITE)


POLICIES = [
    *_sealed(Complaint),
    RowPolicy(Complaint, Kind.WORKER, WORKER, WRITE),
    *by_scope(Case, write=(*_DESK, Kind.WORKER)),
    *_sealed(SealedPart),
    RowPolicy(SealedPart, Kind.WORKER, WORKER, READ),
    *_sealed(CaseNote),
    RowPolicy(CaseNote, Kind.WORKER, _OWN_NOTES, WRITE),
    *_sealed(Evidence),
    RowPolicy(Evidence, Kind.WORKER, WORKER, WRITE),
    *_sealed(CaseTask),
    *_sealed(Informant),
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
