"""Who sees visits: the post that goes, and the ministry. Never an agency or an employer."""

from __future__ import annotations

from lindung.access.actors import Kind
from lindung.access.policies import EVERY_ROW, POST, WRITE, Declaration, RowPolicy
from lindung.visits.models import Answer, Met, Visit

POLICIES: list[Declaration] = [
    policy
    for model in (Visit, Answer, Met)
    for policy in (
        RowPolicy(model, Kind.POST, POST, WRITE),
        RowPolicy(model, Kind.MINISTRY, EVERY_ROW),
        RowPolicy(model, Kind.CLOCK, EVERY_ROW, WRITE),
    )
]
