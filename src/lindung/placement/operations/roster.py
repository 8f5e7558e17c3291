"""The destination's list of job seekers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.lifecycle import StepClosed
from lindung.placement import queries
from lindung.placement.events import (
    RosterStatusReceived,
    RosterSubmitted,
)
from lindung.placement.lifecycles import PLACEMENT, PlacementState
from lindung.placement.models import Placement
from lindung.placement.operations.milestones import mark, require_not_barred
from lindung.placement.operations.parts import (
    ROSTER,
    locked,
    needed_before,
    settle,
    told,
)
from lindung.placement.operations.refusals import (
    RequirementsMissing,
)
from lindung.registry.operations import (
    add_outside_number,
)
from lindung.regulations import pathways


@operation(Right.ROSTER_SEND)
def send_to_roster(actor: Actor, placement_id: UUID, *, on: date) -> Placement:
    """Send the person's data for the destination's list of job seekers.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: it is on the list or beyond already, or its pathway knows no list.
        RequirementsMissing: something the pathway asks for before the list is open.
        Barred: the person refused or cancelled more than the destination's rule allows.
    """
    placement = locked(placement_id)
    require_not_barred(placement, on=on)
    way = pathways.pathway(placement.pathway)
    if not way.asks(ROSTER):
        raise StepClosed(step="send to roster", state=placement.state)
    placement.state = PLACEMENT.take("send to roster", PlacementState(placement.state))
    before = needed_before(way, ROSTER)
    missing = [
        each
        for each in queries.open_requirements(placement, on=on, for_departure=False)
        if each.requirement.id in before
    ]
    if missing:
        raise RequirementsMissing(requirements=told(missing))
    placement.save(update_fields=["state"])
    record(
        RosterSubmitted(placement=placement.id, number=placement.number, listed_on=on),
        actor=actor,
        about=placement,
        basis=f"pathway:{way.id}",
    )
    return placement


@operation(Right.REQUIREMENT_CONFIRM)
def record_roster_status(
    actor: Actor,
    placement_id: UUID,
    *,
    status: str,
    roster_no: str,
    as_of: date,
    valid_to: date | None = None,
) -> Placement:
    """Record where the destination says the person stands on its list."""
    placement = locked(placement_id)
    record(
        RosterStatusReceived(
            placement=placement.id, status=status, roster_no=roster_no, valid_to=valid_to
        ),
        actor=actor,
        about=placement,
    )
    if roster_no:
        add_outside_number(
            placement.worker_id,
            kind="roster",
            value=roster_no,
            subject=placement.id,
            issued_on=as_of,
            valid_to=valid_to,
        )
    if status == "active":
        settle(
            actor,
            placement,
            ROSTER,
            state="accepted",
            given_on=as_of,
            reference=roster_no,
            valid_until=valid_to,
        )
    elif status in {"selected", "expired"}:
        code = "selected" if status == "selected" else "roster_expired"
        mark(actor, placement, code, on=as_of)
    return placement
