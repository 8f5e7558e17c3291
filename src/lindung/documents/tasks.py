"""Jobs of documents."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from lindung.access.acting import acting_as, current_actor
from lindung.access.jobs import job
from lindung.access.roles import ROBOT
from lindung.documents import operations, queries, scanner, store


@job(whole=False)
def scan(document_id: str) -> None:
    """Ask the scanner about one document."""
    operations.scan(ROBOT, UUID(document_id), at=timezone.now())


@job(periodic="*/30 * * * *", whole=False)
def scan_the_rest() -> None:
    """Ask about whatever no scanner has seen, once there is one."""
    if not scanner.is_set():
        return
    with acting_as(ROBOT):
        waiting = queries.never_scanned()
    for document_id in waiting:
        # Each in a transaction of its own: what was answered is kept when the rest is cut off.
        operations.scan(ROBOT, document_id, at=timezone.now())


@job(periodic="20 18 * * *")
def expire() -> None:
    """End what runs out, after midnight in the origin country."""
    for document_id in queries.due_to_expire(on=timezone.localdate()):
        operations.expire(current_actor(), document_id, on=timezone.localdate())


@job(periodic="35 18 * * *", whole=False)
def clear_drafts() -> None:
    """Clear half-written files of processes that were killed."""
    store.clear_drafts()
