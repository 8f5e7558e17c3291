"""Setting out on a pathway, giving it up, and its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lindung.access.actors import Actor
from lindung.access.journal import Told, record, record_all, told_at
from lindung.access.many import insert_all
from lindung.access.numbers import Series, next_numbers
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.parties.queries import require_able_agency, require_no_problem
from lindung.placement import queries, terms
from lindung.placement.events import (
    EndTakenBack,
    PlacementEnded,
    PlacementOpened,
    PlacementWithdrawn,
)
from lindung.placement.lifecycles import CONTRACT, PLACEMENT, ContractState, PlacementState
from lindung.placement.models import Placement
from lindung.placement.operations.parts import (
    ENDORSED,
    ORDERED,
    close_check_task,
    locked,
    settle,
)
from lindung.placement.operations.refusals import (
    AlreadyUnderWay,
)
from lindung.placement.withdrawals import REFUND_DAYS, REFUND_TASK, Refund, Why
from lindung.recruitment import queries as recruitment
from lindung.recruitment.models import JobOrder
from lindung.recruitment.operations import give_back, take_place
from lindung.reference import queries as reference
from lindung.registry.models import Worker
from lindung.registry.operations import open_task
from lindung.registry.scope import require_open
from lindung.regulations import pathways


@dataclass(frozen=True, slots=True)
class Start:
    """Somebody who is to set out.

    Attributes:
        destination: ISO 3166-1 alpha-2, where the pathway is bound to no one country.
        job_order_id: the order whose place the person takes; its quota holds.
    """

    worker_id: UUID
    pathway_id: str
    sector: str
    destination: str = ""
    occupation: str = ""
    job_order_id: UUID | None = None


@operation(Right.PLACEMENT_OPEN)
def open_placement(
    actor: Actor,
    worker_id: UUID,
    *,
    pathway_id: str,
    sector: str,
    on: date,
    destination: str = "",
    occupation: str = "",
    job_order_id: UUID | None = None,
    is_demo: bool = False,
) -> Placement:
    """Set a person out on a pathway; the rest is as :class:`Start` says.

    A place of an order says itself that the order is endorsed and may be recruited for.

    Raises:
        NotFound: no such person or pathway, or none this actor may see.
        AlreadyUnderWay: another placement is not over yet.
        BehindTheWall: somebody who entered herself and has not agreed to be named to others.
        Incomplete: the pathway does not serve this sector or country, or no country is named.
        AgencyNotAble, KnownProblem: as :func:`obstacle_of` says.
        QuotaFull, NoPermit, OrderClosed, NotForThisOrder: as ``recruitment.take_place``.
    """
    start = Start(worker_id, pathway_id, sector, destination, occupation, job_order_id)
    (found,) = _open_all(actor, [start], on=on, is_demo=is_demo)
    if isinstance(found, Refusal):
        raise found
    return found


@operation(Right.PLACEMENT_OPEN)
def open_placements(
    actor: Actor,
    starts: Sequence[Start],
    *,
    on: date,
    is_demo: bool = False,
    fresh: Iterable[Worker] = (),
) -> list[Placement | Refusal]:
    """Set many people out as :func:`open_placement` does one: for each the placement, or why not.

    The number of queries does not grow with the people, but where they take places of orders.

    Args:
        fresh: those of them who were enrolled in this very transaction. Nobody else sees them yet, so
            they are neither looked up nor locked, and nothing of theirs is under way.
    """
    return _open_all(actor, starts, on=on, is_demo=is_demo, fresh=fresh)


def obstacle_of(agency_id: UUID | None, *, on: date) -> Refusal | None:
    """Why nobody may set out with this agency on that day: its licence, or the problem list."""
    if agency_id is None:
        return None
    try:
        require_able_agency(agency_id, on=on)
        require_no_problem(subjects=[agency_id], on=on)
    except Refusal as refusal:
        return refusal
    return None


def _open_all(
    actor: Actor,
    starts: Sequence[Start],
    *,
    on: date,
    is_demo: bool,
    fresh: Iterable[Worker] = (),
) -> list[Placement | Refusal]:
    people = {each.id: each for each in fresh}
    under_way = set[UUID]()
    if others := [each.worker_id for each in starts if each.worker_id not in people]:
        # Locked, so that two officers at the same moment do not open two.
        people |= Worker.objects.select_for_update().order_by("id").in_bulk(others)
        under_way = queries.workers_under_way(others)
    agencies = {actor.agency or each.agency_id for each in people.values()}
    obstacles = {each: obstacle_of(each, on=on) for each in agencies}
    series = iter(next_numbers(Series.PLACEMENT, len(starts), on=on))
    found: list[_Opened | Refusal] = []
    for start in starts:
        worker = people.get(start.worker_id)
        try:
            with transaction.atomic() if start.job_order_id else nullcontext():
                if worker is None:
                    raise NotFound
                # A placement names its person to a country: who entered herself has to agree first.
                require_open(worker)
                if worker.id in under_way:
                    raise AlreadyUnderWay
                if (obstacle := obstacles[actor.agency or worker.agency_id]) is not None:
                    raise obstacle
                opened = _opened(actor, start, worker, next(series), on=on, is_demo=is_demo)
        except Refusal as refusal:
            found.append(refusal)
        else:
            under_way.add(worker.id)
            found.append(opened)
    made = [each for each in found if not isinstance(each, Refusal)]
    insert_all([each.placement for each in made])
    record_all([Told(each.event(), each.placement) for each in made], actor=actor)
    for each in made:
        if each.order is not None:
            _from_order(actor, each.placement, each.order, on=on)
    return [each if isinstance(each, Refusal) else each.placement for each in found]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A placement to be saved, its way, and the order whose place it has."""

    placement: Placement
    way: pathways.Pathway
    order: JobOrder | None

    def event(self) -> PlacementOpened:
        return PlacementOpened(
            placement=self.placement.id,
            number=self.placement.number,
            pathway=self.way.id,
            title=self.way.title.id,
        )


