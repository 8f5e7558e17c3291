"""A request for workers that the destination's own system passes on, and takes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.jurisdictions import post_in_charge
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import NotFound
from lindung.recruitment import queries, vocabulary
from lindung.recruitment.events import JobOrderSubmitted, PaperEnded, PaperSubmittedAgain
from lindung.recruitment.lifecycles import PAPER, PaperState
from lindung.recruitment.models import Agreement, JobOrder
from lindung.recruitment.operations.papers import close, order_values
from lindung.recruitment.operations.parts import locked_order, move
from lindung.recruitment.operations.refusals import OrderClosed

WITHDRAWN = "demand_withdrawn"


@operation(Right.PAPER_RECEIVE)
def receive_order(
    actor: Actor, agreement_no: str, *, given: Mapping[str, Any], at: datetime, on: date
) -> JobOrder:
    """Take a request that the destination passed on as if the recruiter had handed it in.

    It waits for the post's two pairs of eyes like any other. The same request once more repairs the
    one that was sent back.

    Args:
        agreement_no: our number of the agreement it rests on.
        given: as in ``submit_order``; ``paper_number`` is the destination's number of it.

    Raises:
        NotFound: no such agreement with that country.
        OrderClosed: the agreement is not in force, or the request is decided or under way.
        Incomplete: names what is missing or does not add up.
    """
    parent = (
        Agreement.objects.select_for_update()
        .filter(number=agreement_no, country=actor.country)
        .first()
    )
    if parent is None:
        raise NotFound
    if parent.state != PaperState.ENDORSED or not parent.valid_from <= on <= parent.valid_to:
        raise OrderClosed
    values = order_values(given, on)
    known = queries.passed_on(actor.country, values["paper_number"])
    if known is not None:
        return _repaired(actor, known, values, at=at)
    post = post_in_charge(
        parent.country, region=values["dest_region"], sector=values["sector"], on=on
    )
    made = JobOrder(
        number=next_number(Series.JOB_ORDER, on=on),
        agreement=parent,
        submitted_at=at,
        submitted_by=actor.id,
        since=at,
        due_at=vocabulary.due("endorse", at, post),
        post_id=post,
        agency_id=parent.agency_id,
        country=parent.country,
        is_demo=parent.is_demo,
        **values,
    )
    made.save(force_insert=True)
    record(
        JobOrderSubmitted(number=made.number, agreement=parent.id, quota=made.quota),
        actor=actor,
        about=made,
    )
    return made


@operation(Right.PAPER_RECEIVE)
def withdraw_order(actor: Actor, order_no: str, *, at: datetime) -> JobOrder:
    """End a request that the destination takes back, where nobody holds a place of it.

    Args:
        order_no: the destination's number of it.

    Raises:
        NotFound: no such request came from that country.
        OrderClosed: somebody holds a place; people decide what becomes of them.
        StepClosed: it is over already.
    """
    found = queries.passed_on(actor.country, order_no)
    if found is None:
        raise NotFound
    order = locked_order(found.id)
    if order.taken:
        raise OrderClosed
    close(actor, order, "end", at=at, reason_code=WITHDRAWN)
    record(PaperEnded(number=order.number, reason_code=WITHDRAWN), actor=actor, about=order)
    return order


def _repaired(
    actor: Actor, known: JobOrder, values: Mapping[str, Any], *, at: datetime
) -> JobOrder:
    order = locked_order(known.id)
    if order.state != PaperState.RETURNED:
        raise OrderClosed
    PAPER.take("submit again", PaperState(order.state))
    for name, value in values.items():
        setattr(order, name, value)
    order.checked_by = None
    move(actor, order, "submit again", at=at)
    record(PaperSubmittedAgain(number=order.number), actor=actor, about=order)
    return order
