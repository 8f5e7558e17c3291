"""The exchange in the background: deliver, apply, sweep."""

from __future__ import annotations

from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.jobs import job
from lindung.access.roles import ROBOT
from lindung.exchange.models import Partner
from lindung.exchange.operations import inbox, outbox


@job(queue="exchange", whole=False)
def pump(partner: str) -> None:
    """Deliver what is due to one partner."""
    outbox.pump(UUID(partner))


@job(queue="exchange", whole=False)
def apply_incoming(partner: str) -> None:
    """Apply what came from one partner, then let the answers out."""
    inbox.apply_incoming(UUID(partner))


@job(periodic="* * * * * */5", queue="exchange", retries=0, whole=False)
def sweep() -> None:
    """Find what waits although nobody woke us: retries, gaps, a process that died."""
    inbox.recover()
    with acting_as(ROBOT):
        partners = list(Partner.objects.filter(adapter="http").values_list("pk", flat=True))
    for partner in partners:
        outbox.pump(partner)
        inbox.apply_incoming(partner)
