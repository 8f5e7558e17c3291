"""Offers, their check, and the answer to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record, told_at
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete
from lindung.outreach.operations import send
from lindung.placement import queries
from lindung.placement import terms as comparable
from lindung.placement.events import (
    ContractAnswered,
    ContractBrought,
    ContractOffered,
    ContractReturned,
    ContractVerified,
)
from lindung.placement.lifecycles import CONTRACT, PLACEMENT, ContractState, PlacementState
from lindung.placement.models import Contract, Evidence
from lindung.placement.operations.parts import (
    CHECKED,
    OFFER,
    PERMIT,
    ROSTER,
    SIGNED,
    close_check_task,
    locked,
    locked_by_number,
    locked_contract,
    settle,
    supersede,
    tell_of_offer,
    written_by,
)
from lindung.placement.operations.refusals import (
    ContractBreaks,
    DecisionMissing,
    OfferLapsed,
)
from lindung.placement.operations.standing import require_clean_parties
from lindung.registry import queries as registry
from lindung.registry.models import Source
from lindung.registry.operations import (
    add_outside_number,
    open_task,
    put_in_charge,
)
from lindung.regulations import pathways
from lindung.regulations.verdicts import BREAKS, MEETS, NEEDS_CHECK


@operation(Right.CONTRACT_RECORD)
def record_contract_offer(
    actor: Actor,
    placement_number: str,
    *,
    offer_no: str,
    form: str,
    terms: Mapping[str, Any],
    offered_on: date,
    answer_by: date | None,
    employer: str,
    region: str = "",
    permit_no: str = "",
    languages: Sequence[str] = (),
    signed_on: date | None = None,
    work_on: date | None = None,
) -> Contract:
    """Record an employer's offer; the post of its workplace is put in charge from now on.

    The same offer number again gives the contract that stands. Whoever records it is kept as its
    source; an offer that the destination itself hands over is the employer's consent.

    Args:
        languages: BCP 47 codes of the languages the paper is written in.
        signed_on: day of signing on the paper, where one stands there.
        work_on: first day of work on the paper, where one stands there.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the placement is past offers.
    """
    placement = locked_by_number(placement_number)
    known = Contract.objects.filter(placement=placement, offer_number=offer_no)
    if first := known.order_by("version_no").last():
        return first
    placement.state = PLACEMENT.take("record offer", PlacementState(placement.state))
    placement.employer_name = employer
    placement.dest_region = region
    worker = registry.worker(placement.worker_id)
    put_in_charge(
        actor,
        worker,
        country=placement.country,
        region=region,
        sector=placement.sector,
        on=offered_on,
    )
    placement.post_id = worker.post_id
    placement.save(update_fields=["state", "employer_name", "dest_region", "post_id"])
    # The post reads what was given before it was in charge, or it would look missing there.
    Evidence.objects.filter(placement=placement).update(post_id=placement.post_id)
    writer = written_by(actor)
    source = writer["source"]
    contract = Contract.objects.create(
        placement=placement,
        worker=worker,
        number=next_number(Series.CONTRACT, on=offered_on),
        offer_number=offer_no,
        form=form,
        fields=dict(terms),
        offered_on=offered_on,
        answer_by=answer_by,
        is_demo=placement.is_demo,
        languages=list(languages),
        paper_signed_on=signed_on,
        paper_starts_on=work_on,
        **writer,
        **_consent(source, employer, offer_no, offered_on),
        **placement.scope(),
    )
    comparable.keep(contract)
    told = ContractOffered if source is Source.DESTINATION else ContractBrought
    record(
        told(
            contract=contract.id,
            number=contract.number,
            offer_no=offer_no,
            employer=employer,
            answer_by=answer_by,
        ),
        actor=actor,
        about=contract,
    )
    add_outside_number(
        worker.id, kind="offer", value=offer_no, subject=contract.id, valid_to=answer_by
    )
    settle(actor, placement, PERMIT, state="accepted", given_on=offered_on, reference=permit_no)
    settle(actor, placement, OFFER, state="accepted", given_on=offered_on, reference=offer_no)
    open_task(
        actor,
        about=contract,
        kind="contract:verify",
        title=gettext_noop("Periksa kontrak"),
        due_at=told_at() + timedelta(days=3),
        owner="post",
        subject=contract.id,
    )
    tell_of_offer(actor, worker, answer_by=answer_by)
    return contract


@operation(Right.CONTRACT_CHECK)
def verify_contract(
    actor: Actor, contract_id: UUID, *, judgements: Mapping[str, Mapping[str, str]], on: date
) -> Contract:
    """Approve a contract; the verdicts and the versions of the rules used are kept with it.

    Args:
        judgements: rule id → ``{"answer": "yes" | "no", "reason": …}`` for each rule that needs
            a person.
        on: the day of the check; the rules in force that day apply.
    Raises:
        NotFound: no such contract, or none this actor may see.
        StepClosed: it was decided already.
        ContractBreaks: a rule is broken, or a person judged one to be.
        DecisionMissing: a rule that needs a person has no answer or no reason.
        KnownProblem: employer, recruiter or partner is on the problem list.
    """
    contract = locked_contract(contract_id)
    contract.state = CONTRACT.take("verify", ContractState(contract.state))
    require_clean_parties(contract.placement, on=on)
    checked = queries.check(contract, on=on)
    if broken := checked.having(BREAKS):
        raise ContractBreaks(rules=[verdict.parameter for verdict in broken])
    needing = {verdict.parameter for verdict in checked.having(NEEDS_CHECK)}
    undecided = [
        rule
        for rule in sorted(needing)
        if judgements.get(rule, {}).get("answer") not in {"yes", "no"}
        or not judgements.get(rule, {}).get("reason", "").strip()
    ]
    if undecided:
        raise DecisionMissing(rules=undecided)
    if denied := [rule for rule in sorted(needing) if judgements[rule]["answer"] == "no"]:
        raise ContractBreaks(rules=denied)
    contract.verdicts = checked.frozen()
    contract.judgements = {rule: dict(judgements[rule]) for rule in sorted(needing)}
    contract.checked_on = on
    contract.version += 1
    contract.save()
    counts = {"meets": len(checked.having(MEETS)), "breaks": 0, "open": len(needing)}
    record(
        ContractVerified(contract=contract.id, number=contract.number, law=checked.law, **counts),
        actor=actor,
        about=contract,
    )
    placement = locked(contract.placement_id)
    settle(actor, placement, CHECKED, state="accepted", given_on=on, reference=contract.number)
    close_check_task(actor, contract)
    send(
        actor,
        contract.worker,
        "contract_checked",
        meets=str(counts["meets"]),
        breaks=str(counts["breaks"]),
    )
    return contract


@operation(Right.CONTRACT_CHECK)
def return_contract(actor: Actor, contract_id: UUID, *, reason: str, on: date) -> Contract:
    """Return a contract for repair, saying what is wrong.

    Raises:
        NotFound: no such contract, or none this actor may see.
        StepClosed: it was decided already.
        Incomplete: no reason.
    """
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tulis apa yang harus diperbaiki."})
    contract = locked_contract(contract_id)
    contract.state = CONTRACT.take("return for repair", ContractState(contract.state))
    contract.verdicts = queries.check(contract, on=on).frozen()
    contract.checked_on = on
    contract.reason = reason
    contract.save(update_fields=["state", "verdicts", "checked_on", "reason"])
    comparable.keep(contract)
    record(
        ContractReturned(contract=contract.id, number=contract.number, reason=reason),
        actor=actor,
        about=contract,
    )
    close_check_task(actor, contract)
    return contract


@operation(Right.CONTRACT_ANSWER)
def answer_contract(
    actor: Actor, contract_id: UUID, *, agree: bool, on: date, reason: str = ""
) -> Contract:
    """The worker's own answer to a checked contract; nobody else may give it.

    A yes to an amended version takes the earlier one out of force; a no leaves that as it is.

    Raises:
        NotFound: no such contract, or not this worker's.
        StepClosed: it has not been checked yet, or was answered already.
        OfferLapsed: its last day has passed.
    """
    contract = locked_contract(contract_id)
    state = ContractState(contract.state)
    contract.state = CONTRACT.take("sign" if agree else "refuse", state)
    if contract.answer_by is not None and on > contract.answer_by:
        raise OfferLapsed(answer_by=contract.answer_by.isoformat())
    placement = locked(contract.placement_id)
    in_force = queries.contract_in_force(placement.id)
    # An amended version changes what was agreed, not how far the person has come.
    if in_force is None:
        step = "conclude contract" if agree else _refusal(placement.pathway)
        placement.state = PLACEMENT.take(step, PlacementState(placement.state))
        placement.save(update_fields=["state"])
    contract.reason = reason
    if agree:
        if in_force is not None:
            supersede(actor, in_force, by=contract)
            contract.starts_on = in_force.starts_on
        contract.signed_on = on
        settle(actor, placement, SIGNED, state="accepted", given_on=on, reference=contract.number)
    contract.save(update_fields=["state", "signed_on", "starts_on", "reason"])
    comparable.keep(contract)
    record(
        ContractAnswered(
            contract=contract.id,
            placement=placement.id,
            number=placement.number,
            offer_no=contract.offer_number,
            answer="accepted" if agree else "refused",
            answered_on=on,
            reason=reason,
        ),
        actor=actor,
        about=contract,
    )
    return contract


def _refusal(pathway: str) -> str:
    """Where a refused offer leads: back to the destination's list, where the pathway has one."""
    way = pathways.pathways().get(pathway)
    return "decline offer" if way is not None and not way.asks(ROSTER) else "refuse offer"


def _consent(source: Source, employer: str, offer_no: str, on: date) -> dict[str, Any]:
    """The employer's consent, where the offer came from the destination's own register."""
    if source is not Source.DESTINATION or not employer or not offer_no:
        return {}
    return {
        "employer_agreed_on": on,
        "employer_agreed_by": employer[:160],
        "employer_evidence": offer_no,
    }
