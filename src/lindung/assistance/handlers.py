"""What hangs on a case goes where the case goes: to another post, or behind a seal."""

from __future__ import annotations

from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.assistance.models import Appointment, Claim, Letter, Payment, Referral, Stay
from lindung.protection.events import CaseHandedOver, KindSet
from lindung.protection.models import Case

ON_CASE = (Letter, Claim, Payment, Referral, Stay, Appointment)


@reacts_to(CaseHandedOver)
def follow_to_another_post(event: CaseHandedOver, entry: JournalEntry) -> None:
    """The post that has the case has its letters and claims too."""
    _follow(event.case)


@reacts_to(KindSet)
def follow_behind_the_seal(event: KindSet, entry: JournalEntry) -> None:
    """A case that became a sealed one takes what hangs on it along; or brings it back."""
    _follow(event.case)


def _follow(case_id: UUID) -> None:
    with acting_as(ROBOT):
        case = Case.objects.get(id=case_id)
        for model in ON_CASE:
            model.objects.filter(case=case).update(compartment=case.compartment, **case.scope())
