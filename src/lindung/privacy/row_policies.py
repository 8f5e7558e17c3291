"""Who sees requests: those in scope. Holds: posts and the ministry, since one tells of a case.

What two people decide, and breaches, are the ministry's.

Our robot may delete rows of the tables that the schedule says are erased; which rows, and when, is
``operations.erasing``'s to keep.
"""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import EVERY_ROW, READ, WRITE, MayErase, RowPolicy, by_scope
from lindung.privacy import schedule
from lindung.privacy.models import Affected, Breach, Erasure, Hold, Period, Request, Tally

POLICIES = [
    *by_scope(Hold, write=(Kind.MINISTRY, Kind.POST)),
    *by_scope(Request, write=(Kind.MINISTRY, Kind.POST, Kind.OFFICE, Kind.WORKER)),
    *(
        RowPolicy(table, kind, EVERY_ROW, WRITE)
        for table in (Period, Erasure, Breach)
        for kind in (Kind.MINISTRY, Kind.CLOCK)
    ),
    RowPolicy(Affected, Kind.MINISTRY, EVERY_ROW, READ),
    # Worked out anew, so the list before goes.
    RowPolicy(Affected, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    RowPolicy(Affected, Kind.WORKER, "worker_id = (select access.worker())", READ),
    RowPolicy(Tally, Kind.MINISTRY, EVERY_ROW, READ),
    RowPolicy(Tally, Kind.CLOCK, EVERY_ROW, ("select", "insert")),
    *(MayErase(each.model) for each in schedule.tables().values() if each.then == "erase"),
]
