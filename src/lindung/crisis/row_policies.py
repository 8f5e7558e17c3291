"""Who sees what of a muster: the post in charge of each person, and the ministry.

Events and their footprints hold no person; posts and the ministry read them all, since a person of one
post may be inside what another declared. Recruiters, offices at home and other countries have none of it.
"""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import EVERY_ROW, POST, WRITE, RowPolicy, by_scope
from lindung.crisis.models import (
    CrisisEvent,
    FootprintArea,
    FootprintSpan,
    MusterEntry,
    MusterRound,
)

_DESK = (Kind.POST, Kind.MINISTRY, Kind.CLOCK)
_BOTH = (Kind.POST, Kind.MINISTRY)

POLICIES = [
    *(
        # Read by every desk, written in one's own name.
        RowPolicy(CrisisEvent, kind, EVERY_ROW, WRITE, POST if kind is Kind.POST else EVERY_ROW)
        for kind in _DESK
    ),
    *(
        RowPolicy(table, kind, EVERY_ROW, (*WRITE, "delete"))
        for table in (FootprintArea, FootprintSpan)
        for kind in _DESK
    ),
    *by_scope(MusterRound, write=_BOTH),
    *by_scope(MusterEntry, write=_BOTH),
]
