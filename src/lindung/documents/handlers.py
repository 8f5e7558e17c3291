"""Documents follow their person."""

from __future__ import annotations

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.documents import operations
from lindung.registry.events import PostInChargeChanged


@reacts_to(PostInChargeChanged)
def go_along(event: PostInChargeChanged, entry: JournalEntry) -> None:
    """The new post has the person's papers; the old one has them no more."""
    worker_id = entry.worker_id or entry.subject
    if worker_id is None:
        return
    with acting_as(ROBOT):
        operations.follow(ROBOT, worker_id)
