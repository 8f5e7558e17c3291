"""Leaving the destination: what is planned, what money is left there, who goes back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from lindung.access.actors import Actor, Kind
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.placement import queries as placements
from lindung.placement import standing
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Milestone, Placement
from lindung.placement.operations import mark
from lindung.registry.models import Source
from lindung.reintegration import money
from lindung.reintegration.events import MoneyClaimed, MoneyLeft, ReadyToReturn
from lindung.reintegration.models import Owed, OwedState

GUARANTEE = "departure_guarantee"


@operation(Right.RETURN_RECORD)
def record_return_plan(
    actor: Actor, placement_id: UUID, *, leaves_on: date, on: date
) -> Milestone | None:
    """Record that a person will leave the destination for good on a day.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the person is not abroad.
    """
    placement = placements.placement(placement_id)
    if placement.state not in {PlacementState.ARRIVED, PlacementState.DEPARTED}:
        raise StepClosed(step="plan return", state=placement.state)
    return mark(actor, placement, "departure_planned", on=on, days={"leaves_on": leaves_on})


@operation(Right.RETURN_RECORD)
def list_money(actor: Actor, placement_id: UUID, *, left_on: date) -> list[Owed]:
    """List what may be left in the destination for a person who left it; once.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    placement = placements.placement(placement_id)
    mark(actor, placement, "left", on=left_on)
    return [_owed(actor, placement, kind, left_on) for kind in money.kinds_for(placement.country)]


@operation(Right.RETURN_RECORD)
def record_money(
    actor: Actor,
    placement_id: UUID,
    *,
    kind: str,
    state: str,
    on: date,
    amount: Decimal | None = None,
    currency: str = "",
    claim_until: date | None = None,
    reason: str = "",
) -> Owed:
    """Record where one sum stands: due, claimed, paid, passed on unclaimed, or nothing due.

    A sum that was paid stays paid: an older message that comes late changes nothing.

    Raises:
        NotFound: no such placement or kind, or none this actor may see.
        Incomplete: nothing is said to be due, without a reason.
    """
    placement = placements.placement(placement_id)
    kinds = {each.kind: each for each in money.kinds_for(placement.country)}
    if kind not in kinds or state not in OwedState:
        raise NotFound(kind)
    if state == OwedState.NOT_DUE and not reason.strip():
        raise Incomplete(fields={"reason": "Tulis mengapa tidak ada haknya."})
    owed = _owed(actor, placement, kinds[kind], _left_on(placement) or on)
    if owed.state == OwedState.PAID and state != OwedState.PAID:
        return owed
    owed.state = state
    owed.reason = reason.strip()[:200]
    if amount is not None:
        owed.amount, owed.currency = amount, currency
    if claim_until is not None:
        owed.claim_until, owed.needs_check = claim_until, False
    if state == OwedState.PAID:
        owed.paid_on = on
    if state == OwedState.CLAIMED:
        owed.claimed_on = on
    owed.told_by = _teller(actor)
    owed.save()
    record(
        MoneyLeft(
            owed=owed.id,
            number=placement.number,
            kind=kind,
            title=money.title(kind).id,
            state=state,
            label=str(OwedState(state).label),
            on=on,
        ),
        actor=actor,
        about=owed,
    )
    if state == OwedState.PAID and kind == GUARANTEE:
        mark(actor, placement, "departure_guarantee_paid", on=on)
    return owed


@operation(Right.RETURN_RECORD)
def claim_money(actor: Actor, placement_id: UUID, *, kind: str, on: date) -> Owed:
    """Claim a sum in the destination for a person; the destination is told.

    Raises:
        NotFound: no such placement or kind, or none this actor may see.
        StepClosed: it was paid already, or nothing is due.
    """
    placement = placements.placement(placement_id)
    owed = Owed.objects.filter(placement_id=placement.id, kind=kind).first()
    if owed is None:
        raise NotFound(kind)
    if owed.state in {OwedState.PAID, OwedState.NOT_DUE}:
        raise StepClosed(step="claim", state=owed.state)
    owed.state, owed.claimed_on, owed.told_by = OwedState.CLAIMED, on, _teller(actor)
    owed.save(update_fields=["state", "claimed_on", "told_by"])
    record(
        MoneyClaimed(
            owed=owed.id, number=placement.number, kind=kind, title=money.title(kind).id, on=on
        ),
        actor=actor,
        about=owed,
    )
    return owed


@operation(Right.RETURN_RECORD)
def record_reentry(
    actor: Actor,
    placement_id: UUID,
    *,
    kind: str,
    on: date,
    employer: str = "",
    enter_from: date | None = None,
) -> Milestone | None:
    """Record that the former employer takes the person back and the destination permits it.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    placement = placements.placement(placement_id)
    details = {"kind": kind, "employer": employer}
    return mark(
        actor,
        placement,
        "reentry_committed",
        on=on,
        details=details,
        days={"enter_from": enter_from},
    )


@operation(Right.RETURN_RECORD)
def report_ready(actor: Actor, placement_id: UUID, *, on: date) -> Milestone | None:
    """Record that a person who may go back reported and is ready; the destination is told.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: nobody engaged to take the person back.
    """
    placement = placements.placement(placement_id)
    if "reentry_committed" not in standing.read_facts(placement).days:
        raise StepClosed(step="report for re-entry", state=placement.state)
    told = mark(actor, placement, "reentry_reported", on=on)
    record(
        ReadyToReturn(placement=placement.id, number=placement.number, on=on),
        actor=actor,
        about=placement,
    )
    return told


def _owed(actor: Actor, placement: Placement, kind: money.Kind, left_on: date) -> Owed:
    until, needs_check = money.claim_until(kind, left_on=left_on)
    owed, _ = Owed.objects.get_or_create(
        worker_id=placement.worker_id,
        placement_id=placement.id,
        kind=kind.kind,
        defaults={
            "left_on": left_on,
            "claim_until": until,
            "needs_check": needs_check,
            "told_by": _teller(actor),
            **placement.scope(),
        },
    )
    return owed


def _left_on(placement: Placement) -> date | None:
    """The day the person left, where it was recorded."""
    return standing.read_facts(placement).days.get("left")


def _teller(actor: Actor) -> Source:
    return Source.DESTINATION if actor.kind is Kind.CLOCK else Source.OFFICER
