"""Jobs of the register."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone

from lindung.access.jobs import job
from lindung.registry.balance import imbalances
from lindung.registry.models import EntryCode

log = logging.getLogger(__name__)

KEPT_DAYS = 7


@job(periodic="27 3 * * *", retries=0)
def clear_entry_codes() -> None:
    """Delete codes and links that ended days ago."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    EntryCode.objects.filter(expires_at__lt=before).delete()


@job(periodic="20 2 * * *", retries=0)
def balance() -> None:
    """Each night: the scope copied onto rows is still that of their people."""
    for each in imbalances():
        log.error("scope of %s rows of %s is not their person's", each.rows, each.table)
