"""A clock that passed goes up the chain of its class, once for each rung."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.protection.clocks import practice
from lindung.protection.events import CaseEscalated
from lindung.protection.models import Case, Escalation

BATCH = 500
# A clock's name → the instant from which it is late, and the one at which it was met.
CLOCKS = {
    "answer": ("answer_due_at", "answered_at"),
    "plan": ("plan_due_at", "planned_at"),
    "close": ("due_at", "closed_at"),
}


@operation(Right.CASE_WORK)
def escalate(actor: Actor, *, at: datetime) -> int:
    """Tell the next in the chain of every clock that has passed; returns how many were told.

    One query for each clock and rung of a class, however many cases stand; at most a batch each.
    """
    told = 0
    for name, clock in practice().classes.items():
        for number, rung in enumerate(clock.escalation):
            since = at - timedelta(minutes=rung.after_minutes)
            for which in CLOCKS:
                late = _late(name, which, number, since)
                told += _tell(actor, late, which, number, rung.role, at)
    return told


def _late(name: str, which: str, rung: int, since: datetime) -> list[Case]:
    due, met = CLOCKS[which]
    before = Escalation.objects.filter(case_id=OuterRef("id"), clock=which, rung=rung)
    late = Case.objects.filter(~Exists(before), clock_class=name, closed_at__isnull=True)
    late = late.filter(**{f"{due}__lte": since, f"{met}__isnull": True})
    if which != "answer":
        late = late.filter(paused_until__isnull=True)
    return list(late.order_by(due)[:BATCH])


def _tell(actor: Actor, late: list[Case], which: str, rung: int, role: str, at: datetime) -> int:
    Escalation.objects.bulk_create(
        (
            Escalation(
                case=case,
                worker_id=case.worker_id,
                clock=which,
                rung=rung,
                # Where no post is in charge the ministry is the first to be told.
                role=role if case.post_id is not None else "ministry_officer",
                at=at,
                **case.scope(),
            )
            for case in late
        ),
        ignore_conflicts=True,
    )
    for case in late:
        told = CaseEscalated(case=case.id, number=case.number, clock=which, rung=rung, role=role)
        record(told, actor=actor, about=case)
    return len(late)
