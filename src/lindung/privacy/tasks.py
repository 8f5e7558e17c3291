"""Jobs of privacy: erase what two people agreed to, tell the people of a breach."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.jobs import enqueue, job
from lindung.access.roles import ROBOT
from lindung.privacy.lifecycles import Decision
from lindung.privacy.models import Erasure
from lindung.privacy.operations.breaches import tell_next
from lindung.privacy.operations.erasing import erase_next


@job(retries=5, whole=False)
def erase(erasure: str) -> None:
    """Erase batch after batch, each in a transaction of its own; begun again it goes on."""
    while erase_next(ROBOT, UUID(erasure), on=timezone.localdate(), at=datetime.now(UTC)):
        pass


@job(periodic="23 * * * *", retries=0)
def go_on_erasing() -> None:
    """Take up erasures that a crash left: agreed to, and not through."""
    with acting_as(ROBOT):
        for each in Erasure.objects.filter(state__in=[Decision.AGREED, Decision.RUNNING]):
            enqueue("privacy.erase", lock="erasing", erasure=str(each.id))


@job(retries=5, whole=False)
def tell(breach: str) -> None:
    """Tell the people of a breach, batch after batch."""
    told = 1
    while told:
        with acting_as(ROBOT):
            told = tell_next(UUID(breach), at=datetime.now(UTC))
