"""Plan and close wait for a reason and until a day; first human contact never does."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.clock import Pause
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete
from lindung.protection.clocks import class_clock, moved_by
from lindung.protection.events import CasePaused, CaseResumed
from lindung.protection.models import Case, CasePause
from lindung.protection.operations.parts import changed, locked, needed, still_open, week_of

BATCH = 500


@operation(Right.CASE_WORK)
def pause(
    actor: Actor,
    case_id: UUID,
    *,
    reason: str,
    until: datetime,
    at: datetime,
    version: int | None = None,
) -> CasePause:
    """Let plan and close wait until an instant; it ends by itself then.

    Raises:
        NotFound: no such case, or none this actor may see.
        Conflict: somebody changed it meanwhile.
        StepClosed: it has ended, or is paused already.
        Incomplete: no reason, or an end that is not ahead.
    """
    needed(reason=reason)
    if until <= at:
        raise Incomplete(fields={"until": "Akhir jeda harus di depan."})
    case = still_open(locked(case_id, version), "pause")
    if case.paused_until is not None:
        raise StepClosed(step="pause", state="paused")
    made = CasePause(
        case=case,
        worker_id=case.worker_id,
        at=at,
        by_name=actor.name,
        by_office=actor.office,
        reason=reason.strip()[:300],
        until_at=until,
        due_before_at=case.due_at,
        plan_due_before_at=case.plan_due_at,
        **case.scope(),
    )
    made.save(force_insert=True)
    case.paused_until = until
    _shift(case, made, until)
    changed(case, "paused_until", "due_at", "plan_due_at")
    told = CasePaused(case=case.id, number=case.number, until_at=until)
    record(told, actor=actor, about=case)
    return made


@operation(Right.CASE_WORK)
def resume(actor: Actor, case_id: UUID, *, at: datetime) -> Case:
    """End a pause before its day; only the time it really took has moved the clocks.

    Raises:
        NotFound: no such case, or none this actor may see.
        StepClosed: it is not paused.
    """
    case = locked(case_id)
    made = CasePause.objects.filter(case=case, ended_at__isnull=True).first()
    if made is None:
        raise StepClosed(step="resume", state=case.state)
    _end(actor, case, made, min(at, made.until_at))
    return case


@operation(Right.CASE_WORK)
def end_pauses(actor: Actor, *, at: datetime) -> int:
    """End the pauses whose day has come, at most a batch; returns how many."""
    over = list(
        Case.objects.select_for_update(skip_locked=True)
        .filter(paused_until__lte=at)
        .order_by("paused_until")[:BATCH]
    )
    standing = {
        each.case_id: each
        for each in CasePause.objects.filter(case__in=over, ended_at__isnull=True)
    }
    for case in over:
        _end(actor, case, standing[case.id], standing[case.id].until_at)
    return len(over)


def _end(actor: Actor, case: Case, made: CasePause, at: datetime) -> None:
    made.ended_at = at
    made.save(update_fields=["ended_at"])
    case.paused_until = None
    if case.closed_at is None:
        case.due_at, case.plan_due_at = made.due_before_at, made.plan_due_before_at
        _shift(case, made, at)
    changed(case, "paused_until", "due_at", "plan_due_at")
    record(CaseResumed(case=case.id, number=case.number), actor=actor, about=case)


def _shift(case: Case, made: CasePause, until: datetime) -> None:
    clock, week = class_clock(case.clock_class), week_of(case)
    span = Pause(start=made.at, end=max(until, made.at), reason=made.reason)
    case.due_at = moved_by(case.due_at, clock.close, week, span)
    if case.plan_due_at is not None and case.planned_at is None and clock.safe_plan:
        case.plan_due_at = moved_by(case.plan_due_at, clock.safe_plan, week, span)
