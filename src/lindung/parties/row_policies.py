"""Who sees which rows: companies are public, files against a party are not."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import AGENCY, EVERY_ROW, Declaration, OpenTable, RowPolicy, by_scope
from lindung.parties.models import (
    AgencyStanding,
    ForeignAgency,
    LicenceAct,
    PartyHearing,
    ProblemEntry,
    ProblemOverride,
    Provider,
    PublishedProblem,
)

_APPEND = ("select", "insert")

POLICIES: list[Declaration] = [
    OpenTable(LicenceAct, writers=(Kind.MINISTRY, Kind.CLOCK), may=_APPEND),
    OpenTable(ForeignAgency, writers=(Kind.POST, Kind.MINISTRY, Kind.CLOCK)),
    OpenTable(Provider, writers=(Kind.OFFICE, Kind.MINISTRY, Kind.CLOCK)),
    OpenTable(PublishedProblem, writers=(Kind.POST, Kind.MINISTRY, Kind.CLOCK)),
    # Means are a company's own matter and the supervisors'.
    RowPolicy(AgencyStanding, Kind.MINISTRY, EVERY_ROW, _APPEND),
    RowPolicy(AgencyStanding, Kind.CLOCK, EVERY_ROW, _APPEND),
    RowPolicy(AgencyStanding, Kind.OFFICE, EVERY_ROW),
    RowPolicy(AgencyStanding, Kind.POST, EVERY_ROW),
    RowPolicy(AgencyStanding, Kind.AGENCY, AGENCY),
    # A file names who reported. The accused never reads it; what it is told, and what is published,
    # stand apart.
    *by_scope(ProblemEntry, write=(Kind.POST, Kind.MINISTRY)),
    *by_scope(PartyHearing, write=(Kind.POST, Kind.MINISTRY, Kind.AGENCY)),
    *by_scope(ProblemOverride, write=(Kind.MINISTRY,), read=(Kind.POST,)),
]
