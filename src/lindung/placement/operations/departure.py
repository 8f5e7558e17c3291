"""Visa, clearance, departure and arrival."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete
from lindung.outreach.operations import send
from lindung.placement import queries
from lindung.placement.events import (
    ArrivalConfirmed,
    DepartureCleared,
    DepartureFailed,
    DepartureRecorded,
    VisaAuthorised,
)
from lindung.placement.lifecycles import PLACEMENT, PlacementState
from lindung.placement.models import Placement
from lindung.placement.operations.parts import (
    ARRIVED,
    VISA_AUTHORISED,
    locked,
    locked_by_number,
    settle,
    told,
)
from lindung.placement.operations.refusals import (
    RequirementsMissing,
)
from lindung.placement.operations.standing import require_clean_parties
from lindung.registry import queries as registry
from lindung.registry.models import Stage, WorkerState
from lindung.registry.operations import (
    add_outside_number,
)


@operation(Right.ARRIVAL_RECORD)
def record_visa_authorisation(
    actor: Actor,
    placement_number: str,
    *,
    authorisation_no: str,
    issued_on: date,
    expires_on: date,
) -> Placement:
    """Record that the destination authorised the visa.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: no contract is concluded, or the visa stands already.
    """
    placement = locked_by_number(placement_number)
    placement.state = PLACEMENT.take("record visa authorisation", PlacementState(placement.state))
    placement.save(update_fields=["state"])
    add_outside_number(
        placement.worker_id,
        kind="visa-authorisation",
        value=authorisation_no,
        subject=placement.id,
        issued_on=issued_on,
        valid_to=expires_on,
    )
    settle(
        actor,
        placement,
        VISA_AUTHORISED,
        state="accepted",
        given_on=issued_on,
        reference=authorisation_no,
        valid_until=expires_on,
    )
    record(
        VisaAuthorised(
            placement=placement.id, authorisation_no=authorisation_no, expires_on=expires_on
        ),
        actor=actor,
        about=placement,
    )
    return placement


@operation(Right.DEPARTURE_CLEAR)
def clear_for_departure(actor: Actor, placement_id: UUID, *, on: date) -> Placement:
    """Clear a person to leave: possible exactly when nothing the pathway asks for is open.

    Args:
        on: day of clearance in the origin country; the rules in force that day apply.
    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: no contract is concluded, or it is cleared already.
        RequirementsMissing: names every requirement still open, and why.
        KnownProblem: employer, recruiter or partner is on the problem list.
    """
    placement = locked(placement_id)
    placement.state = PLACEMENT.take("clear for departure", PlacementState(placement.state))
    if missing := queries.open_requirements(placement, on=on):
        raise RequirementsMissing(requirements=told(missing))
    require_clean_parties(placement, on=on)
    placement.cleared_on = on
    placement.save(update_fields=["state", "cleared_on"])
    record(
        DepartureCleared(placement=placement.id, number=placement.number, on=on),
        actor=actor,
        about=placement,
        basis=f"pathway:{placement.pathway}",
    )
    send(actor, registry.worker(placement.worker_id), "cleared", number=placement.number)
    return placement


@operation(Right.DEPARTURE_RECORD)
def record_departure(actor: Actor, placement_id: UUID, *, on: date, flight: str) -> Placement:
    """Record that the person left the home country.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: not cleared, or left already.
        Incomplete: no flight.
    """
    if not flight.strip():
        raise Incomplete(fields={"flight": "Tulis nomor penerbangan atau kapal."})
    placement = locked(placement_id)
    depart(actor, placement, on=on, flight=flight)
    return placement


def depart(actor: Actor, placement: Placement, *, on: date, flight: str) -> None:
    """Take a cleared placement over the border; part of the caller's operation.

    Raises:
        StepClosed: not cleared, or left already.
    """
    placement.state = PLACEMENT.take("record departure", PlacementState(placement.state))
    placement.departed_on = on
    placement.save(update_fields=["state", "departed_on"])
    contract = queries.current_contract(placement.id)
    record(
        DepartureRecorded(
            placement=placement.id,
            number=placement.number,
            offer_no=contract.offer_number if contract else "",
            on=on,
            flight=flight.strip().upper(),
        ),
        actor=actor,
        about=placement,
    )
    WorkerState.objects.filter(worker_id=placement.worker_id).update(stage=Stage.DURING)


@operation(Right.DEPARTURE_RECORD)
def record_failed_departure(
    actor: Actor, placement_id: UUID, *, on: date, reason: str
) -> Placement:
    """Record that somebody whose departure was recorded did not leave after all.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: no departure is recorded, or the arrival is confirmed.
        Incomplete: no reason.
    """
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tulis mengapa tidak jadi berangkat."})
    placement = locked(placement_id)
    placement.state = PLACEMENT.take("record failed departure", PlacementState(placement.state))
    placement.departed_on = None
    placement.save(update_fields=["state", "departed_on"])
    record(
        DepartureFailed(
            placement=placement.id, number=placement.number, on=on, reason=reason.strip()
        ),
        actor=actor,
        about=placement,
    )
    WorkerState.objects.filter(worker_id=placement.worker_id).update(stage=Stage.BEFORE)
    return placement


@operation(Right.ARRIVAL_RECORD)
def record_arrival(
    actor: Actor,
    placement_number: str,
    *,
    on: date,
    employer: str = "",
    details: Mapping[str, Any] | None = None,
) -> Placement:
    """Record the arrival that the destination's own system (or the post) confirms.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: no departure is recorded.
    """
    placement = locked_by_number(placement_number)
    placement.state = PLACEMENT.take("confirm arrival", PlacementState(placement.state))
    placement.arrived_on = on
    placement.save(update_fields=["state", "arrived_on"])
    settle(actor, placement, ARRIVED, state="accepted", given_on=on)
    contract = queries.current_contract(placement.id)
    if contract is not None:
        contract.starts_on = on
        contract.save(update_fields=["starts_on"])
    record(
        ArrivalConfirmed(
            placement=placement.id,
            number=placement.number,
            on=on,
            employer=employer or placement.employer_name,
            details=dict(details or {}),
        ),
        actor=actor,
        about=placement,
    )
    send(actor, registry.worker(placement.worker_id), "arrived")
    return placement
