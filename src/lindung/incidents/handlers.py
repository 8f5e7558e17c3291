"""Reactions of incidents: what the destination reports becomes work with clocks."""

from __future__ import annotations

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.incidents import operations
from lindung.incidents.models import IncidentKind
from lindung.monitoring.events import EmploymentChanged
from lindung.placement.events import MilestoneReached
from lindung.registry.models import Source

DECEASED = "deceased"


@reacts_to(MilestoneReached)
def death_in_their_system(event: MilestoneReached, entry: JournalEntry) -> None:
    """The destination's own system says that a person died."""
    if event.code == DECEASED:
        _died(entry)


@reacts_to(EmploymentChanged)
def death_of_an_employee(event: EmploymentChanged, entry: JournalEntry) -> None:
    """An employer reported, through the destination, that a person died."""
    if event.change == DECEASED:
        _died(entry)


def _died(entry: JournalEntry) -> None:
    if entry.worker_id is None:
        return
    with acting_as(ROBOT):
        operations.report_incident(
            ROBOT,
            entry.worker_id,
            kind=IncidentKind.DEATH,
            source=Source.DESTINATION,
            known_at=entry.at,
        )
