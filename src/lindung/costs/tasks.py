"""Jobs of money before departure."""

from __future__ import annotations

import logging

from django.utils import timezone

from lindung.access.jobs import job
from lindung.access.roles import ROBOT
from lindung.costs import operations

log = logging.getLogger(__name__)


@job(periodic="10 2 * * *", retries=3)
def remind() -> None:
    """Each morning in the origin country: write to those whose question is due."""
    log.info("%s people are asked what it cost", operations.remind(ROBOT, on=timezone.localdate()))
