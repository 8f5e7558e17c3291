"""Jobs of outreach."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from lindung.access.acting import current_actor
from lindung.access.jobs import job
from lindung.outreach import operations


@job()
def deliver(message_id: str) -> None:
    """Hand one message to its channel."""
    operations.deliver(current_actor(), UUID(message_id), now=timezone.now())
