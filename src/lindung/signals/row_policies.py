"""Who sees alerts: the post in charge and the ministry, never the party an alert may be about.

Recruiters, offices at home, families and other countries have no policy here at all. The person reads
what an officer let out, in its softened form.
"""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import EVERY_ROW, READ, WRITE, RowPolicy, by_scope
from lindung.signals.models import (
    Alert,
    AlertReview,
    AuditPick,
    Notice,
    Pass,
    Threshold,
    Touched,
    Unjudged,
)

_BOTH = (Kind.POST, Kind.MINISTRY)

POLICIES = [
    *by_scope(Alert, write=_BOTH),
    *by_scope(AlertReview, write=_BOTH),
    *by_scope(AuditPick, write=_BOTH),
    *by_scope(Notice, write=_BOTH, read=(Kind.WORKER,)),
    # Figures and thresholds of our own: known at the desks, and no business of an exploiter.
    RowPolicy(Threshold, Kind.MINISTRY, EVERY_ROW, WRITE),
    RowPolicy(Threshold, Kind.POST, EVERY_ROW, READ),
    RowPolicy(Threshold, Kind.CLOCK, EVERY_ROW, READ),
    *(RowPolicy(table, kind, EVERY_ROW, READ) for table in (Unjudged, Pass) for kind in _BOTH),
    RowPolicy(Unjudged, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    RowPolicy(Pass, Kind.CLOCK, EVERY_ROW, WRITE),
    # Whoever tells something leaves word for our robot, and nobody else reads that.
    *(
        RowPolicy(Touched, kind, "false", ("insert",), "true")
        for kind in Kind
        if kind is not Kind.CLOCK
    ),
    RowPolicy(Touched, Kind.CLOCK, EVERY_ROW, ("select", "insert", "delete")),
]
