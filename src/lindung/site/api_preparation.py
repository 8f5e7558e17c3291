"""The API of the last weeks: orientation, social security, clearance, the border."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from ninja import Schema, Status
from pydantic import Field

from lindung.access.actors import Actor, Kind
from lindung.access.doors import today
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed
from lindung.placement import queries as placements
from lindung.placement.models import Placement
from lindung.preparation import operations, premiums, queries
from lindung.preparation.models import (
    Attendance,
    Clearance,
    Cover,
    CoverKind,
    Crossing,
    Direction,
    OrientationSession,
)
from lindung.registry.models import Source
from lindung.site.api import ApiRequest, acting, api

_TAGS = ["preparation"]
_OF_PLACEMENT = "/placements/{number}"
_MOST = 50
_NUMBER = Field(examples=["PNP-26-000123"])


class SessionIn(Schema):
    """An orientation to be planned."""

    place: str = Field(min_length=1, max_length=160)
    held_on: date
    seats: int = Field(ge=1, le=10_000)
    country: str = Field("", pattern=r"^([A-Z]{2})?$", description="ISO 3166-1 alpha-2, or any")


class SessionOut(Schema):
    """An orientation."""

    id: UUID
    office: str
    place: str
    country: str = Field(description="ISO 3166-1 alpha-2, or empty for any")
    held_on: date
    seats: int
    taken: int = Field(description="seats taken by people whom this key's duty sees")
    state: str = Field(description="planned, held or cancelled")


class SeatOut(Schema):
    """One person's seat."""

    id: UUID
    session: UUID
    placement: str = _NUMBER
    full_name: str
    present: bool | None = Field(description="null until attendance is recorded")
    certificate: str


class SessionDetail(SessionOut):
    """An orientation with the seats of people whom this key's duty sees."""

    items: list[SeatOut]


class SeatIn(Schema):
    """Whose seat."""

    placement: str = Field(max_length=24, examples=["PNP-26-000123"])


class Present(Schema):
    """Somebody who was there."""

    seat: UUID
    certificate: str = Field(min_length=1, max_length=120)


class AttendanceIn(Schema):
    """Who was there; seats not named were empty."""

    present: list[Present] = Field(max_length=10_000)


class PremiumOut(Schema):
    """What social security costs by the dated table."""

    rule: str = Field(examples=["id.social_security.during_work"])
    currency: str
    amount: Decimal | None = Field(description="null where the table allows two readings or none")
    lowest: Decimal | None
    highest: Decimal | None
    why: str = Field(description="code of the reason it needs a check; empty when known")


class CoverIn(Schema):
    """Social security that was paid."""

    kind: Literal["before", "during"]
    receipt: str = Field(min_length=1, max_length=60)
    amount: Decimal = Field(
        gt=0, max_digits=14, decimal_places=2, description="in the table's currency"
    )
    paid_on: date
    covers_from: date
    covers_to: date
    months: int = Field(0, ge=0, le=600, description="whole months of contract; 0 for `before`")
    reason: str = Field(
        "", max_length=200, description="why it is accepted where the table needs a check"
    )


class CoverOut(Schema):
    """A paid period."""

    id: UUID
    kind: str
    receipt: str
    amount: Decimal
    currency: str
    paid_on: date
    covers_from: date
    covers_to: date
    months: int
    outcome: str = Field(description="meets or needs_check")
    rule: str
    reason: str


class ClearanceOut(Schema):
    """The paper with which a person may leave."""

    number: str = Field(examples=["LPS-26-000123"])
    code: str = Field(description="whoever holds it may check the paper at /cek/")
    issued_on: date
    state: str = Field(description="valid, used or withdrawn")
    reason: str


class CrossingIn(Schema):
    """A passage over the border; who tells it is the key's own kind."""

    direction: Literal["out", "in"]
    on: date
    carrier: str = Field(min_length=1, max_length=20, description="flight or ship")
    checkpoint: str = Field("", max_length=80)
    reference: str = Field("", max_length=60)


class CrossingOut(Schema):
    """A passage as somebody told it; two tellings that differ are both kept."""

    id: UUID
    direction: str
    on: date
    carrier: str
    checkpoint: str
    source: str = Field(description="worker, agency, destination, officer, …")
    reference: str


