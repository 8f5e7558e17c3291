"""What placement tells the register when it asks, and what its own time limits do when something happens."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.events import Event
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.placement.events import (
    ArrivalConfirmed,
    ContractAnswered,
    ContractOffered,
    DepartureRecorded,
    MilestoneReached,
    PlacementEnded,
    PlacementWithdrawn,
    RequirementSettled,
    RosterStatusReceived,
    VisaAuthorised,
)
from lindung.placement.models import Contract, Placement
from lindung.placement.operations import arrange, mark
from lindung.placement.queries import live_placement
from lindung.placement.standing import CANCELLED, REFUSED, TIMED
from lindung.placement.systems import system_of
from lindung.placement.withdrawals import Why
from lindung.registry.merging import counts_as_under_way

# A cancellation by the worker's own act; anything else is nobody's refusal.
_OWN = {Why.OWN_WISH}


@counts_as_under_way
def is_in_a_placement(worker_id: UUID) -> bool:
    """Whether a placement of this person is under way."""
    return live_placement(worker_id) is not None


@reacts_to(ContractAnswered)
def count_a_refusal(event: ContractAnswered, entry: JournalEntry) -> None:
    """A refused offer counts with the destination's system."""
    if event.answer == "accepted":
        return
    with acting_as(ROBOT):
        placement = Placement.objects.get(id=event.placement)
        mark(ROBOT, placement, REFUSED, on=event.answered_on, reference=event.offer_no)


@reacts_to(PlacementWithdrawn)
def count_a_cancellation(event: PlacementWithdrawn, entry: JournalEntry) -> None:
    """A contract that the worker cancels after agreeing counts as a second refusal does."""
    if event.why not in _OWN:
        return
    with acting_as(ROBOT):
        placement = Placement.objects.get(id=event.placement)
        if Contract.objects.filter(placement=placement, signed_on__isnull=False).exists():
            mark(ROBOT, placement, CANCELLED, on=timezone.localdate(entry.at))


def keep_time(event: Event, entry: JournalEntry) -> None:
    """Open and close the tasks of the time limits that begin or end with an event."""
    if entry.worker_id is None:
        return
    with acting_as(ROBOT):
        placement = (
            Placement.objects.filter(worker_id=entry.worker_id)
            .order_by("-opened_on", "-id")
            .first()
        )
        if placement is not None and system_of(placement.pathway) is not None:
            arrange(ROBOT, placement)


@reacts_to(RequirementSettled)
def keep_time_of(event: RequirementSettled, entry: JournalEntry) -> None:
    """The same, for the requirements with which a time limit begins or ends."""
    if event.requirement in TIMED:
        keep_time(event, entry)


for _event in (
    RosterStatusReceived,
    ContractOffered,
    ContractAnswered,
    VisaAuthorised,
    DepartureRecorded,
    ArrivalConfirmed,
    MilestoneReached,
    PlacementWithdrawn,
    PlacementEnded,
):
    reacts_to(_event)(keep_time)
