"""Jobs of early warning."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from lindung.access.jobs import enqueue, job
from lindung.access.roles import ROBOT
from lindung.signals import operations, queries

log = logging.getLogger(__name__)
CHUNK = 1_000


@job(periodic="* * * * *", retries=1)
def gather() -> None:
    """Each minute: those of whom something was told, in chunks."""
    people = queries.take_touched()
    for start in range(0, len(people), CHUNK):
        chunk = [str(each) for each in people[start : start + CHUNK]]
        enqueue("signals.look", workers=chunk)


@job(retries=3)
def look(workers: list[str]) -> None:
    """Look at some people, by their ids."""
    people = [UUID(each) for each in workers]
    operations.look_at_people(ROBOT, people, on=timezone.localdate(), at=datetime.now(UTC))


@job(periodic="20 1 * * *", retries=2)
def nightly() -> None:
    """Each night: everybody, all signals, since time passes too."""
    made = operations.look_at_everybody(ROBOT, on=timezone.localdate(), at=datetime.now(UTC))
    log.info("all signals over everybody in %s s", made.seconds)


@job(periodic="40 2 1 * *", retries=2)
def draw() -> None:
    """On the first of each month: by lot, the quiet people who are asked how they are."""
    month = timezone.localdate().replace(day=1)
    operations.draw_quiet(ROBOT, month=month, seed=settings.SECRET_KEY)
