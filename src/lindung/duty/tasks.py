"""Jobs of duty: calls that nobody took go on to the next; points of calls that are over go."""

from __future__ import annotations

from django.utils import timezone

from lindung.access.acting import current_actor
from lindung.access.jobs import URGENT, job
from lindung.duty import operations


@job(periodic="* * * * * */15", retries=0, priority=URGENT)
def escalate() -> None:
    """Call the next in the chain for every call whose time has run out."""
    while operations.escalate(current_actor(), at=timezone.now()) == operations.A_RUN:
        pass


@job(periodic="*/10 * * * *", retries=0)
def clear_places() -> None:
    """Delete points that outlived their call."""
    operations.clear_places(current_actor(), at=timezone.now())
