"""What is made ready when placement says that somebody may leave, left, or will not go."""

from __future__ import annotations

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.placement import queries as placements
from lindung.placement.events import DepartureCleared, DepartureRecorded, PlacementWithdrawn
from lindung.preparation import operations


@reacts_to(DepartureCleared)
def make_the_paper(event: DepartureCleared, entry: JournalEntry) -> None:
    """A clearance gets its number and its code in the same moment."""
    with acting_as(ROBOT):
        operations.issue_clearance(ROBOT, placements.placement(event.placement), on=event.on)


@reacts_to(DepartureRecorded)
def use_the_paper(event: DepartureRecorded, entry: JournalEntry) -> None:
    """A clearance is used once."""
    with acting_as(ROBOT):
        operations.use_clearance(event.placement)


@reacts_to(PlacementWithdrawn)
def withdraw_the_paper(event: PlacementWithdrawn, entry: JournalEntry) -> None:
    """Whoever will not go leaves no paper that still opens a gate."""
    with acting_as(ROBOT):
        operations.withdraw_clearance(ROBOT, event.placement, reason=event.reason)
