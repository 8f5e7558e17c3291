"""Places of a job order: taken by a placement, given back, never more than the quota."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NotFound
from lindung.recruitment import queries
from lindung.recruitment.events import PlaceGivenBack, PlaceTaken
from lindung.recruitment.lifecycles import PLACE, PaperState, PlaceState
from lindung.recruitment.models import JobOrder, Place
from lindung.recruitment.operations.parts import quota_back
from lindung.recruitment.operations.refusals import (
    NoPermit,
    NotForThisOrder,
    OrderClosed,
    QuotaFull,
)
from lindung.registry.models import Sex, Worker

# Which counter a sex uses beside the whole; who is neither counts in the whole alone.
_PART = {Sex.FEMALE: "female", Sex.MALE: "male"}


@operation(Right.PLACE_TAKE)
def take_place(
    actor: Actor,
    order_id: UUID,
    placement_id: UUID,
    *,
    worker: Worker,
    country: str,
    sector: str,
    scope: dict[str, Any],
    on: date,
) -> Place:
    """Give a placement one place of an order; a second time it is the same place.

    A place that somebody left is taken first, so whoever replaces counts in the same place.

    Args:
        country, sector, scope: the placement's own.
    Raises:
        NotFound: no such order, or none this actor may see.
        NotForThisOrder: another recruiter, country or sector, or another order holds it.
        OrderClosed: the order is not in force on that day.
        NoPermit: no recruitment permit stands on that day.
        QuotaFull: every place, or every place of this sex, is taken.
    """
    order = JobOrder.objects.filter(id=order_id).first()
    if order is None:
        raise NotFound
    if known := Place.objects.filter(placement_id=placement_id, state=PlaceState.HELD).first():
        if known.order_id == order_id:
            return known
        raise NotForThisOrder
    same_recruiter = order.agency_id == scope["agency_id"]
    if not same_recruiter or order.country != country or order.sector != sector:
        raise NotForThisOrder
    if order.state != PaperState.ENDORSED or order.valid_to < on:
        raise OrderClosed
    if queries.permit_on(order.id, on) is None:
        raise NoPermit
    part = _PART.get(Sex(worker.sex), "")
    _count(order, part)
    # The order's row is ours until the end, so nobody else looks for a free place meanwhile.
    seat = _first_free(order)
    before = Place.objects.filter(order=order, seat=seat).order_by("-freed_on", "-id").first()
    place = Place(
        order=order,
        worker=worker,
        placement_id=placement_id,
        seat=seat,
        counted_as=part[:1],
        taken_on=on,
        replaces=before,
        # The post that endorsed the order sees its places before it is in charge of anybody.
        **(scope | {"post_id": order.post_id}),
    )
    place.save(force_insert=True)
    record(
        PlaceTaken(
            number=order.number,
            order=order.id,
            placement=placement_id,
            seat=seat,
            replaces=before.placement_id if before else None,
        ),
        actor=actor,
        about=place,
    )
    return place


def give_back(actor: Actor, placement_id: UUID, *, reason: str, on: date) -> Place | None:
    """Free the place that a placement holds; ``None`` where it holds none. Part of the caller's act.

    Whoever may withdraw the placement need not see the order, so our robot counts.
    """
    with acting_as(ROBOT):
        place = (
            Place.objects.select_for_update(of=("self",))
            .filter(placement_id=placement_id, state=PlaceState.HELD)
            .first()
        )
        if place is None:
            return None
        order = JobOrder.objects.select_for_update(of=("self",)).get(id=place.order_id)
        place.state = PLACE.take("give back", PlaceState(place.state))
        place.freed_on, place.reason = on, reason[:300]
        place.save(update_fields=["state", "freed_on", "reason"])
        counters = {"taken": F("taken") - 1}
        if part := {"f": "female", "m": "male"}.get(place.counted_as):
            counters[f"taken_{part}"] = F(f"taken_{part}") - 1
        JobOrder.objects.filter(id=order.id).update(**counters)
        if order.state != PaperState.ENDORSED:
            # The order is over: its place is the agreement's again.
            quota_back(order, 1)
        record(
            PlaceGivenBack(
                number=order.number, order=order.id, placement=placement_id, seat=place.seat
            ),
            actor=actor,
            about=place,
        )
    return place


def _count(order: JobOrder, part: str) -> None:
    """Count one more, in one statement, which PostgreSQL judges anew after every rival.

    Raises:
        QuotaFull: no such place is left.
        OrderClosed: the order was closed meanwhile.
    """
    room = Q(taken__lt=F("quota"))
    counters = {"taken": F("taken") + 1}
    if part:
        limit, used = f"quota_{part}", f"taken_{part}"
        room &= Q(**{f"{limit}__isnull": True}) | Q(**{f"{used}__lt": F(limit)})
        counters[used] = F(used) + 1
    found = JobOrder.objects.filter(id=order.id, state=PaperState.ENDORSED)
    if not found.filter(room).update(**counters):
        if not found.exists():
            raise OrderClosed
        raise QuotaFull


def _first_free(order: JobOrder) -> int:
    # Also places of people this actor does not see are held.
    with acting_as(ROBOT):
        held = set(
            Place.objects.filter(order=order, state=PlaceState.HELD).values_list("seat", flat=True)
        )
    return next(seat for seat in range(1, order.quota + 1) if seat not in held)
