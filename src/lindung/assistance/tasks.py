"""Jobs of help around a case."""

from __future__ import annotations

from django.utils import timezone

from lindung.access.jobs import job
from lindung.assistance import operations


@job(periodic="7 * * * *")
def end_expired_referrals() -> None:
    """End the referrals whose time is over, each hour."""
    operations.end_expired(at=timezone.now())
