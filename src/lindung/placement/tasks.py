"""Jobs of placement."""

from __future__ import annotations

import logging

from lindung.access.jobs import job
from lindung.placement import terms

log = logging.getLogger(__name__)


@job(periodic="50 1 * * *", retries=0)
def keep_terms() -> None:
    """Each night: the terms that impact reads are those of their contracts."""
    if wrong := terms.rebuild():
        log.error("%s rows of terms were not as their contracts; written anew", wrong)
