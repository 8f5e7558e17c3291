"""Jobs of outreach."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from lindung.access.jobs import job
from lindung.access.roles import ROBOT
from lindung.outreach import operations


@job(whole=False)
def deliver(message_id: str) -> None:
    """Hand one message to its channel; its steps have transactions of their own."""
    operations.deliver(ROBOT, UUID(message_id), now=timezone.now())


@job(whole=False)
def deliver_all(message_ids: list[str]) -> None:
    """Hand messages of one act to their channels, one after another; what is sent stays sent."""
    for each in message_ids:
        operations.deliver(ROBOT, UUID(each), now=timezone.now())


@job(whole=False)
def alert(alert_id: str) -> None:
    """Tell one officer that a call rings."""
    operations.alert(ROBOT, UUID(alert_id), now=timezone.now())


@job(whole=False)
def read(received_id: str) -> None:
    """Read what was kept; the operation is one transaction."""
    operations.read_kept(ROBOT, UUID(received_id), now=timezone.now())


@job(whole=False)
def fetch(medium_id: str) -> None:
    """Fetch a voice note or picture that the line still holds."""
    operations.fetch(ROBOT, UUID(medium_id))
