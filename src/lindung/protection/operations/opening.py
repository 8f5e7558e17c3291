"""A case is opened: its number, its clocks, its owner."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.jurisdictions import workweek_of
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.ready import add
from lindung.access.rights import Right
from lindung.kernel.clock import Workweek
from lindung.kernel.ids import new_id
from lindung.outreach.operations import send
from lindung.protection.clocks import clock_of
from lindung.protection.events import CaseOpened
from lindung.protection.kinds import CLOSED, kind_of
from lindung.protection.models import OPEN, Case, CaseKind, SealedPart
from lindung.protection.operations.parts import write_note
from lindung.registry import queries as registry
from lindung.registry.models import Worker


@operation(Right.CASE_OPEN)
def open_case(
    actor: Actor,
    worker_id: UUID,
    *,
    kind: CaseKind,
    at: datetime,
    complaint_id: UUID | None = None,
    words: str = "",
    tells: bool = True,
) -> Case:
    """Open a case; its clocks begin now and no hand-over restarts them.

    Args:
        tells: whether the worker is written to; not where the phone must stay dark.
    Raises:
        NotFound: no such person, or none this actor may see.
    """
    worker = registry.worker(worker_id)
    return begin(
        actor,
        worker,
        kind=CaseKind(kind),
        at=at,
        opened_at=at,
        complaint_id=complaint_id,
        words=words,
        tell=tells,
    )


def begin(
    actor: Actor,
    worker: Worker,
    *,
    kind: CaseKind,
    at: datetime,
    opened_at: datetime,
    complaint_id: UUID | None = None,
    words: str = "",
    compartment: UUID = OPEN,
    tell: bool = True,
) -> Case:
    """Make the case; part of another operation, which may date its clocks back.

    Args:
        opened_at: from when its clocks count.
        compartment: that of the complaint; a sealed kind without one gets its own.
        tell: whether the person is told the number.
    """
    week = workweek_of(worker.post_id) or Workweek(country="", timezone=settings.TIME_ZONE)
    clock, about = clock_of(kind), kind_of(kind)
    id_ = new_id()
    if about.sealed and compartment == OPEN:
        compartment = complaint_id or id_
    sealed = compartment != OPEN
    case = Case(
        id=id_,
        number=next_number(Series.CASE, on=at.date()),
        worker=worker,
        complaint_id=complaint_id,
        kind=CLOSED if sealed else kind,
        compartment=compartment,
        clock_class=about.class_,
        duty_role="attache" if worker.post_id else "ministry_officer",
        opened_at=opened_at,
        answer_due_at=clock.answer_due(opened_at, week),
        plan_due_at=clock.plan_due(opened_at, week),
        due_at=clock.close_due(opened_at, week),
        is_demo=worker.is_demo,
        **worker.scope(),
    )
    add(case)
    if sealed:
        add(
            SealedPart(
                case=case, worker=worker, compartment=compartment, kind=kind, **worker.scope()
            )
        )
    record(
        CaseOpened(
            case=case.id,
            number=case.number,
            kind=str(case.kind),
            label=case.get_kind_display(),
            answer_due_at=case.answer_due_at,
            due_at=case.due_at,
        ),
        actor=actor,
        about=case,
    )
    if words:
        write_note(case, words=words, at=at, author=worker.shown_name, from_worker=True)
    if tell:
        due = case.answer_due_at.astimezone(ZoneInfo(week.timezone))
        send(actor, worker, "case_received", number=case.number, due=f"{due:%d-%m-%Y %H.%M}")
    return case
