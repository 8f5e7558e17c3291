"""Who sees check-ins and employments; recruiters see neither."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import by_scope
from lindung.monitoring.models import CheckIn, Employment

POLICIES = [
    *by_scope(CheckIn, write=(Kind.POST, Kind.WORKER), read=(Kind.OFFICE,)),
    *by_scope(Employment, write=(Kind.POST,), read=(Kind.OFFICE, Kind.WORKER)),
]