def _opened(
    actor: Actor, start: Start, worker: Worker, number: str, *, on: date, is_demo: bool
) -> _Opened:
    way = pathways.pathway(start.pathway_id)
    if way.sectors and start.sector not in way.sectors:
        raise Incomplete(fields={"sector": "Jalur ini tidak melayani sektor tersebut."})
    scope = worker.scope() | {"country": _country(way, start.destination)}
    placement = Placement(
        worker=worker,
        number=number,
        pathway=way.id,
        scheme=way.scheme,
        sector=start.sector,
        occupation=start.occupation,
        opened_on=on,
        is_demo=is_demo,
        **scope,
    )
    if start.job_order_id is None:
        return _Opened(placement, way, None)
    place = take_place(
        actor,
        start.job_order_id,
        placement.id,
        worker=worker,
        country=placement.country,
        sector=start.sector,
        scope=scope,
        on=on,
    )
    placement.job_order_id = place.order_id
    placement.employer_id = place.order.employer_id
    placement.employer_name = place.order.employer_name
    placement.dest_region = place.order.dest_region
    placement.occupation = start.occupation or place.order.occupation
    return _Opened(placement, way, place.order)


def _from_order(actor: Actor, placement: Placement, order: JobOrder, *, on: date) -> None:
    """Settle what the pathway asks of the order, which the system has seen to already."""
    permit = recruitment.permit_on(order.id, on)
    permitted_on = (permit.valid_from if permit else None) or on
    number = permit.number if permit else order.number
    settle(actor, placement, ORDERED, state="accepted", given_on=permitted_on, reference=number)
    settle(
        actor,
        placement,
        ENDORSED,
        state="accepted",
        given_on=order.endorsed_on or on,
        reference=order.number,
    )


def _country(way: pathways.Pathway, destination: str) -> str:
    """The country a placement leads to: the pathway's own, or the one that was named."""
    wanted = destination or way.corridor.fixed
    if not wanted:
        raise Incomplete(fields={"destination": "Pilih negara tujuannya."})
    if not way.corridor.serves(wanted):
        raise Incomplete(fields={"destination": "Jalur ini tidak menuju negara tersebut."})
    # A country that data names is one; a country that somebody typed has to be looked up.
    return wanted if wanted == way.corridor.fixed else reference.country(wanted).code


@operation(Right.PLACEMENT_WITHDRAW)
def withdraw(
    actor: Actor, placement_id: UUID, *, reason: str, why: str = "other", refund: str = "unknown"
) -> Placement:
    """Give a placement up before departure, with a reason; its contract lapses with it.

    Money that has to go back to the person becomes a task of the office.

    Args:
        why: code of ``withdrawals.Why``, for counting; ``reason`` says it in words.
        refund: code of ``withdrawals.Refund``: what the person paid, and whether it came back.
    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the person has left already.
        Incomplete: no reason, or a code that is not in the list.
    """
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tulis alasan pembatalan."})
    if why not in Why or refund not in Refund:
        raise Incomplete(fields={"why": "Pilih sebab dan keadaan uangnya dari daftar."})
    placement = locked(placement_id)
    placement.state = PLACEMENT.take("withdraw", PlacementState(placement.state))
    placement.save(update_fields=["state"])
    if placement.job_order_id is not None:
        give_back(actor, placement.id, reason=reason, on=timezone.localdate(told_at()))
    for contract in queries.open_contracts(placement.id):
        contract.state = CONTRACT.take("lapse", ContractState(contract.state))
        contract.save(update_fields=["state"])
        terms.keep(contract)
        close_check_task(actor, contract)
    record(
        PlacementWithdrawn(
            placement=placement.id,
            number=placement.number,
            reason=reason,
            why=why,
            refund=refund,
        ),
        actor=actor,
        about=placement,
    )
    if refund == Refund.DUE:
        open_task(
            actor,
            about=placement,
            kind="placement:refund",
            title=REFUND_TASK,
            due_at=told_at() + timedelta(days=REFUND_DAYS),
            owner="office",
            subject=placement.id,
        )
    return placement


def end_placement(actor: Actor, placement: Placement, *, on: date) -> None:
    """End a placement because the person came home; part of the caller's operation."""
    placement.state = PLACEMENT.take("end", PlacementState(placement.state))
    placement.ended_on = on
    placement.save(update_fields=["state", "ended_on"])
    for contract in queries.open_contracts(placement.id):
        terms.keep(contract)
    record(
        PlacementEnded(placement=placement.id, number=placement.number, on=on),
        actor=actor,
        about=placement,
    )


def take_back_end(actor: Actor, placement_id: UUID, *, state: str, on: date) -> None:
    """The placement goes on as before, since its end was told in error; part of the caller's operation.

    Args:
        state: where it stood, ``arrived`` or ``departed``.
    """
    placement = Placement.objects.select_for_update().filter(id=placement_id).first()
    if placement is None or placement.state != PlacementState.ENDED:
        return
    step = "take back end"
    if state == PlacementState.DEPARTED:
        step = "take back end on the way"
    placement.state = PLACEMENT.take(step, PlacementState(placement.state))
    placement.ended_on = None
    placement.save(update_fields=["state", "ended_on"])
    for contract in queries.open_contracts(placement.id):
        terms.keep(contract)
    record(
        EndTakenBack(placement=placement.id, number=placement.number, on=on),
        actor=actor,
        about=placement,
    )
