"""Jobs of the register's book: folded each minute, counted anew each night."""

from __future__ import annotations

from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.jobs import enqueue, job
from lindung.access.roles import ROBOT
from lindung.monitoring.models import Recount
from lindung.site.register import book


@job(periodic="* * * * *", retries=0, whole=False)
def fold_book() -> None:
    """Write the lines of those to whom something happened; before the first count, begin it."""
    with acting_as(ROBOT):
        never = not Recount.objects.exists()
    if never:
        _begin()
    book.fold()


@job(periodic="50 1 * * *", retries=0, whole=False)
def recount_book() -> None:
    """Each night: everybody's line worked out again and compared."""
    _begin()


def _begin() -> None:
    enqueue("site.recount_some", recount=str(book.begin_recount().id))


@job(retries=3, whole=False)
def recount_some(recount: str) -> None:
    """The next people; as long as it has not ended, the next as a job of its own."""
    with acting_as(ROBOT):
        begun = Recount.objects.get(id=UUID(recount))
    if begun.ended_at is None:
        book.recount_some(begun)
    if begun.ended_at is None:
        enqueue("site.recount_some", recount=recount)
