"""Who sees messages to people."""

from __future__ import annotations

from dataclasses import replace

from lindung.access.actors import Kind
from lindung.access.policies import EVERY_ROW, WRITE, RowPolicy, by_scope
from lindung.outreach.models import FamilyLink, Message, SafeContact
from lindung.outreach.templates import SECRET_TEMPLATES

_OFFICIALS = {Kind.POST, Kind.OFFICE, Kind.MINISTRY}
_NO_SECRET = "template not in ('" + "', '".join(SECRET_TEMPLATES) + "')"
_WRITERS = (Kind.POST, Kind.OFFICE, Kind.MINISTRY, Kind.WORKER)

POLICIES = [
    *by_scope(SafeContact, write=_WRITERS),
    # Links are checked by our robot before anybody acts.
    RowPolicy(FamilyLink, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    # Codes and links that let a person in are for that person: an official may put one in (a
    # recovery) and never reads it again.
    *(
        replace(policy, rows=f"{policy.rows} and {_NO_SECRET}", new_rows=policy.rows)
        if policy.kind in _OFFICIALS
        else policy
        for policy in by_scope(Message, write=_WRITERS)
    ),
]
