"""Who sees check-ins and employments; recruiters see neither."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import by_scope
from lindung.monitoring.models import (
    Answer,
    CheckIn,
    Companion,
    DiaryDay,
    Employment,
    Extension,
    Leave,
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
]
