"""Jobs of the problem list."""

from __future__ import annotations

from django.utils import timezone

from lindung.access.jobs import job
from lindung.access.roles import ROBOT
from lindung.parties.operations import expire_problems


@job(periodic="10 1 * * *", retries=0)
def close_expired_problems() -> None:
    """Each night: entries whose last day has passed are closed."""
    expire_problems(ROBOT, on=timezone.localdate())
