"""Whatever happens in a stage that an agreed record speaks of marks the person, in its transaction.

The mark is folded into the digest tree by a job (``operations/digests.py``).
"""

from __future__ import annotations

from lindung.access.acting import acting_as
from lindung.access.events import Event
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.exchange.models import StaleRecord
from lindung.monitoring import events as monitoring
from lindung.placement import events as placement
from lindung.registry.events import PeopleMerged, PostInChargeChanged
from lindung.reintegration.events import (
    CameHome,
    MoneyClaimed,
    MoneyLeft,
    PlanMade,
    ReadyToReturn,
)

CHANGING: tuple[type[Event], ...] = (
    placement.RosterSubmitted, placement.RosterStatusReceived, placement.RequirementSettled,
    placement.ContractOffered, placement.ContractBrought, placement.ContractAnswered,
    placement.ContractSuperseded, placement.VisaAuthorised, placement.DepartureRecorded,
    placement.DepartureFailed, placement.ArrivalConfirmed, placement.PlacementWithdrawn,
    placement.PlacementEnded, placement.EndTakenBack, monitoring.EmploymentBegan, monitoring.EmploymentChanged,
    monitoring.EmployerTold, monitoring.ContractResigned, monitoring.ExtensionDecided,
    monitoring.ResidenceRegistered, CameHome,
    # Not what the record says, but whose it is and who sees it.
    PeopleMerged, PostInChargeChanged,
)  # fmt: skip
# Of the same stages, those that change none of the agreed fields; a test holds both lists whole.
UNCHANGING: tuple[type[Event], ...] = (
    placement.PlacementOpened, placement.RequirementGiven, placement.ContractVerified,
    placement.ContractReturned, placement.ContractAmended, placement.EmployerAgreed,
    placement.FindingOpened, placement.FindingAnswered, placement.DepartureCleared,
    placement.MilestoneReached, placement.RosterRenewalAsked, placement.SittingRegistered,
    monitoring.CheckedIn, monitoring.WageReported, monitoring.QuestionAnswered, monitoring.DiaryKept,
    monitoring.ExtensionAsked, monitoring.WentOnLeave, monitoring.LeaveEnded,
    monitoring.CompanionKept, PlanMade, MoneyLeft, MoneyClaimed, ReadyToReturn,
)  # fmt: skip


def mark(_event: Event, entry: JournalEntry) -> None:
    """Note that this person's shared records may have changed."""
    if entry.worker_id is None:
        return
    with acting_as(ROBOT):
        StaleRecord(worker_id=entry.worker_id, **entry.scope()).save(force_insert=True)


for changing in CHANGING:
    reacts_to(changing)(mark)
