"""The exchange in the background: deliver, apply, sweep."""

from __future__ import annotations

from uuid import UUID

from lindung.access.jobs import job
from lindung.exchange.models import Partner
from lindung.exchange.operations import inbox, outbox


@job(queue="exchange")
def pump(partner: str) -> None:
    """Deliver what is due to one partner."""
    outbox.pump(UUID(partner))


@job(queue="exchange")
def apply_incoming(partner: str) -> None:
    """Apply what came from one partner, then let the answers out."""
    inbox.apply_incoming(UUID(partner))


@job(periodic="* * * * * */5", queue="exchange", retries=0)
def sweep() -> None:
    """Find what waits although nobody woke us: retries, gaps, a process that died."""
    inbox.recover()
    for partner in Partner.objects.filter(adapter="http"):
        outbox.pump(partner.pk)
        inbox.apply_incoming(partner.pk)
