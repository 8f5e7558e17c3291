"""Many job orders in one go: looked through first, then each endorsed by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import NotFound, Refusal, TooManyAtOnce
from lindung.recruitment import queries
from lindung.recruitment.lifecycles import PaperState
from lindung.recruitment.models import JobOrder
from lindung.recruitment.operations.papers import endorse

# So many fit a page and a receipt that somebody reads.
MOST = 100


@dataclass(frozen=True, slots=True)
class Looked:
    """One chosen order and whether this officer may endorse it as it stands.

    Attributes:
        failing: checks that stand in the way.
        own: this officer checked it.
    """

    order: JobOrder
    failing: tuple[queries.Check, ...]
    own: bool

    @property
    def ready(self) -> bool:
        """Whether it would be endorsed now, quota apart."""
        return self.order.state == PaperState.CHECKED and not self.failing and not self.own


@dataclass(frozen=True, slots=True)
class Refused:
    """One order that was not endorsed, and why; empty number: none that one may see."""

    number: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one bulk endorsement did; ``before`` was endorsed already when it began."""

    done: tuple[JobOrder, ...]
    before: tuple[JobOrder, ...]
    refused: tuple[Refused, ...]


@operation(Right.PAPER_ENDORSE)
def look_through(actor: Actor, order_ids: Sequence[UUID], *, on: date) -> list[Looked]:
    """How each chosen order stands, in the order chosen; changes nothing.

    What one may not see is left out.

    Raises:
        TooManyAtOnce: more than 100.
    """
    return [
        Looked(
            order,
            tuple(queries.failing(queries.checks(actor, order, on=on))),
            order.checked_by == actor.id,
        )
        for order in _chosen(order_ids).values()
    ]


@operation(Right.PAPER_ENDORSE)
def endorse_many(actor: Actor, order_ids: Sequence[UUID], *, at: datetime, on: date) -> Receipt:
    """Endorse each chosen order that may be; the others are refused by name.

    Each is an operation of its own with its own record, so one refusal leaves the others alone.

    Raises:
        TooManyAtOnce: more than 100.
    """
    done: list[JobOrder] = []
    before: list[JobOrder] = []
    refused: list[Refused] = []
    chosen = _chosen(order_ids)
    for order_id in dict.fromkeys(order_ids):
        order = chosen.get(order_id)
        if order is None:
            refused.append(Refused("", NotFound()))
        elif order.state == PaperState.ENDORSED:
            before.append(order)
        else:
            try:
                made = endorse(actor, JobOrder.kind, order_id, at=at, on=on)
            except Refusal as refusal:
                refused.append(Refused(order.number, refusal))
            else:
                assert isinstance(made, JobOrder)
                done.append(made)
    return Receipt(tuple(done), tuple(before), tuple(refused))


def _chosen(order_ids: Sequence[UUID]) -> dict[UUID, JobOrder]:
    if len(set(order_ids)) > MOST:
        raise TooManyAtOnce(most=MOST)
    query = JobOrder.objects.filter(id__in=order_ids).select_related("agreement__partner")
    found = {each.id: each for each in query}
    return {each: found[each] for each in dict.fromkeys(order_ids) if each in found}
