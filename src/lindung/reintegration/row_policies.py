"""Who sees returns and plans."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import by_scope
from lindung.reintegration.models import Owed, Plan, Return

POLICIES = [
    *by_scope(Return, write=(Kind.POST, Kind.OFFICE, Kind.MINISTRY), read=(Kind.WORKER,)),
    *by_scope(Owed, write=(Kind.POST, Kind.OFFICE, Kind.MINISTRY), read=(Kind.WORKER,)),
    *by_scope(Plan, write=(Kind.OFFICE, Kind.MINISTRY), read=(Kind.WORKER, Kind.POST)),
]
