"""Setting out on a pathway, giving it up, and its end."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.placement import queries
from lindung.placement.events import (
    PlacementEnded,
    PlacementOpened,
    PlacementWithdrawn,
)
from lindung.placement.lifecycles import CONTRACT, PLACEMENT, ContractState, PlacementState
from lindung.placement.models import Placement
from lindung.placement.operations.parts import (
    close_check_task,
    locked,
)
from lindung.placement.operations.refusals import (
    AlreadyUnderWay,
)
from lindung.registry.models import Worker
from lindung.regulations import pathways


@operation(Right.PLACEMENT_OPEN)
def open_placement(
    actor: Actor,
    worker_id: UUID,
    *,
    pathway_id: str,
    sector: str,
    on: date,
    occupation: str = "",
    is_demo: bool = False,
) -> Placement:
    """Set a person out on a pathway.

    Raises:
        NotFound: no such person or pathway, or none this actor may see.
        AlreadyUnderWay: another placement is not over yet.
        Incomplete: the pathway does not serve this sector.
    """
    # Locked, so that two officers at the same moment do not open two.
    worker = Worker.objects.select_for_update().filter(id=worker_id).first()
    if worker is None:
        raise NotFound
    if queries.live_placement(worker_id) is not None:
        raise AlreadyUnderWay
    way = pathways.pathway(pathway_id)
    if way.sectors and sector not in way.sectors:
        raise Incomplete(fields={"sector": "Jalur ini tidak melayani sektor tersebut."})
    scope = worker.scope() | {"country": way.corridor.destination}
    placement = Placement(
        worker=worker,
        number=next_number(Series.PLACEMENT, on=on),
        pathway=way.id,
        scheme=way.scheme,
        sector=sector,
        occupation=occupation,
        opened_on=on,
        is_demo=is_demo,
        **scope,
    )
    placement.save(force_insert=True)
    record(
        PlacementOpened(
            placement=placement.id, number=placement.number, pathway=way.id, title=way.title.id
        ),
        actor=actor,
        about=placement,
    )
    return placement


@operation(Right.PLACEMENT_WITHDRAW)
def withdraw(actor: Actor, placement_id: UUID, *, reason: str) -> Placement:
    """Give a placement up before departure, with a reason; its contract lapses with it.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the person has left already.
        Incomplete: no reason.
    """
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tulis alasan pembatalan."})
    placement = locked(placement_id)
    placement.state = PLACEMENT.take("withdraw", PlacementState(placement.state))
    placement.save(update_fields=["state"])
    if (contract := queries.current_contract(placement.id)) is not None:
        contract.state = CONTRACT.take("lapse", ContractState(contract.state))
        contract.save(update_fields=["state"])
        close_check_task(actor, contract)
    record(
        PlacementWithdrawn(placement=placement.id, number=placement.number, reason=reason),
        actor=actor,
        about=placement,
    )
    return placement


def end_placement(actor: Actor, placement: Placement, *, on: date) -> None:
    """End a placement because the person came home; part of the caller's operation."""
    placement.state = PLACEMENT.take("end", PlacementState(placement.state))
    placement.ended_on = on
    placement.save(update_fields=["state", "ended_on"])
    record(
        PlacementEnded(placement=placement.id, number=placement.number, on=on),
        actor=actor,
        about=placement,
    )
