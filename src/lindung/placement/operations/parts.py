"""What several operations of a placement share: locks, and settling a requirement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from lindung.access.actors import Actor, Kind
from lindung.access.journal import record
from lindung.kernel.refusals import NotFound
from lindung.outreach.operations import send
from lindung.placement import terms
from lindung.placement.events import ContractSuperseded, RequirementSettled
from lindung.placement.lifecycles import CONTRACT, ContractState
from lindung.placement.models import Contract, Evidence, Placement
from lindung.registry.models import Source, Worker
from lindung.registry.operations import (
    close_task_of,
)
from lindung.regulations import pathways
from lindung.regulations.sentences import pick

# Requirements of a pathway that a step of ours or of the destination settles by itself, where
# the pathway asks for them. The ids are the vocabulary of regulations/*/pathways.
ORDERED = "job_order"
ENDORSED = "order_endorsed"
ROSTER = "roster"
PERMIT = "employment_permit"
OFFER = "contract_offer"
CHECKED = "contract_checked"
SIGNED = "contract_signed"
VISA_AUTHORISED = "visa_confirmation"
ARRIVED = "arrival_confirmed"
_SOURCES = {Kind.AGENCY: Source.AGENCY, Kind.CLOCK: Source.DESTINATION}


def settle(
    actor: Actor,
    placement: Placement,
    requirement: str,
    *,
    state: str,
    given_on: date,
    reference: str = "",
    reason: str = "",
    valid_until: date | None = None,
) -> Evidence | None:
    """Settle one requirement; ``None`` where this pathway does not ask for it."""
    asked = {each.id: each for each in pathways.pathway(placement.pathway).requirements}
    if requirement not in asked:
        return None
    evidence = Evidence.objects.create(
        placement=placement,
        worker_id=placement.worker_id,
        requirement=requirement,
        state=state,
        given_on=given_on,
        valid_until=valid_until,
        reference=reference,
        reason=reason,
        **placement.scope(),
    )
    record(
        RequirementSettled(
            placement=placement.id,
            requirement=requirement,
            title=asked[requirement].title.id,
            state=state,
            reason=reason,
        ),
        actor=actor,
        about=evidence,
    )
    return evidence


def needed_before(way: pathways.Pathway, requirement: str) -> set[str]:
    """What a requirement rests on, directly and through others."""
    needs = {each.id: each.needs for each in way.requirements}
    found: set[str] = set()
    waiting = list(needs.get(requirement, ()))
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting.extend(needs.get(each, ()))
    return found


def told(missing: Sequence[pathways.OpenRequirement]) -> list[dict[str, str]]:
    """Open requirements as a refusal names them: id, title, and why."""
    return [
        {"id": each.requirement.id, "title": pick(each.requirement.title), "why": each.why}
        for each in missing
    ]


def source_of(actor: Actor) -> Source:
    """Who a paper comes from, by who writes it down; the exchange's hands are the destination's."""
    return _SOURCES.get(actor.kind, Source.OFFICER)


def written_by(actor: Actor) -> dict[str, Any]:
    """Columns of a contract that say who it comes from and which office wrote it down.

    No office of ours wrote what the exchange brings.
    """
    source = source_of(actor)
    office = "" if source is Source.DESTINATION else actor.office[:120]
    return {"source": source, "recorded_office": office}


def tell_of_offer(actor: Actor, worker: Worker, *, answer_by: date | None) -> None:
    """Tell the person that a contract came, and by when to answer where a day is set."""
    if answer_by is None:
        send(actor, worker, "contract_offered_open")
    else:
        send(actor, worker, "contract_offered", answer_by=f"{answer_by:%d-%m-%Y}")


def close_check_task(actor: Actor, contract: Contract) -> None:
    """Close the task that asked for the check of this contract."""
    close_task_of(actor, contract.worker, kind="contract:verify")


def supersede(actor: Actor, contract: Contract, *, by: Contract) -> None:
    """Take a version out of force because a later one counts; part of the caller's operation."""
    contract.state = CONTRACT.take("supersede", ContractState(contract.state))
    contract.save(update_fields=["state"])
    terms.keep(contract)
    record(
        ContractSuperseded(contract=contract.id, number=contract.number, version_no=by.version_no),
        actor=actor,
        about=contract,
    )


def locked(placement_id: UUID) -> Placement:
    """One placement, locked until the transaction ends.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    placement = Placement.objects.select_for_update().filter(id=placement_id).first()
    if placement is None:
        raise NotFound
    return placement


def locked_by_number(number: str) -> Placement:
    """One placement by its public number, locked until the transaction ends.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    placement = Placement.objects.select_for_update().filter(number=number).first()
    if placement is None:
        raise NotFound
    return placement


def locked_contract(contract_id: UUID) -> Contract:
    """One contract with its person and placement, locked until the transaction ends.

    Raises:
        NotFound: no such contract, or none this actor may see.
    """
    contract = (
        Contract.objects.select_for_update(of=("self",))
        .select_related("worker", "placement")
        .filter(id=contract_id)
        .first()
    )
    if contract is None:
        raise NotFound
    return contract
