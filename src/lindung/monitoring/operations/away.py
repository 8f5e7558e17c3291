"""Leave and re-entry: somebody went for a while, is expected back, came back or did not."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.monitoring.events import LeaveEnded, WentOnLeave
from lindung.monitoring.labels import LEAVE_STATES
from lindung.monitoring.lifecycles import LEAVE, LeaveState
from lindung.monitoring.models import Leave
from lindung.registry import queries as registry
from lindung.registry.models import Source, Stage
from lindung.registry.operations import close_task_about

NOT_BACK = "leave:not_back"


@operation(Right.LEAVE_RECORD)
def go_on_leave(
    actor: Actor,
    worker_id: UUID,
    *,
    on: date,
    back_by: date,
    source: Source,
    reason: str = "",
) -> Leave:
    """Record that a person abroad left for a while; the person stays *during*.

    Raises:
        NotFound: no such person, or none this actor may see.
        StepClosed: not abroad, or on leave already.
        Incomplete: back before leaving.
    """
    if back_by < on:
        raise Incomplete(fields={"back_by": "Tanggal kembali harus sesudah tanggal berangkat."})
    worker = registry.worker(worker_id)
    if worker.state.stage != Stage.DURING:
        raise StepClosed(step="go on leave", state=worker.state.stage)
    if Leave.objects.filter(worker=worker, state=LeaveState.AWAY).exists():
        raise StepClosed(step="go on leave", state=str(LeaveState.AWAY))
    leave = Leave.objects.create(
        worker=worker,
        left_on=on,
        back_by=back_by,
        reason=reason.strip(),
        source=source,
        **worker.scope(),
    )
    record(WentOnLeave(leave=leave.id, on=on, back_by=back_by), actor=actor, about=leave)
    return leave


@operation(Right.LEAVE_RECORD)
def end_leave(actor: Actor, leave_id: UUID, *, step: str, on: date) -> Leave:
    """Record that somebody on leave is back, or stays away: then the return home is recorded too.

    Args:
        step: ``come back`` or ``stay away``.
    Raises:
        NotFound: no such leave, or none this actor may see.
        StepClosed: it is over.
        Incomplete: a day before the leave began.
    """
    leave = Leave.objects.select_for_update().filter(id=leave_id).first()
    if leave is None:
        raise NotFound
    if on < leave.left_on:
        raise Incomplete(fields={"on": "Tanggal ini sebelum cutinya mulai."})
    leave.state = LEAVE.take(step, LeaveState(leave.state))
    leave.ended_on = on
    leave.save(update_fields=["state", "ended_on"])
    label = str(LEAVE_STATES[LeaveState(leave.state)])
    record(LeaveEnded(leave=leave.id, on=on, label=label), actor=actor, about=leave)
    close_task_about(actor, leave.id, kind=NOT_BACK)
    return leave
