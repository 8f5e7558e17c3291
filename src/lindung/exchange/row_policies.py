"""Who sees which messages. Whatever is written here is written by our own robots."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import EVERY_ROW, WRITE, OpenTable, RowPolicy, by_scope
from lindung.exchange.models import (
    Incoming,
    Lane,
    Outgoing,
    OwnKey,
    Partner,
    PartnerKey,
    SeenRequest,
)

# A worker sees what was said about them; the other country its own messages; a recruiter nothing.
_READERS = (Kind.POST, Kind.PARTNER, Kind.WORKER)

POLICIES = [
    OpenTable(Partner, writers=(Kind.CLOCK, Kind.MINISTRY)),
    OpenTable(PartnerKey, writers=(Kind.CLOCK, Kind.MINISTRY), may=(*WRITE, "delete")),
    OpenTable(OwnKey, writers=(Kind.CLOCK,)),
    RowPolicy(Lane, Kind.CLOCK, EVERY_ROW, WRITE),
    RowPolicy(SeenRequest, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    *by_scope(Outgoing, read=_READERS),
    *by_scope(Incoming, read=_READERS),
]
