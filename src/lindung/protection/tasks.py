"""Jobs of cases: clocks that passed go up, pauses end by themselves."""

from __future__ import annotations

from django.utils import timezone

from lindung.access.jobs import job
from lindung.access.roles import ROBOT
from lindung.protection import operations


@job(periodic="*/3 * * * *", retries=0)
def escalate() -> None:
    """Tell the next in the chain of clocks that have passed."""
    operations.escalate(ROBOT, at=timezone.now())


@job(periodic="*/5 * * * *", retries=0)
def end_pauses() -> None:
    """End pauses whose day has come."""
    operations.end_pauses(ROBOT, at=timezone.now())
