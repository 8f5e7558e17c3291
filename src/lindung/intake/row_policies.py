"""Who sees the lists: whoever sent them, and the ministry."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import Declaration, by_scope
from lindung.intake.models import Batch, Row

_SENDERS = (Kind.AGENCY, Kind.OFFICE, Kind.MINISTRY)

POLICIES: list[Declaration] = [*by_scope(Batch, write=_SENDERS), *by_scope(Row, write=_SENDERS)]
