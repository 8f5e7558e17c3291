"""Jobs of lists."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from lindung.access.jobs import job
from lindung.intake import operations


@job(retries=0, whole=False)
def read_list(batch_id: str) -> None:
    """Make the lines of one list rows."""
    operations.read_list(UUID(batch_id), now=timezone.now, on=timezone.localdate())


@job(retries=0, whole=False)
def take_rows(batch_id: str) -> None:
    """Take some rows of one list; the next ones are a job of their own."""
    operations.run_taking(UUID(batch_id), now=timezone.now(), on=timezone.localdate())


@job(periodic="* * * * *", retries=0, whole=False)
def take_up_again() -> None:
    """Each minute: whatever a killed process left goes on."""
    operations.recover(now=timezone.now())
