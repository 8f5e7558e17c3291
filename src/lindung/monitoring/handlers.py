"""What monitoring does when somebody has arrived, or says by message how they are."""

from __future__ import annotations

from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT, acting_worker
from lindung.monitoring.operations import begin_employment, check_in
from lindung.outreach import keywords
from lindung.outreach import operations as outreach
from lindung.outreach.events import MessageReceived
from lindung.placement import queries as placements
from lindung.placement.events import ArrivalConfirmed
from lindung.registry.models import Condition, Confidence, FactKind, Source
from lindung.registry.operations import keep_fact


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
        keep_fact(
            ROBOT,
            placement.worker,
            kind=FactKind.ARRIVAL,
            value={"on": event.on.isoformat()},
            shown=f"{event.on:%d-%m-%Y}",
            source=Source.DESTINATION,
            confirmed_on=event.on,
            confidence=Confidence.HIGH,
        )


def _is_a_check_in(event: MessageReceived, entry: JournalEntry) -> bool:
    return entry.worker_id is not None and event.asks.startswith(keywords.CHECK_IN)


@reacts_to(MessageReceived, when=_is_a_check_in)
def take_a_check_in(event: MessageReceived, entry: JournalEntry) -> None:
    """A keyword by message is a check-in; with the phone's item key it is the same one as by data."""
    message = outreach.told_of(event.message)
    worker = message.worker
    assert worker is not None  # the entry names one
    check_in(
        acting_worker(worker.id, worker.shown_name),
        worker.id,
        condition=Condition(event.asks.removeprefix(keywords.CHECK_IN)),
        at=message.made_at,
        words=message.words,
        channel=message.channel,
        check_in_id=keywords.read(message.words).key or message.id,
    )
    time = outreach.clock_time(message)
    outreach.send(ROBOT, worker, "check_in_kept", now=message.made_at, time=time)