class Readiness(Schema):
    """How ready one person is to leave."""

    placement: str = _NUMBER
    state: str
    seats: list[SeatOut]
    covers: list[CoverOut]
    covered: str = Field(description="meets, breaks or needs_check: cover beside the contract")
    covered_to: date | None
    contract_to: date | None
    clearance: ClearanceOut | None = Field(description="the one that stands, else the last one")
    crossings: list[CrossingOut]


class NoDeparture(Schema):
    """Why somebody did not leave after all."""

    reason: str = Field(min_length=1, max_length=200)


class StateOut(Schema):
    """Where a placement stands."""

    placement: str = _NUMBER
    state: str


class CodeIn(Schema):
    """The code of a paper. In the body: whoever has it holds the paper."""

    code: str = Field(max_length=64)


class Answered(Schema):
    """Whether a paper stands."""

    answer: Literal["valid", "not_valid", "could_not_tell"]
    number: str
    issued_on: date | None


@api.get("/orientations", response=list[SessionOut], operation_id="orientations", tags=_TAGS)
@acting()
def orientations(request: ApiRequest) -> list[SessionOut]:
    """Orientations to come, the next first, at most fifty."""
    _orienting(request.auth)
    coming = list(queries.coming_sessions(on=today())[:_MOST])
    taken = queries.seats_taken([each.id for each in coming])
    return [_session(each, taken.get(each.id, 0)) for each in coming]


@api.post("/orientations", response={201: SessionOut}, operation_id="plan_orientation", tags=_TAGS)
@acting(Right.ORIENTATION_RECORD)
def plan_orientation(request: ApiRequest, given: SessionIn) -> Status[SessionOut]:
    """Plan an orientation."""
    made = operations.plan_session(request.auth, on=today(), **given.model_dump())
    return Status(201, _session(made, 0))


@api.get(
    "/orientations/{session_id}", response=SessionDetail, operation_id="orientation", tags=_TAGS
)
@acting()
def orientation(request: ApiRequest, session_id: UUID) -> SessionDetail:
    """One orientation, and who has a seat."""
    _orienting(request.auth)
    return _detail(queries.session(session_id))


@api.post(
    "/orientations/{session_id}/cancel",
    response=SessionDetail,
    operation_id="cancel_orientation",
    tags=_TAGS,
)
@acting(Right.ORIENTATION_RECORD)
def cancel_orientation(request: ApiRequest, session_id: UUID) -> SessionDetail:
    """Cancel an orientation; those with a seat may take another."""
    return _detail(operations.cancel_session(request.auth, session_id))


@api.post(
    "/orientations/{session_id}/seats",
    response={201: SeatOut},
    operation_id="take_orientation_seat",
    tags=_TAGS,
)
@acting(Right.SEAT_TAKE)
def take_seat(request: ApiRequest, session_id: UUID, given: SeatIn) -> Status[SeatOut]:
    """Give a person a seat; the same seat again is the same seat."""
    placement = placements.by_number(given.placement)
    made = operations.take_seat(request.auth, session_id, placement_id=placement.id)
    return Status(201, _seat(made, placement))


@api.post(
    "/orientations/{session_id}/attendance",
    response=SessionDetail,
    operation_id="record_orientation_attendance",
    tags=_TAGS,
)
@acting(Right.ORIENTATION_RECORD)
def record_attendance(request: ApiRequest, session_id: UUID, given: AttendanceIn) -> SessionDetail:
    """Record once who was there; whoever was fulfils that requirement of the pathway."""
    operations.record_attendance(
        request.auth,
        session_id,
        proofs={each.seat: each.certificate for each in given.present},
        on=today(),
    )
    return _detail(queries.session(session_id))


@api.get("/premiums/{kind}", response=PremiumOut, operation_id="premium", tags=_TAGS)
@acting()
def premium(
    request: ApiRequest, kind: Literal["before", "during"], months: int = 0, on: date | None = None
) -> PremiumOut:
    """What the table in force on a day asks, for a contract of so many whole months."""
    day = on or today()
    due = premiums.before(on=day) if kind == "before" else premiums.during(months, on=day)
    return PremiumOut(
        rule=due.rule,
        currency=due.currency,
        amount=due.amount,
        lowest=due.lowest,
        highest=due.highest,
        why=due.why,
    )


