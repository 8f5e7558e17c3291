"""Who sees which messages. Whatever is written here is written by our own robots."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import EVERY_ROW, POST, WRITE, OpenTable, RowPolicy, by_scope
from lindung.exchange.models import (
    Comparison,
    Difference,
    DifferenceStep,
    Drop,
    GraveAct,
    Incoming,
    Lane,
    Outgoing,
    OwnKey,
    Partner,
    PartnerHead,
    PartnerKey,
    PartnerLink,
    PastAlarm,
    SeenRequest,
    SharedRecord,
    Sheet,
    StaleRecord,
    StrangerHour,
    TreeNode,
)

# A worker sees what was said about them; the other country its own messages; a recruiter nothing.
_READERS = (Kind.POST, Kind.PARTNER, Kind.WORKER)

POLICIES = [
    OpenTable(Partner, writers=(Kind.CLOCK, Kind.MINISTRY)),
    OpenTable(PartnerKey, writers=(Kind.CLOCK, Kind.MINISTRY), may=(*WRITE, "delete")),
    OpenTable(OwnKey, writers=(Kind.CLOCK,)),
    RowPolicy(GraveAct, Kind.MINISTRY, EVERY_ROW, WRITE),
    RowPolicy(GraveAct, Kind.CLOCK, EVERY_ROW, WRITE),
    OpenTable(StrangerHour, writers=(Kind.CLOCK,)),
    RowPolicy(Lane, Kind.CLOCK, EVERY_ROW, WRITE),
    # Tables in it hold many people: the ministry reads, our robot writes.
    RowPolicy(Drop, Kind.CLOCK, EVERY_ROW, WRITE),
    RowPolicy(Drop, Kind.MINISTRY, EVERY_ROW),
    RowPolicy(SeenRequest, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    *by_scope(Outgoing, read=_READERS),
    *by_scope(Incoming, read=_READERS),
    # Typed by the offices that serve the country; a worker reads the message itself.
    *by_scope(Sheet, read=(Kind.POST,)),
    # The digest tree is our robot's, its leaves also those of the post in charge; a difference is
    # read by those it concerns, on both sides.
    RowPolicy(SharedRecord, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    RowPolicy(SharedRecord, Kind.POST, POST),
    RowPolicy(StaleRecord, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    RowPolicy(StaleRecord, Kind.POST, POST),
    RowPolicy(TreeNode, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    OpenTable(Comparison, writers=(Kind.CLOCK,)),
    *by_scope(Difference, read=_READERS),
    *by_scope(DifferenceStep, read=(Kind.POST,)),
    # Heads are kept as they came: nobody changes one, our robot included.
    OpenTable(PartnerHead, writers=(Kind.CLOCK,), may=("select", "insert")),
    OpenTable(PartnerLink, writers=(Kind.CLOCK,), may=("select", "insert")),
    *by_scope(PastAlarm, read=(Kind.POST, Kind.PARTNER)),
]
