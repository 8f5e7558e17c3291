"""Jobs of the register."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from lindung.access.jobs import job
from lindung.registry.models import EntryCode

KEPT_DAYS = 7


@job(periodic="27 3 * * *", retries=0)
def clear_entry_codes() -> None:
    """Delete codes and links that ended days ago."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    EntryCode.objects.filter(expires_at__lt=before).delete()
