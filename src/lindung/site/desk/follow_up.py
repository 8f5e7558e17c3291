"""A task that an officer sets for a person of the own scope."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lindung.access.actors import Actor, Kind
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Incomplete
from lindung.registry import queries as registry
from lindung.registry.models import Task
from lindung.registry.operations import open_task

KIND = "follow-up"
_OWNERS = {Kind.POST: "post", Kind.OFFICE: "office", Kind.AGENCY: "agency"}


@operation(Right.TASK_WORK)
def set_follow_up(actor: Actor, worker_id: UUID, *, title: str, due_at: datetime) -> Task:
    """Open a task about a person for one's own office.

    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: it does not say what is to be done.
    """
    if not title.strip():
        raise Incomplete(fields={"title": "Tulis apa yang harus dikerjakan."})
    return open_task(
        actor,
        about=registry.worker(worker_id).state,
        kind=KIND,
        title=title.strip()[:200],
        due_at=due_at,
        owner=_OWNERS.get(actor.kind, "ministry"),
        # Two follow-ups of one person are two tasks.
        subject=new_id(),
    )
