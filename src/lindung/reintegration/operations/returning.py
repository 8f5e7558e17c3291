"""The return home, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.monitoring.operations import end_employment
from lindung.placement import queries as placements
from lindung.placement.lifecycles import PlacementState
from lindung.placement.operations import end_placement
from lindung.registry import queries as registry
from lindung.registry.models import Source, Stage, Worker, WorkerState
from lindung.reintegration.events import CameHome, PlanMade
from lindung.reintegration.models import Plan, Return, ReturnReason
from lindung.reintegration.operations.claiming import list_money

# When a returned person is asked again how things go; our own practice, not a law's.
ASK_AGAIN_DAYS = 90


@operation(Right.RETURN_RECORD)
def record_return(
    actor: Actor, worker_id: UUID, *, on: date, reason: ReturnReason, source: Source
) -> Return:
    """Record that a person came home; the placement and the employment end that day.

    What may be left in the destination is listed for the person. The same return told twice (the destination's system and the border) is one return.

    Raises:
        NotFound: no such person, or none this actor may see.
    """
    worker = Worker.objects.select_for_update().filter(id=worker_id).first()
    if worker is None:
        raise NotFound
    if known := Return.objects.filter(worker=worker, on=on).first():
        return known
    placement = placements.live_placement(worker_id)
    returned = Return.objects.create(
        worker=worker,
        placement_id=placement.id if placement else None,
        on=on,
        reason=reason,
        source=source,
        **worker.scope(),
    )
    abroad = {PlacementState.ARRIVED, PlacementState.DEPARTED}
    if placement is not None and PlacementState(placement.state) in abroad:
        end_placement(actor, placement, on=on)
    end_employment(worker, on=on, reason=str(reason))
    WorkerState.objects.filter(worker=worker).update(
        stage=Stage.AFTER, check_in_due_on=None, cell=None, dest_region="", confirmed_on=on
    )
    record(
        CameHome(
            returned=returned.id,
            on=on,
            reason=str(reason),
            label=str(ReturnReason(reason).label),
            source=str(source),
        ),
        actor=actor,
        about=returned,
    )
    if placement is not None:
        list_money(actor, placement.id, left_on=on)
    return returned


@operation(Right.PLAN_MAKE)
def make_plan(
    actor: Actor, worker_id: UUID, *, needs: Sequence[str], next_step: str, on: date
) -> Plan:
    """Write down what a returned person needs and the next step agreed with them.

    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: no next step.
    """
    if not next_step.strip():
        raise Incomplete(fields={"next_step": "Tulis langkah berikut yang disepakati."})
    worker = registry.worker(worker_id)
    plan = Plan.objects.create(
        worker=worker,
        made_on=on,
        needs=list(needs),
        next_step=next_step.strip(),
        ask_again_on=on + timedelta(days=ASK_AGAIN_DAYS),
        **worker.scope(),
    )
    record(
        PlanMade(plan=plan.id, next_step=plan.next_step, ask_again_on=plan.ask_again_on),
        actor=actor,
        about=plan,
    )
    return plan
