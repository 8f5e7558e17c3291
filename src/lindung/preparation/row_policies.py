"""Who sees orientation, insurance, clearance and border."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import Declaration, OpenTable, by_scope
from lindung.preparation.models import (
    Attendance,
    Clearance,
    ClearanceCheck,
    Cover,
    Crossing,
    OrientationSession,
)

_DESK = (Kind.POST, Kind.AGENCY, Kind.OFFICE, Kind.MINISTRY)

POLICIES: list[Declaration] = [
    OpenTable(OrientationSession, writers=(Kind.OFFICE, Kind.MINISTRY, Kind.CLOCK)),
    # A hash, a number, a day: whoever holds the paper may ask whether it stands.
    OpenTable(
        ClearanceCheck,
        writers=(Kind.OFFICE, Kind.MINISTRY, Kind.AGENCY, Kind.POST, Kind.WORKER, Kind.CLOCK),
    ),
    *by_scope(Attendance, write=_DESK, read=(Kind.WORKER,)),
    *by_scope(Cover, write=_DESK, read=(Kind.WORKER,)),
    *by_scope(Clearance, write=(*_DESK, Kind.WORKER)),
    *by_scope(Crossing, write=(*_DESK, Kind.WORKER)),
]
