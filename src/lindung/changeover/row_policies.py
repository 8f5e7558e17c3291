"""Who sees what a changeover left: our robot works on it, the ministry reads how it went."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import EVERY_ROW, READ, WRITE, OpenTable, RowPolicy
from lindung.changeover.models import Chunk, Fault, Import, Link, Staged

POLICIES = [
    OpenTable(Import, writers=(Kind.CLOCK,)),
    OpenTable(Chunk, writers=(Kind.CLOCK,)),
    OpenTable(Fault, writers=(Kind.CLOCK,)),
    RowPolicy(Staged, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    RowPolicy(Link, Kind.CLOCK, EVERY_ROW, WRITE),
    RowPolicy(Link, Kind.MINISTRY, EVERY_ROW, READ),
]
