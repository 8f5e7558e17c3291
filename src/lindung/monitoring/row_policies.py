"""Who sees check-ins and employments; recruiters see neither."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import EVERY_ROW, POST, WRITE, RowPolicy, by_scope
from lindung.monitoring.models import (
    Answer,
    BookLine,
    CheckIn,
    Companion,
    DiaryDay,
    Employment,
    Extension,
    Leave,
    LineMark,
    Recount,
    Tally,
    WageReport,
)

POLICIES = [
    *by_scope(CheckIn, write=(Kind.POST, Kind.WORKER), read=(Kind.OFFICE,)),
    *by_scope(Employment, write=(Kind.POST,), read=(Kind.OFFICE, Kind.WORKER)),
    # What is told in trust is for the post that can help, and for who told it.
    *by_scope(WageReport, write=(Kind.POST, Kind.WORKER)),
    *by_scope(Answer, write=(Kind.POST, Kind.WORKER)),
    *by_scope(DiaryDay, write=(Kind.POST, Kind.WORKER)),
    *by_scope(Leave, write=(Kind.POST,), read=(Kind.OFFICE, Kind.WORKER)),
    *by_scope(Extension, write=(Kind.POST, Kind.WORKER), read=(Kind.OFFICE,)),
    # Family abroad, children among them: for the post that would call them up, and the worker.
    *by_scope(Companion, write=(Kind.POST, Kind.WORKER)),
    # A post adds up its own totals. Lines of the book and marks are our robot's alone.
    RowPolicy(Tally, Kind.POST, POST),
    RowPolicy(Tally, Kind.MINISTRY, EVERY_ROW),
    RowPolicy(Tally, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    RowPolicy(BookLine, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    *(
        RowPolicy(LineMark, kind, "false", ("insert",), "true")
        for kind in Kind
        if kind is not Kind.CLOCK
    ),
    RowPolicy(LineMark, Kind.CLOCK, EVERY_ROW, ("select", "insert", "delete")),
    RowPolicy(Recount, Kind.CLOCK, EVERY_ROW, WRITE),
]
