"""What monitoring does when placement says that somebody has arrived."""

from __future__ import annotations

from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.monitoring.operations import begin_employment
from lindung.placement import queries as placements
from lindung.placement.events import ArrivalConfirmed
from lindung.registry.models import Source


@reacts_to(ArrivalConfirmed)
def start_following(event: ArrivalConfirmed, entry: JournalEntry) -> None:
    """From the day of arrival the person is at work with the contract's employer."""
    worker_id: UUID | None = entry.worker_id
    if worker_id is None:
        return
    with acting_as(ROBOT):
        placement = placements.placement(event.placement)
        begin_employment(
            ROBOT,
            worker_id,
            employer=event.employer,
            on=event.on,
            source=Source.DESTINATION,
            region=placement.dest_region,
            placement_id=placement.id,
        )
