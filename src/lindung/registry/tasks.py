"""Jobs of the register."""

from __future__ import annotations

import logging

from lindung.access.jobs import job
from lindung.registry.balance import imbalances

log = logging.getLogger(__name__)


@job(periodic="20 2 * * *")
def balance() -> None:
    """Each night: the scope copied onto rows is still that of their people."""
    for each in imbalances():
        log.error("scope of %s rows of %s is not their person's", each.rows, each.table)
