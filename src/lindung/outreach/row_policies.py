"""Who sees messages to people."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import by_scope
from lindung.outreach.models import Message, SafeContact

_WRITERS = (Kind.POST, Kind.OFFICE, Kind.MINISTRY, Kind.WORKER)

POLICIES = [
    *by_scope(SafeContact, write=_WRITERS),
    *by_scope(Message, write=_WRITERS),
]
