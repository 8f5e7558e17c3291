"""Who sees messages to and from people, and those who wrote them."""

from __future__ import annotations

from dataclasses import replace

from lindung.access.actors import Kind
from lindung.access.policies import EVERY_ROW, WRITE, RowPolicy, by_scope
from lindung.outreach.models import (
    FamilyLink,
    Medium,
    Message,
    OfficerAlert,
    Received,
    SafeContact,
    Sender,
)
from lindung.outreach.templates import SECRET_TEMPLATES

_OFFICIALS = {Kind.POST, Kind.OFFICE, Kind.MINISTRY}
_NO_SECRET = "template not in ('" + "', '".join(SECRET_TEMPLATES) + "')"
_WRITERS = (Kind.POST, Kind.OFFICE, Kind.MINISTRY, Kind.WORKER)
_DESK = (Kind.POST, Kind.OFFICE, Kind.MINISTRY)
# What a relative says about a person is between the relative and us.
_NOT_A_RELATIVES = "member_id is null"


def _of_messages() -> list[RowPolicy]:
    found = []
    for policy in by_scope(Message, write=_WRITERS):
        if policy.kind in _OFFICIALS:
            # Codes and links that let a person in are for that person: an official may put one in
            # (a recovery) and never reads it again.
            policy = replace(policy, rows=f"{policy.rows} and {_NO_SECRET}", new_rows=policy.rows)
        elif policy.kind is Kind.WORKER:
            policy = replace(policy, rows=f"{policy.rows} and {_NOT_A_RELATIVES}")
        found.append(policy)
    return found


POLICIES = [
    *by_scope(SafeContact, write=_WRITERS),
    # Links are checked by our robot before anybody acts.
    RowPolicy(FamilyLink, Kind.CLOCK, EVERY_ROW, (*WRITE, "delete")),
    *_of_messages(),
    *by_scope(Sender, write=_DESK),
    *by_scope(Received, write=_DESK),
    *by_scope(Medium, read=_DESK),
    # Written by our robot; who answers a call sees whether the others were reached.
    *by_scope(OfficerAlert, read=(Kind.POST,)),
]
