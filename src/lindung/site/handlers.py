"""Whatever may move a person over the border, or to another post, marks their line in the book."""

from __future__ import annotations

from collections.abc import Sequence

from lindung.access.events import Event
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_together
from lindung.changeover.events import PersonBroughtIn, PlacementBroughtIn
from lindung.incidents import events as incidents
from lindung.monitoring import events as monitoring
from lindung.placement import events as placement
from lindung.preparation.events import BorderCrossed
from lindung.privacy.events import DataErased
from lindung.registry import events as registry
from lindung.reintegration.events import CameHome
from lindung.site.register import book

MOVING: tuple[type[Event], ...] = (
    registry.WorkerEnrolled, registry.WorkerUpdated, registry.PostInChargeChanged,
    registry.EnteredHerself, registry.WallOpened, registry.PeopleMerged, registry.MergeUndone,
    placement.DepartureRecorded, placement.DepartureFailed, placement.ArrivalConfirmed,
    placement.PlacementWithdrawn, placement.PlacementEnded, placement.EndTakenBack,
    placement.MilestoneReached, BorderCrossed, monitoring.EmploymentBegan,
    monitoring.EmploymentChanged, monitoring.WentOnLeave, monitoring.LeaveEnded, CameHome,
    incidents.IncidentReported, incidents.IncidentVerified, incidents.IncidentStepDone,
    incidents.HappeningRecorded, incidents.ReceivedAtHome, incidents.IncidentEnded,
    incidents.DeathTakenBack, PersonBroughtIn, PlacementBroughtIn, DataErased,
)  # fmt: skip


def _is_of_somebody(_event: Event, entry: JournalEntry) -> bool:
    return entry.worker_id is not None


def mark(told: Sequence[tuple[Event, JournalEntry]]) -> None:
    """Note whose line may have changed; of two who became one, or two again, both."""
    people = {entry.worker_id for _, entry in told if entry.worker_id is not None}
    people |= {
        event.gone_id
        for event, _ in told
        if isinstance(event, registry.PeopleMerged | registry.MergeUndone)
    }
    book.mark(people)


for _each in MOVING:
    reacts_together(_each, when=_is_of_somebody)(mark)
