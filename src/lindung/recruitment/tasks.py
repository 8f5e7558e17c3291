"""Jobs of recruitment."""

from __future__ import annotations

import logging

from django.utils import timezone

from lindung.access.jobs import job
from lindung.access.roles import ROBOT
from lindung.recruitment import operations

log = logging.getLogger(__name__)


@job(periodic="20 1 * * *", retries=3)
def expire_papers() -> None:
    """Each night: what has run out is said to have run out."""
    now = timezone.now()
    count = operations.expire_papers(ROBOT, at=now, on=timezone.localdate(now))
    log.info("%s papers, permits and exceptions ran out", count)
