"""What is asked and judged when placement says that somebody set out, signed, arrived or came home."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.costs import operations
from lindung.costs.models import Moment
from lindung.placement import queries as placements
from lindung.placement.events import (
    ArrivalConfirmed,
    ContractAnswered,
    ContractBrought,
    ContractOffered,
    DepartureRecorded,
    FindingOpened,
    PlacementEnded,
    PlacementOpened,
    PlacementWithdrawn,
)


def _paid_before(entries: Sequence[JournalEntry]) -> set[UUID]:
    """Of people who set out, those who paid or borrowed before they did."""
    people = [each.worker_id for each in entries if each.worker_id is not None]
    with acting_as(ROBOT):
        paid = operations.who_paid_before(people)
    return {each.id for each in entries if each.worker_id in paid}


@reacts_to(PlacementOpened, among=_paid_before)
def take_up_what_was_paid(event: PlacementOpened, entry: JournalEntry) -> None:
    """What somebody paid before there was a placement belongs to it now."""
    with acting_as(ROBOT):
        operations.attach_to(placements.placement(event.placement), on=timezone.localdate(entry.at))


@reacts_to(ContractOffered)
def hand_on_with_the_offer(event: ContractOffered, entry: JournalEntry) -> None:
    """With a contract a post takes charge, and reads what was paid before."""
    _hand_on(event.contract, entry)


@reacts_to(ContractBrought)
def hand_on_with_the_draft(event: ContractBrought, entry: JournalEntry) -> None:
    """The same, where an agency or an office wrote the contract down."""
    _hand_on(event.contract, entry)


def _hand_on(contract_id: UUID, entry: JournalEntry) -> None:
    with acting_as(ROBOT):
        placement = placements.contract(contract_id).placement
        operations.follow(placement)
        # The contract says a wage, by which a share of it can be judged.
        operations.settle(placement.id, on=timezone.localdate(entry.at))


@reacts_to(ContractAnswered)
def ask_before_departure(event: ContractAnswered, entry: JournalEntry) -> None:
    """Who has agreed to a contract is asked what it cost; the wage may change what is lawful."""
    with acting_as(ROBOT):
        contract = placements.contract(event.contract)
        if contract.signed_on is None:
            return
        operations.ask(ROBOT, contract.placement_id, moment=Moment.BEFORE, after=contract.signed_on)
        operations.settle(contract.placement_id, on=contract.signed_on)


@reacts_to(DepartureRecorded)
def count_in(event: DepartureRecorded, entry: JournalEntry) -> None:
    """Who has left is counted among the people of that day."""
    operations.settle(event.placement, on=event.on)


@reacts_to(ArrivalConfirmed)
def ask_after_arrival(event: ArrivalConfirmed, entry: JournalEntry) -> None:
    """Some weeks after arrival the same is asked again: abroad, people say more."""
    operations.ask(ROBOT, event.placement, moment=Moment.ARRIVED, after=event.on)


@reacts_to(PlacementEnded)
def ask_on_return(event: PlacementEnded, entry: JournalEntry) -> None:
    """And once more when the work is over."""
    operations.ask(ROBOT, event.placement, moment=Moment.RETURNED, after=event.on)


@reacts_to(PlacementWithdrawn)
def ask_no_more(event: PlacementWithdrawn, entry: JournalEntry) -> None:
    """Who does not go is not asked what going cost; what was paid stays to be given back."""
    with acting_as(ROBOT):
        operations.drop_askings(event.placement)


@reacts_to(FindingOpened)
def reckon_with_the_wage_told(event: FindingOpened, entry: JournalEntry) -> None:
    """A wage that the worker tells of is the wage of the ratio."""
    with acting_as(ROBOT):
        operations.settle(
            placements.finding(event.finding).placement_id, on=timezone.localdate(entry.at)
        )
