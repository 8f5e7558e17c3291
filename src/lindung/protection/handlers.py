"""Reactions of protection: what is counted on a person's file stays true when files are merged."""

from __future__ import annotations

from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.protection.models import Case
from lindung.registry.events import MergeUndone, PeopleMerged
from lindung.registry.models import WorkerState


@reacts_to(PeopleMerged)
def count_after_a_merge(event: PeopleMerged, entry: JournalEntry) -> None:
    """The kept person has the cases of both."""
    _count_open_cases(entry.worker_id, event.gone_id)


@reacts_to(MergeUndone)
def count_after_undoing(event: MergeUndone, entry: JournalEntry) -> None:
    """Each has their own cases again."""
    _count_open_cases(entry.worker_id, event.gone_id)


def _count_open_cases(*people: UUID | None) -> None:
    with acting_as(ROBOT):
        for each in filter(None, people):
            cases = Case.objects.filter(worker_id=each, closed_at__isnull=True).count()
            WorkerState.objects.filter(worker_id=each).update(open_cases=cases)
