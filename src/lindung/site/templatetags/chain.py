"""The last link of the recruitment chain: what became of each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django import template

from lindung.placement.labels import CONTRACT_STATES, PLACEMENT_STATES
from lindung.placement.lifecycles import ContractState, PlacementState
from lindung.placement.models import Contract, Placement
from lindung.recruitment.models import Place
from lindung.registry.models import Worker

register = template.Library()


@dataclass(frozen=True, slots=True)
class Placed:
    """A place with its placement's state and its latest contract, as far as one may see them."""

    place: Place
    name: str
    replaced: str
    state: str
    contract: Contract | None
    contract_state: str


@register.simple_tag
def placed(places: Sequence[Place]) -> list[Placed]:
    """Each place with its person, placement and contract, in three queries for all of them."""
    ids = [each.placement_id for each in places]
    states = dict(Placement.objects.filter(id__in=ids).values_list("id", "state"))
    latest: dict[UUID, Contract] = {}
    found = Contract.objects.filter(placement_id__in=ids).order_by("offered_on", "version_no", "id")
    for contract in found.only("id", "number", "state", "placement_id"):
        latest[contract.placement_id] = contract
    people = {each.worker_id for each in places}
    names = dict(Worker.objects.filter(id__in=people).values_list("id", "full_name"))
    rows = []
    for place in places:
        state = states.get(place.placement_id)
        now = latest.get(place.placement_id)
        rows.append(
            Placed(
                place=place,
                name=names.get(place.worker_id, ""),
                replaced=names.get(place.replaces.worker_id, "") if place.replaces else "",
                state=str(PLACEMENT_STATES[PlacementState(state)]) if state else "–",
                contract=now,
                contract_state=str(CONTRACT_STATES[ContractState(now.state)]) if now else "",
            )
        )
    return rows