@api.get(f"{_OF_PLACEMENT}/readiness", response=Readiness, operation_id="readiness", tags=_TAGS)
@acting(Right.PLACEMENT_READ)
def readiness(request: ApiRequest, number: str) -> Readiness:
    """How ready one person is to leave; the look is recorded and shown to the person."""
    placement = placements.by_number(number)
    look(request.auth, placement, worker=placement.worker_id, purpose="API")
    reach, paper = queries.reach(placement.id, on=today()), queries.clearance_of(placement.id)
    return Readiness(
        placement=placement.number,
        state=placement.state,
        seats=[_seat(each, placement) for each in queries.attendance_of(placement.id)],
        covers=[_cover(each) for each in queries.covers_of(placement.id)],
        covered=reach.outcome,
        covered_to=reach.covered_to,
        contract_to=reach.contract_to,
        clearance=_clearance(paper) if paper else None,
        crossings=[_crossing(each) for each in queries.crossings_of(placement.worker_id)],
    )


@api.post(
    f"{_OF_PLACEMENT}/covers", response={201: CoverOut}, operation_id="record_cover", tags=_TAGS
)
@acting(Right.COVER_RECORD)
def record_cover(request: ApiRequest, number: str, given: CoverIn) -> Status[CoverOut]:
    """Record social security that was paid; the same receipt again is the same period."""
    values = given.model_dump() | {"kind": CoverKind(given.kind)}
    made = operations.record_cover(request.auth, placements.by_number(number).id, **values)
    return Status(201, _cover(made))


@api.post(
    f"{_OF_PLACEMENT}/crossings",
    response={201: CrossingOut},
    operation_id="record_crossing",
    tags=_TAGS,
)
@acting(Right.CROSSING_TELL)
def record_crossing(request: ApiRequest, number: str, given: CrossingIn) -> Status[CrossingOut]:
    """Record a passage; going out makes a cleared placement departed."""
    values = given.model_dump() | {"direction": Direction(given.direction)}
    made = operations.record_crossing(
        request.auth,
        placements.by_number(number).worker_id,
        source=_source(request.auth),
        **values,
    )
    return Status(201, _crossing(made))


@api.post(
    f"{_OF_PLACEMENT}/failed-departures",
    response=StateOut,
    operation_id="record_failed_departure",
    tags=_TAGS,
)
@acting(Right.DEPARTURE_RECORD)
def record_failed_departure(request: ApiRequest, number: str, given: NoDeparture) -> StateOut:
    """Record that somebody did not leave after all; the paper stands again."""
    found = operations.record_no_departure(
        request.auth, placements.by_number(number).id, on=today(), reason=given.reason
    )
    return StateOut(placement=found.number, state=found.state)


@api.post("/clearances/check", response=Answered, operation_id="check_clearance", tags=_TAGS)
@acting()
def check_clearance(request: ApiRequest, given: CodeIn) -> Answered:
    """Whether the paper with this code stands; nothing of a person is told."""
    answer, found = queries.check(given.code)
    return Answered(
        answer=answer.value,
        number=found.number if found else "",
        issued_on=found.issued_on if found else None,
    )


def _orienting(actor: Actor) -> None:
    if not (actor.may(Right.ORIENTATION_RECORD) or actor.may(Right.SEAT_TAKE)):
        raise NotAllowed(right=str(Right.SEAT_TAKE))


def _source(actor: Actor) -> Source:
    return Source.AGENCY if actor.kind is Kind.AGENCY else Source.OFFICER


def _session(found: OrientationSession, taken: int) -> SessionOut:
    return SessionOut(
        id=found.id,
        office=found.office,
        place=found.place,
        country=found.country,
        held_on=found.held_on,
        seats=found.seats,
        taken=taken,
        state=found.state,
    )


def _detail(found: OrientationSession) -> SessionDetail:
    seats = queries.attendances(found.id)
    return SessionDetail(
        **_session(found, len(seats)).model_dump(),
        items=[_seat(each, each.placement) for each in seats],
    )


def _seat(found: Attendance, placement: Placement) -> SeatOut:
    return SeatOut(
        id=found.id,
        session=found.session_id,
        placement=placement.number,
        full_name=placement.worker.full_name,
        present=found.present,
        certificate=found.proof,
    )


def _cover(found: Cover) -> CoverOut:
    return CoverOut(**{name: getattr(found, name) for name in CoverOut.model_fields})


def _clearance(found: Clearance) -> ClearanceOut:
    return ClearanceOut(**{name: getattr(found, name) for name in ClearanceOut.model_fields})


def _crossing(found: Crossing) -> CrossingOut:
    return CrossingOut(**{name: getattr(found, name) for name in CrossingOut.model_fields})
