"""Making the copy of everything held about a person: recorded, never kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import look, record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.privacy import copies
from lindung.privacy.events import CopyMade
from lindung.registry import queries as registry

# A copy is much work for the server and much to lose for the person; our own practice.
MOST, MINUTES = 3, 24 * 60
# The PIN or second factor must have been given this lately.
FRESH_MINUTES = 5


@operation(Right.COPY_TAKE)
def take(actor: Actor, *, at: datetime) -> dict[str, Any]:
    """Everything held about the one who asks, as JSON values.

    Raises:
        NotFound: the actor is no worker.
    """
    return _made(actor, actor.worker or actor.id, at=at)


@operation(Right.COPY_GIVE)
def give(actor: Actor, worker_id: UUID, *, reason: str, at: datetime) -> dict[str, Any]:
    """The copy for a person who asked an officer for it; it holds what the officer may read.

    Raises:
        NotFound: no such person, or none this actor may see.
    """
    worker = registry.worker(worker_id)
    look(actor, worker, worker=worker.id, purpose="salinan data atas permintaan pekerja")
    return _made(actor, worker.id, at=at)


def _made(actor: Actor, worker_id: UUID, *, at: datetime) -> dict[str, Any]:
    worker = registry.worker(worker_id)
    sections = copies.gather(actor, worker)
    told = CopyMade(
        sections=sum(1 for each in sections if each.rows),
        rows=sum(len(each.rows) for each in sections),
    )
    record(told, actor=actor, about=worker, worker=worker.id)
    return copies.as_document(worker, sections, at=at)
