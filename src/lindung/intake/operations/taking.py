"""The good rows of a list become people, chunk by chunk, as whoever looked and agreed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.jobs import enqueue
from lindung.access.journal import record, told_at
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.intake.events import ListAccepted, ListStopped, ListTaken
from lindung.intake.lifecycles import BatchState, RowState
from lindung.intake.models import Batch, Row
from lindung.intake.operations.parts import TAKE_JOB, locked, step
from lindung.intake.operations.settling import settle
from lindung.kernel.memory import nothing_is_garbage

# People in one transaction: a second or less.
CHUNK = 1_000


@operation(Right.LIST_SEND)
def take_list(actor: Actor, batch_id: UUID) -> Batch:
    """Have every good row taken by a job; asked again, nothing more is done.

    Raises:
        NotFound: no such list, or none this actor may see.
        StepClosed: it is still being read, or could not be.
    """
    batch = locked(batch_id)
    if batch.state in (BatchState.TAKING, BatchState.TAKEN):
        return batch
    step(batch, "take")
    batch.taken_by, batch.moved_at = actor.id, told_at()
    batch.save(update_fields=["state", "taken_by", "moved_at"])
    record(ListAccepted(batch=batch.id), actor=actor, about=batch)
    enqueue(TAKE_JOB, batch_id=str(batch.id))
    return batch


@operation(Right.LIST_SEND)
def take_rows(actor: Actor, batch_id: UUID, *, on: date, at: datetime, count: int = CHUNK) -> Batch:
    """Take the next rows: one that is refused keeps the reason, the others go on.

    People, rows and counts stand or fall together, so that a killed chunk is taken once, later. What is
    left goes to the next job.

    Raises:
        NotFound: no such list, or none this actor may see.
    """
    batch = locked(batch_id)
    if batch.state != BatchState.TAKING:
        return batch
    rows = list(
        Row.objects.select_for_update()
        .filter(batch=batch, line__gt=batch.taken_to, state=RowState.READY)
        .order_by("line")[:count]
    )
    with nothing_is_garbage():
        settle(actor, rows, on=on, is_demo=batch.is_demo)
    for state in (RowState.TAKEN, RowState.KNOWN, RowState.REFUSED):
        more = sum(1 for row in rows if row.state == state)
        setattr(batch, state, getattr(batch, state) + more)
    batch.moved_at = at
    if rows:
        batch.taken_to = rows[-1].line
    if len(rows) < count:
        _finish(actor, batch, at=at)
    else:
        enqueue(TAKE_JOB, batch_id=str(batch.id))
    batch.save()
    return batch


@operation(Right.LIST_KEEP)
def stop_taking(actor: Actor, batch_id: UUID) -> Batch:
    """Whoever had it taken may do so no more: the rows left wait for somebody else of the office.

    Raises:
        NotFound: no such list.
    """
    batch = locked(batch_id)
    if batch.state != BatchState.TAKING:
        return batch
    step(batch, "stop")
    batch.save(update_fields=["state"])
    left = batch.kept - batch.settled
    record(ListStopped(batch=batch.id, left=left), actor=actor, about=batch)
    return batch


def _finish(actor: Actor, batch: Batch, *, at: datetime) -> None:
    step(batch, "finish taking")
    batch.taken_at = at
    record(
        ListTaken(batch=batch.id, taken=batch.taken, known=batch.known, refused=batch.refused),
        actor=actor,
        about=batch,
    )
