"""Jobs of the muster."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from lindung.access.jobs import job
from lindung.access.roles import ROBOT
from lindung.crisis import operations


@job(retries=5)
def ask_some(round_id: str, worker_ids: list[str]) -> None:
    """Put in the question for some people of a round."""
    people = [UUID(each) for each in worker_ids]
    operations.ask_some(ROBOT, UUID(round_id), people, now=datetime.now(UTC))


@job(periodic="*/5 * * * *", retries=1)
def chase() -> None:
    """Every five minutes: those who are silent for too long become tasks."""
    operations.chase(ROBOT, now=datetime.now(UTC))
