"""Everything asked about placements and contracts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lindung.access.actors import Actor, Kind
from lindung.kernel.refusals import NotFound
from lindung.placement.contract_forms import form
from lindung.placement.lifecycles import ContractState, PlacementState
from lindung.placement.models import Contract, Evidence, Finding, Placement
from lindung.regulations import pathways
from lindung.regulations.contracts import ContractCheck, check_contract
from lindung.regulations.lawbook import law

LIVE = [
    str(state)
    for state in PlacementState
    if state not in {PlacementState.ENDED, PlacementState.WITHDRAWN}
]


def placement(placement_id: UUID) -> Placement:
    """One placement.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    found = Placement.objects.filter(id=placement_id).select_related("worker").first()
    if found is None:
        raise NotFound
    return found


def by_number(number: str) -> Placement:
    """One placement by its public number.

    Raises:
        NotFound: no such placement, or none this actor may see.
    """
    found = Placement.objects.filter(number=number).select_related("worker").first()
    if found is None:
        raise NotFound
    return found


def contract(contract_id: UUID) -> Contract:
    """One contract.

    Raises:
        NotFound: no such contract, or none this actor may see.
    """
    query = Contract.objects.filter(id=contract_id).select_related("placement", "worker")
    if (found := query.first()) is None:
        raise NotFound
    return found


def placements_of(worker_id: UUID) -> list[Placement]:
    """A person's placements, newest first."""
    return list(Placement.objects.filter(worker_id=worker_id))


def live_placement(worker_id: UUID) -> Placement | None:
    """The placement under way, if one is."""
    return Placement.objects.filter(worker_id=worker_id, state__in=LIVE).first()


def workers_under_way(worker_ids: Collection[UUID]) -> set[UUID]:
    """Those of these people who have a placement under way."""
    live = Placement.objects.filter(worker_id__in=worker_ids, state__in=LIVE)
    return set(live.order_by().values_list("worker_id", flat=True))


def contracts_of(placement_id: UUID) -> list[Contract]:
    """The contracts of a placement, newest first."""
    return list(Contract.objects.filter(placement_id=placement_id))


def current_contract(placement_id: UUID) -> Contract | None:
    """The contract that counts now: the newest that was not refused or returned."""
    closed = [
        ContractState.REFUSED,
        ContractState.RETURNED,
        ContractState.LAPSED,
        ContractState.SUPERSEDED,
    ]
    return Contract.objects.filter(placement_id=placement_id).exclude(state__in=closed).first()


def open_contracts(placement_id: UUID) -> list[Contract]:
    """The versions that wait or are in force: at most one of each."""
    alive = [ContractState.OFFERED, ContractState.VERIFIED, ContractState.SIGNED]
    return list(Contract.objects.filter(placement_id=placement_id, state__in=alive))


def contract_in_force(placement_id: UUID) -> Contract | None:
    """The version both sides agreed to, if one is in force."""
    query = Contract.objects.filter(placement_id=placement_id, state=ContractState.SIGNED)
    return query.select_related("placement", "worker").first()


def versions_of(contract: Contract) -> list[Contract]:
    """The chain of versions that a contract belongs to, oldest first."""
    kept = {each.id: each for each in Contract.objects.filter(placement_id=contract.placement_id)}
    after = {each.supersedes_id: each for each in kept.values() if each.supersedes_id}
    first = kept.get(contract.id, contract)
    while first.supersedes_id in kept:
        first = kept[first.supersedes_id]
    chain = [first]
    while (following := after.get(chain[-1].id)) is not None:
        chain.append(following)
    return chain


def version_in_the_way(contract: Contract) -> Contract | None:
    """The other version that has to be settled before a new one may follow this contract.

    One that waits for its check or its answer, or one that follows already; one that the worker
    refused is settled.
    """
    waiting = [ContractState.OFFERED, ContractState.VERIFIED]
    query = Contract.objects.filter(placement_id=contract.placement_id, state__in=waiting)
    if (other := query.exclude(id=contract.id).first()) is not None:
        return other
    last = versions_of(contract)[-1]
    return None if last.id == contract.id or last.state == ContractState.REFUSED else last


