"""Who sees the rosters and the calls. A worker's own page is told what it may know by a query."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import EVERY_ROW, POST, WRITE, RowPolicy, by_scope
from lindung.duty.models import Call, ChainStep, Handover, Ring, SharedPlace, Shift

_DELETE = (*WRITE, "delete")

POLICIES = [
    *(
        RowPolicy(model, kind, rows, WRITE)
        for model in (Shift, Handover, ChainStep)
        for kind, rows in (
            (Kind.POST, POST),
            (Kind.MINISTRY, EVERY_ROW),
            (Kind.CLOCK, EVERY_ROW),
        )
    ),
    *by_scope(Call, write=(Kind.POST, Kind.MINISTRY)),
    *by_scope(Ring, write=(Kind.POST, Kind.MINISTRY)),
    RowPolicy(SharedPlace, Kind.POST, POST),
    RowPolicy(SharedPlace, Kind.MINISTRY, EVERY_ROW),
    RowPolicy(SharedPlace, Kind.CLOCK, EVERY_ROW, _DELETE),
]
