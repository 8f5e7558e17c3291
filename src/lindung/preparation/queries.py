"""Everything asked about the last weeks before departure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, QuerySet

from lindung.kernel.days import Period
from lindung.kernel.refusals import NotFound
from lindung.placement import queries as placements
from lindung.placement.contract_forms import form
from lindung.placement.models import Contract
from lindung.preparation.lifecycles import ClearanceState, SessionState
from lindung.preparation.models import (
    Attendance,
    Clearance,
    ClearanceCheck,
    Cover,
    Crossing,
    Direction,
    OrientationSession,
)
from lindung.regulations.verdicts import BREAKS, MEETS, NEEDS_CHECK

CONTRACT_MONTHS = "contract.months"


class Answer(StrEnum):
    """The three answers of a public check."""

    VALID = "valid"
    NOT_VALID = "not_valid"
    COULD_NOT_TELL = "could_not_tell"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far social security reaches beside the contract; None is not known."""

    outcome: str
    covered_to: date | None
    contract_to: date | None


def digest(code: str) -> bytes:
    """The form in which a code is kept where anyone can ask for it."""
    return hashlib.sha256(code.encode()).digest()


def coming_sessions(*, on: date) -> QuerySet[OrientationSession]:
    """Sessions from that day on, with the seats taken in ``taken`` (those this actor sees)."""
    return OrientationSession.objects.filter(state=SessionState.PLANNED, held_on__gte=on)


def session(session_id: UUID) -> OrientationSession:
    """One session.

    Raises:
        NotFound: no such session.
    """
    found = OrientationSession.objects.filter(id=session_id).first()
    if found is None:
        raise NotFound
    return found


def attendances(session_id: UUID) -> list[Attendance]:
    """The seats of a session that this actor sees, by name."""
    query = Attendance.objects.filter(session_id=session_id).select_related("worker")
    return list(query.order_by("worker__full_name", "id"))


def attendance_of(placement_id: UUID) -> list[Attendance]:
    """The seats of a placement, newest session first."""
    query = Attendance.objects.filter(placement_id=placement_id).select_related("session")
    return list(query.order_by("-session__held_on"))


def seats_taken(session_ids: list[UUID]) -> dict[UUID, int]:
    """Session → seats taken, as far as this actor sees."""
    counted = Attendance.objects.filter(session_id__in=session_ids).values("session_id")
    return {row["session_id"]: row["n"] for row in counted.annotate(n=Count("id"))}


def covers_of(placement_id: UUID) -> list[Cover]:
    """The paid periods of a placement, oldest first."""
    return list(Cover.objects.filter(placement_id=placement_id))


def contract_months(contract: Contract) -> int | None:
    """Whole months of the contract as its form states them; None where it does not."""
    stated = form(contract.form).stated(contract.fields).get(CONTRACT_MONTHS)
    try:
        months = int(stated)  # type: ignore[arg-type]  # a number where the form says so
    except (TypeError, ValueError):
        return None
    return months if months > 0 else None


def contract_end(contract: Contract, *, starts_on: date) -> date | None:
    """The last day of the contract; from its months where no day was agreed."""
    if contract.ends_on is not None:
        return contract.ends_on
    months = contract_months(contract)
    return Period.of_months(starts_on, months).last if months else None


def reach(placement_id: UUID, *, on: date) -> Reach:
    """Whether the cover paid for reaches to the end of the contract.

    Args:
        on: the day work is taken to begin where the contract has none yet.
    Law:
        id.social_security.during_work (its note: cover may not end before the contract)
    """
    contract = placements.current_contract(placement_id)
    ends = [each.covers_to for each in covers_of(placement_id) if each.kind == "during"]
    covered = max(ends, default=None)
    if contract is None:
        return Reach(NEEDS_CHECK, covered, None)
    end = contract_end(contract, starts_on=contract.starts_on or on)
    if end is None:
        return Reach(NEEDS_CHECK, covered, None)
    return Reach(MEETS if covered and covered >= end else BREAKS, covered, end)


def clearance_of(placement_id: UUID) -> Clearance | None:
    """The clearance that stands, else the last one."""
    query = Clearance.objects.filter(placement_id=placement_id)
    standing = query.exclude(state=ClearanceState.WITHDRAWN).first()
    return standing or query.first()


def crossings_of(worker_id: UUID) -> list[Crossing]:
    """A person's passages over the border, newest first."""
    return list(Crossing.objects.filter(worker_id=worker_id))


def other_days(crossing: Crossing) -> list[Crossing]:
    """Tellings of the same departure or return that name another day."""
    query = Crossing.objects.filter(
        worker_id=crossing.worker_id,
        direction=crossing.direction,
        placement_id=crossing.placement_id,
    )
    return [] if crossing.direction == Direction.IN else list(query.exclude(on=crossing.on))


def check(code: str) -> tuple[Answer, ClearanceCheck | None]:
    """Whether the paper with this code stands; anyone may ask.

    A code that nobody ever issued cannot be told from a torn one: *could not tell*.
    """
    found = ClearanceCheck.objects.filter(digest=digest(code.strip().lower())).first()
    if found is None:
        return Answer.COULD_NOT_TELL, None
    stands = found.state in {ClearanceState.VALID, ClearanceState.USED}
    return (Answer.VALID if stands else Answer.NOT_VALID), found
