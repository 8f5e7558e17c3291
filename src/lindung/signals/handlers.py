"""Whoever tells something of a person leaves word for our robot, which looks within the minute."""

from __future__ import annotations

from lindung.access.events import Event
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.ready import add
from lindung.costs import events as costs
from lindung.monitoring import events as monitoring
from lindung.placement import events as placement
from lindung.protection import events as protection
from lindung.reintegration import events as reintegration
from lindung.signals.models import Touched

_WATCHED: tuple[type[Event], ...] = (
    monitoring.CheckedIn,
    monitoring.DiaryKept,
    monitoring.EmploymentBegan,
    monitoring.EmploymentChanged,
    monitoring.QuestionAnswered,
    monitoring.WageReported,
    placement.ArrivalConfirmed,
    placement.ContractAnswered,
    placement.DepartureRecorded,
    placement.FindingAnswered,
    placement.FindingOpened,
    protection.CaseClosed,
    protection.CaseOpened,
    protection.ComplaintMade,
    reintegration.CameHome,
    *(each for each in vars(costs).values() if isinstance(each, type) and issubclass(each, Event)
      and each is not Event),
)  # fmt: skip


def _is_of_somebody(event: Event, entry: JournalEntry) -> bool:
    return entry.worker_id is not None


def leave_word(event: Event, entry: JournalEntry) -> None:
    """Somebody told something of this person."""
    assert entry.worker_id is not None  # asked for where this is registered
    add(Touched(person=entry.worker_id))


for _each in _WATCHED:
    reacts_to(_each, when=_is_of_somebody)(leave_word)
