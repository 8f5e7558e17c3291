"""Who sees what was paid. A recruiter sees what it told itself, and nothing that a worker said."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import (
    AGENCY,
    EVERY_ROW,
    OFFICE,
    POST,
    WORKER,
    WRITE,
    Declaration,
    RowPolicy,
    by_scope,
)
from lindung.costs.models import (
    Asking,
    Capture,
    Charge,
    CostRatio,
    Loan,
    Overcharge,
    Refund,
)

_DESK = (Kind.POST, Kind.OFFICE, Kind.MINISTRY)
_OWN_WORD = f"{AGENCY} and told_by = 'agency'"
# Captures are put in, and no answer is ever changed.
_APPEND = ("select", "insert")

POLICIES: list[Declaration] = [
    *by_scope(Charge, write=(*_DESK, Kind.WORKER)),
    RowPolicy(Charge, Kind.AGENCY, _OWN_WORD, WRITE),
    *by_scope(Refund, write=(*_DESK, Kind.WORKER)),
    RowPolicy(Refund, Kind.AGENCY, _OWN_WORD, WRITE),
    *by_scope(Loan, write=(*_DESK, Kind.WORKER)),
    *by_scope(Asking, write=(*_DESK, Kind.WORKER)),
    RowPolicy(Capture, Kind.POST, POST, _APPEND),
    RowPolicy(Capture, Kind.OFFICE, OFFICE, _APPEND),
    RowPolicy(Capture, Kind.WORKER, WORKER, _APPEND),
    RowPolicy(Capture, Kind.MINISTRY, EVERY_ROW, _APPEND),
    # Our robot moves rows when two entries of one person become one file.
    RowPolicy(Capture, Kind.CLOCK, EVERY_ROW, WRITE),
    # Judged and reckoned by our robot alone, whoever told.
    *by_scope(Overcharge, read=(Kind.POST, Kind.OFFICE, Kind.WORKER)),
    *by_scope(CostRatio, read=(Kind.POST, Kind.OFFICE, Kind.WORKER)),
]