def findings_of(placement_id: UUID) -> list[Finding]:
    """What differs at the place of work, newest first."""
    return list(Finding.objects.filter(placement_id=placement_id))


def finding(finding_id: UUID) -> Finding:
    """One finding.

    Raises:
        NotFound: no such finding, or none this actor may see.
    """
    query = Finding.objects.filter(id=finding_id).select_related("contract", "worker")
    if (found := query.first()) is None:
        raise NotFound
    return found


def awaiting_verification(actor: Actor) -> QuerySet[Contract]:
    """Contracts that wait for a check, the most urgent answer first."""
    query = Contract.objects.filter(state=ContractState.OFFERED).select_related("worker")
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts)
    return query.order_by("answer_by", "offered_on")


def awaiting_clearance(actor: Actor) -> QuerySet[Placement]:
    """Placements whose contract is concluded and that are not cleared yet."""
    waiting = [PlacementState.CONTRACTED, PlacementState.AUTHORISED]
    query = Placement.objects.filter(state__in=waiting).select_related("worker")
    if actor.kind is Kind.OFFICE:
        query = query.filter(region__in=actor.regions)
    return query.order_by("opened_on")


def evidence_of(placement_id: UUID) -> dict[str, Evidence]:
    """Requirement → the newest evidence for it."""
    return {each.requirement: each for each in Evidence.objects.filter(placement_id=placement_id)}


def open_requirements(
    placement: Placement,
    *,
    on: date,
    for_departure: bool = True,
    evidence: Mapping[str, Evidence] | None = None,
) -> tuple[pathways.OpenRequirement, ...]:
    """What this placement still needs on that day.

    Args:
        evidence: what :func:`evidence_of` says, where the caller has read it.
    Raises:
        NotFound: its pathway is not described in the law's files yet.
    """
    return pathways.open_requirements(
        pathways.pathway(placement.pathway),
        settled(evidence_of(placement.id) if evidence is None else evidence),
        on=on,
        for_departure=for_departure,
    )


def way_of(placement: Placement) -> pathways.Pathway | None:
    """The pathway of a placement, or ``None`` where the law's files do not describe it yet."""
    return pathways.pathways().get(placement.pathway)


def origin() -> str:
    """The country whose workers these are: the one jurisdiction that is an origin."""
    return next(code for code, each in law().jurisdictions.items() if each.role == "origin")


def known() -> frozenset[str]:
    """Countries whose rules are kept."""
    return frozenset(law().jurisdictions)


def settled(evidence: Mapping[str, Evidence]) -> dict[str, pathways.Evidence]:
    """Evidence as the pathway reads it: what was only handed in settles nothing yet."""
    return {
        requirement: pathways.Evidence(
            state=each.state,  # type: ignore[arg-type]  # the column's choices
            given_on=each.given_on,
            valid_until=each.valid_until,
        )
        for requirement, each in evidence.items()
        if each.state != "given"
    }


def check(contract: Contract, *, on: date, terms: Mapping[str, Any] | None = None) -> ContractCheck:
    """Test a contract against the rules of both sides.

    They are those of the day it was signed and of the day its work begins; where the contract
    does not say one of them, ``on`` stands for it.

    Args:
        terms: other terms to try, where an officer types; the contract's own otherwise.
    """
    return check_terms(
        contract.placement,
        form_name=contract.form,
        terms=contract.fields if terms is None else terms,
        signed_on=contract.signing_day or on,
        work_on=contract.work_day or on,
    )


def check_terms(
    placement: Placement,
    *,
    form_name: str,
    terms: Mapping[str, Any],
    signed_on: date,
    work_on: date,
) -> ContractCheck:
    """Test terms in the layout of a form.

    Only the sides whose rules are kept here are tested; a country without any adds none.
    """
    return check_contract(
        form(form_name).stated(terms),
        jurisdictions=[code for code in (origin(), placement.country) if code in known()],
        sector=placement.sector,
        scheme=placement.scheme,
        region=placement.dest_region,
        occupation=placement.occupation,
        signed_on=signed_on,
        work_on=work_on,
    )
