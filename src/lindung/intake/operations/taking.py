"""The good rows of a list become people, chunk by chunk, as whoever looked and agreed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lindung.access.actors import Actor
from lindung.access.jobs import enqueue
from lindung.access.journal import record, told_at
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.secrets import keyring
from lindung.intake import queries
from lindung.intake.events import ListAccepted, ListStopped, ListTaken
from lindung.intake.lifecycles import ROW, BatchState, RowState
from lindung.intake.models import Batch, Row
from lindung.intake.operations.parts import TAKE_JOB, locked, step
from lindung.intake.understanding import key_of, sender, understand
from lindung.kernel import identifiers
from lindung.kernel.refusals import Refusal
from lindung.placement.operations import open_placement
from lindung.registry.operations import add_identifier, enrol

# People in one transaction: a few seconds.
CHUNK = 100


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
    for row in rows:
        _take(actor, row, on=on, is_demo=batch.is_demo)
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


def _take(actor: Actor, row: Row, *, on: date, is_demo: bool) -> None:
    said = queries.words(row)
    # Under every key of the ring: a rotation must not make a known person new.
    keys = keyring().indexes(queries.KEY, key_of(said, office=sender(row.scope())))
    before = Row.objects.filter(key__in=keys, state=RowState.TAKEN, **row.scope()).first()
    understood = understand(said, on=on)
    row.problems = understood.problems
    if before is not None:
        row.worker_id = before.worker_id
        _step(row, "find known")
    elif understood.problems:
        _step(row, "refuse")
    else:
        try:
            with transaction.atomic():
                row.worker_id = _bring_in(actor, understood.values, on=on, is_demo=is_demo)
        except Refusal as refusal:
            row.problems = [{"column": "", "sentence": f"{refusal.title} {refusal.advice}"}]
            _step(row, "refuse")
        else:
            _step(row, "take")


def _bring_in(actor: Actor, values: dict[str, object], *, on: date, is_demo: bool) -> UUID:
    given = dict(values)
    nik, passport = given.pop("nik"), given.pop("passport")
    pathway, sector = given.pop("pathway"), given.pop("sector")
    destination = given.pop("destination")
    worker = enrol(
        actor,
        on=on,
        channel="import",
        is_demo=is_demo,
        **given,  # type: ignore[arg-type]  # columns.yaml names enrol's own parameters
    )
    for kind, number in ((identifiers.Kind.NIK, nik), (identifiers.Kind.PASSPORT, passport)):
        if number:
            add_identifier(actor, worker.id, kind=kind, value=str(number), on=on)
    if pathway:
        open_placement(
            actor,
            worker.id,
            pathway_id=str(pathway),
            sector=str(sector),
            destination=str(destination),
            on=on,
            is_demo=is_demo,
        )
    return worker.id


def _step(row: Row, name: str) -> None:
    row.state = ROW.take(name, RowState(row.state))
    row.save(update_fields=["state", "problems", "worker_id"])
