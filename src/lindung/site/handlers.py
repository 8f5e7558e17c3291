"""Whatever may move a person over the border, or to another post, marks their line in the book."""

from __future__ import annotations

from lindung.access.events import Event
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
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


def mark(event: Event, entry: JournalEntry) -> None:
    """Note whose line may have changed; of two who became one, or two again, both."""
    assert entry.worker_id is not None  # asked for where this is registered
    book.mark(entry.worker_id)
    if isinstance(event, registry.PeopleMerged | registry.MergeUndone):
        book.mark(event.gone_id)


for _each in MOVING:
    reacts_to(_each, when=_is_of_somebody)(mark)
