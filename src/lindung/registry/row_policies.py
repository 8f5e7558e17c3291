"""Who sees which people, and what is known of them."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import AGENCY, EVERY_ROW, WRITE, OpenTable, RowPolicy, by_scope
from lindung.registry.models import (
    Agency,
    DistinctPair,
    Employer,
    EntryCode,
    Fact,
    FamilyMember,
    Identifier,
    MergeRecord,
    OutsideNumber,
    PostChange,
    SelfEnrolment,
    Task,
    Worker,
    WorkerState,
    WorkerToken,
)

_OFFICIALS = (Kind.POST, Kind.AGENCY, Kind.OFFICE, Kind.MINISTRY)

POLICIES = [
    *by_scope(Worker, write=(*_OFFICIALS, Kind.WORKER), read=(Kind.FAMILY,), worker_column="id"),
    # A relative is told of somebody's condition only where that person allows it: by a query.
    *by_scope(WorkerState, write=(*_OFFICIALS, Kind.WORKER)),
    *(
        RowPolicy(policy.model, policy.kind, policy.rows, (*WRITE, "delete"))
        for policy in by_scope(WorkerToken, write=(*_OFFICIALS, Kind.WORKER))
    ),
    *by_scope(Identifier, write=(*_OFFICIALS, Kind.WORKER)),
    *by_scope(OutsideNumber, write=_OFFICIALS, read=(Kind.WORKER,)),
    # A recruiter never learns from us where a worker has gone, nor whom to press at home.
    *by_scope(Fact, write=(Kind.POST, Kind.OFFICE, Kind.MINISTRY, Kind.WORKER)),
    *by_scope(FamilyMember, write=(Kind.POST, Kind.OFFICE, Kind.MINISTRY, Kind.WORKER)),
    *by_scope(Task, write=(Kind.POST, Kind.OFFICE, Kind.MINISTRY, Kind.WORKER)),
    # A recruiter fills gaps in a file; what others must find out about a person tells how they
    # are, and is not a recruiter's to tick off. ``^@`` is leakproof.
    RowPolicy(Task, Kind.AGENCY, f"{AGENCY} and kind ^@ 'gap:'", WRITE, AGENCY),
    # Whether somebody has papers is for the post that protects and for the person; no office that
    # may have to enforce, here or there, is given the table.
    *by_scope(SelfEnrolment, write=(Kind.POST, Kind.WORKER)),
    # Written by our robot, since the row names both posts.
    *by_scope(PostChange, read=(Kind.POST,)),
    *by_scope(DistinctPair, write=_OFFICIALS),
    # Why two entries are one person may tell more than a recruiter should know.
    *by_scope(MergeRecord, write=(Kind.POST, Kind.OFFICE, Kind.MINISTRY)),
    *by_scope(Employer, write=(Kind.POST, Kind.MINISTRY)),
    OpenTable(Agency, writers=(Kind.MINISTRY, Kind.CLOCK)),
    # Codes are checked by our robot before anybody acts.
    RowPolicy(EntryCode, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
]
