"""Who sees what happened to whom.

A recruiter sees nothing of it but what the law asks of it (``AgencyDuty``); a home office sees no
word on health; the person sees what is theirs; a relative is told by a query that asks the rules.
"""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import AGENCY, RowPolicy, by_scope
from lindung.incidents.models import (
    AgencyDuty,
    Expense,
    FamilyNotice,
    Happening,
    HealthFinding,
    Incident,
    Reception,
    Ruling,
    Todo,
)

_DESK = (Kind.POST, Kind.OFFICE, Kind.MINISTRY)

POLICIES = [
    *by_scope(Incident, write=_DESK, read=(Kind.WORKER,)),
    *by_scope(Todo, write=_DESK),
    *by_scope(HealthFinding, write=(Kind.POST, Kind.MINISTRY), read=(Kind.WORKER,)),
    *by_scope(FamilyNotice, write=_DESK),
    *by_scope(Happening, write=(Kind.POST, Kind.MINISTRY), read=(Kind.WORKER,)),
    *by_scope(Expense, write=_DESK, read=(Kind.WORKER,)),
    *by_scope(Ruling, write=(Kind.POST, Kind.MINISTRY)),
    *by_scope(AgencyDuty, write=(Kind.POST, Kind.MINISTRY)),
    # It answers what it was asked, and asks itself nothing.
    RowPolicy(AgencyDuty, Kind.AGENCY, AGENCY, ("select", "update")),
    *by_scope(Reception, write=(Kind.OFFICE, Kind.MINISTRY), read=(Kind.POST, Kind.WORKER)),
]
