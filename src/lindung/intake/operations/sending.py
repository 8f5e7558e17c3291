"""A list comes in: kept sealed, answered at once, read by a job."""

from __future__ import annotations

import hashlib

from lindung.access.actors import Actor
from lindung.access.jobs import enqueue
from lindung.access.journal import record, told_at
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.documents import store
from lindung.intake.events import ListSent
from lindung.intake.lifecycles import BatchState
from lindung.intake.models import Batch
from lindung.intake.operations.parts import READ_JOB, scope_of
from lindung.intake.reading import read
from lindung.kernel.ids import new_id


@operation(Right.LIST_SEND)
def send_list(actor: Actor, content: bytes, *, is_demo: bool = False) -> Batch:
    """Keep a list as it came; nobody is taken before somebody has looked at its rows.

    The same file again gives the list that stands.

    Args:
        content: bytes of a CSV or XLSX file.
    Raises:
        ListTooLarge, ListUnreadable: its size or its headings already say so.
    """
    digest = hashlib.sha256(content).digest()
    scope = scope_of(actor)
    over = (BatchState.TAKEN, BatchState.UNREADABLE)
    known = Batch.objects.filter(digest=digest, **scope).exclude(state__in=over).first()
    if known is not None:
        return known
    sheet = read(content)
    id_ = new_id()
    batch = Batch(
        id=id_,
        digest=digest,
        state=BatchState.SENT,
        rows=0,
        columns=sheet.columns,
        unknown_columns=list(sheet.unknown),
        sent_at=told_at(),
        sent_by=actor.id,
        moved_at=told_at(),
        is_demo=is_demo,
        # A file whose transaction is undone afterwards stays as noise without a key.
        wrapped_key=store.put(id_, content),
        **scope,
    )
    batch.save(force_insert=True)
    record(ListSent(batch=id_), actor=actor, about=batch)
    enqueue(READ_JOB, batch_id=str(id_))
    return batch
