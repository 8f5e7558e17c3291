"""The lines of a file become rows, chunk by chunk; stopped anywhere, it goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.many import insert_columns
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.access.secrets import keyring
from lindung.documents import store
from lindung.intake import queries
from lindung.intake.events import ListRead, ListUnusable
from lindung.intake.lifecycles import BatchState
from lindung.intake.models import Batch, Row
from lindung.intake.operations.parts import locked, step
from lindung.intake.reading import Line, ListTooLarge, ListUnreadable, read
from lindung.intake.understanding import key_of, sender, understand
from lindung.kernel.ids import new_id
from lindung.kernel.memory import nothing_is_garbage
from lindung.kernel.refusals import Refusal

_written = json.JSONEncoder(ensure_ascii=False).encode
# Lines in one transaction: some tenths of a second.
CHUNK = 1_000


def read_list(batch_id: UUID, *, now: Callable[[], datetime], on: date) -> None:
    """Make every line of a list a row, each chunk in a transaction of its own.

    Called again after a stop, or by two at once, it doubles no line: a chunk holds the list and leaves
    out what is a row already.
    """
    with acting_as(ROBOT):
        batch = queries.batch(batch_id)
        if batch.state != BatchState.SENT:
            return
        content = store.get(batch.id, bytes(batch.wrapped_key or b""))
    try:
        # Once to its end before the first row is kept: half of a list is nobody's list.
        rows = sum(1 for _line in read(content).lines)
    except (ListTooLarge, ListUnreadable) as refusal:
        find_unreadable(ROBOT, batch_id, refusal=refusal)
        return
    lines = read(content).lines
    while chunk := list(islice(lines, CHUNK)):
        keep_lines(ROBOT, batch_id, chunk, rows=rows, at=now(), on=on)
    finish_reading(ROBOT, batch_id, rows=rows, at=now())


@operation(Right.LIST_KEEP)
def keep_lines(
    actor: Actor, batch_id: UUID, lines: Sequence[Line], *, rows: int, at: datetime, on: date
) -> Batch:
    """Keep some lines of a list, each tried; those that are rows already are left out.

    Args:
        lines: in the order of the file.
        rows: how many the whole list has.
        on: the day by which they are judged.
    Raises:
        NotFound: no such list.
    """
    batch = locked(batch_id)
    if batch.state != BatchState.SENT:
        return batch
    fresh = [(line, said) for line, said in lines if line > batch.read_to]
    with nothing_is_garbage():
        found = [understand(said, on=on).problems for _, said in fresh]
        insert_columns(Row, _columns(batch, fresh, found))
    batch.rows = rows
    batch.kept += len(fresh)
    batch.wrong += sum(1 for problems in found if problems)
    batch.read_to = max(batch.read_to, lines[-1][0])
    batch.moved_at = at
    batch.save(update_fields=["rows", "kept", "wrong", "read_to", "moved_at"])
    return batch


def _columns(
    batch: Batch, lines: Sequence[Line], problems: list[list[dict[str, str]]]
) -> dict[str, list[Any]]:
    """The rows of some lines, by column."""
    ring, scope, count = keyring(), batch.scope(), len(lines)
    office = sender(scope)
    words = ring.seal_all(queries.WORDS, [_written(said) for _, said in lines])
    return {
        "id": [new_id() for _ in lines],
        "batch_id": [batch.id] * count,
        "line": [line for line, _ in lines],
        "sealed": [each.cipher for each in words],
        "key": ring.indexes_of(queries.KEY, [key_of(said, office=office) for _, said in lines]),
        "problems": problems,
        **{name: [value] * count for name, value in scope.items()},
    }


@operation(Right.LIST_KEEP)
def finish_reading(actor: Actor, batch_id: UUID, *, rows: int, at: datetime) -> Batch:
    """Every line is a row: the file goes, and somebody may look. Said again it changes nothing.

    Raises:
        NotFound: no such list.
    """
    batch = locked(batch_id)
    if batch.state != BatchState.SENT:
        return batch
    step(batch, "finish reading")
    batch.rows, batch.moved_at = rows, at
    _drop_file(batch)
    batch.save(update_fields=["state", "rows", "moved_at", "wrapped_key"])
    record(ListRead(batch=batch.id, rows=rows, wrong=batch.wrong), actor=actor, about=batch)
    return batch


@operation(Right.LIST_KEEP)
def find_unreadable(actor: Actor, batch_id: UUID, *, refusal: Refusal) -> Batch:
    """The file is no list after all; whoever sent it reads why. Said again it changes nothing.

    Raises:
        NotFound: no such list.
    """
    batch = locked(batch_id)
    if batch.state != BatchState.SENT:
        return batch
    step(batch, "find unreadable")
    batch.trouble = refusal.slug
    _drop_file(batch)
    batch.save(update_fields=["state", "trouble", "wrapped_key"])
    record(ListUnusable(batch=batch.id, trouble=refusal.slug), actor=actor, about=batch)
    return batch


def _drop_file(batch: Batch) -> None:
    batch.wrapped_key = None
    transaction.on_commit(lambda: store.drop(batch.id))
