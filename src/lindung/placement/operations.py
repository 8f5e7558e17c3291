"""Everything that moves a placement: from the first wish to the confirmed arrival."""

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
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.outreach.operations import send
from lindung.placement import queries
from lindung.placement.events import (
    ArrivalConfirmed,
    ContractAnswered,
    ContractOffered,
    ContractReturned,
    ContractVerified,
    DepartureCleared,
    DepartureRecorded,
    PlacementEnded,
    PlacementOpened,
    PlacementWithdrawn,
    RequirementGiven,
    RequirementSettled,
    RosterStatusReceived,
    RosterSubmitted,
    VisaAuthorised,
)
from lindung.placement.lifecycles import CONTRACT, PLACEMENT, ContractState, PlacementState
from lindung.placement.models import Contract, Evidence, Placement
from lindung.registry import queries as registry
from lindung.registry.models import Source, Stage, Worker, WorkerState
from lindung.registry.operations import (
    add_outside_number,
    close_task_of,
    open_task,
    put_in_charge,
)
from lindung.regulations import pathways
from lindung.regulations.sentences import pick
from lindung.regulations.verdicts import BREAKS, MEETS, NEEDS_CHECK

# Requirements of a pathway that a step of ours or of the destination settles by itself, where
# the pathway asks for them. The ids are the vocabulary of regulations/*/pathways.
ROSTER = "roster"
PERMIT = "employment_permit"
OFFER = "contract_offer"
CHECKED = "contract_checked"
SIGNED = "contract_signed"
VISA_AUTHORISED = "visa_confirmation"
ARRIVED = "arrival_confirmed"


class RequirementsMissing(Refusal):
    """Not cleared: requirements are still open; names each and why."""

    status = 409
    slug = "requirements-missing"
    title = "Belum boleh berangkat: masih ada syarat yang terbuka."
    advice = "Lengkapi syarat yang disebut, atau minta pejabat yang berwenang memutuskan."


class ContractBreaks(Refusal):
    """Not approved: the contract breaks the law; names each rule."""

    status = 409
    slug = "contract-breaks"
    title = "Kontrak ini melanggar aturan, jadi tidak dapat disetujui."
    advice = "Minta perbaikan kepada pengirim kontrak; obatnya tertulis di tiap aturan."


class DecisionMissing(Refusal):
    """A rule that needs a person has not been decided with a reason."""

    status = 422
    slug = "decision-missing"
    title = "Masih ada aturan yang perlu Anda putuskan."
    advice = "Pilih ya atau tidak pada tiap aturan yang ditandai, dan tulis alasannya."


class AlreadyUnderWay(Refusal):
    """The person is on the way with another placement."""

    status = 409
    slug = "already-under-way"
    title = "Orang ini sudah punya penempatan yang sedang berjalan."
    advice = "Buka penempatan itu, atau batalkan dahulu dengan alasan."


class OfferLapsed(Refusal):
    """The day by which the offer had to be answered has passed."""

    status = 409
    slug = "offer-lapsed"
    title = "Batas waktu menjawab tawaran ini sudah lewat."
    advice = "Tunggu tawaran berikutnya; petugas penempatan dapat menjelaskan."


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


@operation(Right.REQUIREMENT_GIVE)
def give_requirement(
    actor: Actor, placement_id: UUID, *, requirement: str, reference: str, on: date
) -> Evidence:
    """Hand in something for a requirement; it settles nothing until an officer accepts it.

    Raises:
        NotFound: no such placement or requirement.
    """
    placement = _locked(placement_id)
    asked = pathways.pathway(placement.pathway).requirement(requirement)
    evidence = Evidence.objects.create(
        placement=placement,
        worker_id=placement.worker_id,
        requirement=requirement,
        state="given",
        given_on=on,
        reference=reference,
        **placement.scope(),
    )
    record(
        RequirementGiven(placement=placement.id, requirement=requirement, title=asked.title.id),
        actor=actor,
        about=evidence,
    )
    return evidence


@operation(Right.REQUIREMENT_CONFIRM)
def settle_requirements(
    actor: Actor,
    placement_id: UUID,
    *,
    requirements: Sequence[str],
    state: str,
    given_on: date,
    reference: str = "",
    reason: str = "",
    valid_until: date | None = None,
) -> list[Evidence]:
    """Accept, waive or refuse what stands for some requirements.

    Args:
        state: ``accepted``, ``waived`` or ``refused``; the latter two take a reason.
        given_on: issue day of the evidence; its validity counts from it.
    Raises:
        NotFound: no such placement or requirement.
        Incomplete: waived or refused without a reason.
    """
    if state in {"waived", "refused"} and not reason.strip():
        raise Incomplete(fields={"reason": "Tulis alasannya; orang yang bersangkutan membacanya."})
    placement = _locked(placement_id)
    way = pathways.pathway(placement.pathway)
    for requirement in requirements:
        way.requirement(requirement)
    settled = [
        _settle(
            actor,
            placement,
            requirement,
            state=state,
            given_on=given_on,
            reference=reference,
            reason=reason,
            valid_until=valid_until,
        )
        for requirement in requirements
    ]
    return [each for each in settled if each is not None]


@operation(Right.ROSTER_SEND)
def send_to_roster(actor: Actor, placement_id: UUID, *, on: date) -> Placement:
    """Send the person's data for the destination's list of job seekers.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: it is on the list or beyond already.
        RequirementsMissing: something the pathway asks for before the list is open.
    """
    placement = _locked(placement_id)
    placement.state = PLACEMENT.take("send to roster", PlacementState(placement.state))
    way = pathways.pathway(placement.pathway)
    before = needed_before(way, ROSTER)
    missing = [
        each
        for each in queries.open_requirements(placement, on=on, for_departure=False)
        if each.requirement.id in before
    ]
    if missing:
        raise RequirementsMissing(requirements=_told(missing))
    placement.save(update_fields=["state"])
    record(
        RosterSubmitted(placement=placement.id, number=placement.number, listed_on=on),
        actor=actor,
        about=placement,
        basis=f"pathway:{way.id}",
    )
    return placement


@operation(Right.REQUIREMENT_CONFIRM)
def record_roster_status(
    actor: Actor,
    placement_id: UUID,
    *,
    status: str,
    roster_no: str,
    as_of: date,
    valid_to: date | None = None,
) -> Placement:
    """Record where the destination says the person stands on its list."""
    placement = _locked(placement_id)
    record(
        RosterStatusReceived(
            placement=placement.id, status=status, roster_no=roster_no, valid_to=valid_to
        ),
        actor=actor,
        about=placement,
    )
    if roster_no:
        add_outside_number(
            placement.worker_id,
            kind="roster",
            value=roster_no,
            subject=placement.id,
            issued_on=as_of,
            valid_to=valid_to,
        )
    if status == "active":
        _settle(
            actor,
            placement,
            ROSTER,
            state="accepted",
            given_on=as_of,
            reference=roster_no,
            valid_until=valid_to,
        )
    return placement


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
    source: Source = Source.DESTINATION,
) -> Contract:
    """Record an employer's offer; the post of its workplace is put in charge from now on.

    The same offer number again gives the contract that stands.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: the placement is past offers.
    """
    placement = _by_number(placement_number)
    if known := Contract.objects.filter(placement=placement, offer_number=offer_no).first():
        return known
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
    contract = Contract.objects.create(
        placement=placement,
        worker=worker,
        number=next_number(Series.CONTRACT, on=offered_on),
        offer_number=offer_no,
        source=source,
        form=form,
        fields=dict(terms),
        offered_on=offered_on,
        answer_by=answer_by,
        is_demo=placement.is_demo,
        **placement.scope(),
    )
    record(
        ContractOffered(
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
    _settle(actor, placement, PERMIT, state="accepted", given_on=offered_on, reference=permit_no)
    _settle(actor, placement, OFFER, state="accepted", given_on=offered_on, reference=offer_no)
    open_task(
        actor,
        about=contract,
        kind="contract:verify",
        title=gettext_noop("Periksa kontrak"),
        due_at=told_at() + timedelta(days=3),
        owner="post",
        subject=contract.id,
    )
    last_day = f"{answer_by:%d-%m-%Y}" if answer_by else "–"
    send(actor, worker, "contract_offered", answer_by=last_day)
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
    """
    contract = _locked_contract(contract_id)
    contract.state = CONTRACT.take("verify", ContractState(contract.state))
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
    placement = _locked(contract.placement_id)
    _settle(actor, placement, CHECKED, state="accepted", given_on=on, reference=contract.number)
    _close_task(actor, contract)
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
    contract = _locked_contract(contract_id)
    contract.state = CONTRACT.take("return for repair", ContractState(contract.state))
    contract.verdicts = queries.check(contract, on=on).frozen()
    contract.checked_on = on
    contract.reason = reason
    contract.save(update_fields=["state", "verdicts", "checked_on", "reason"])
    record(
        ContractReturned(contract=contract.id, number=contract.number, reason=reason),
        actor=actor,
        about=contract,
    )
    _close_task(actor, contract)
    return contract


@operation(Right.CONTRACT_ANSWER)
def answer_contract(
    actor: Actor, contract_id: UUID, *, agree: bool, on: date, reason: str = ""
) -> Contract:
    """The worker's own answer to a checked contract; nobody else may give it.

    Raises:
        NotFound: no such contract, or not this worker's.
        StepClosed: it has not been checked yet, or was answered already.
        OfferLapsed: its last day has passed.
    """
    contract = _locked_contract(contract_id)
    state = ContractState(contract.state)
    contract.state = CONTRACT.take("sign" if agree else "refuse", state)
    if contract.answer_by is not None and on > contract.answer_by:
        raise OfferLapsed(answer_by=contract.answer_by.isoformat())
    placement = _locked(contract.placement_id)
    step = "conclude contract" if agree else "refuse offer"
    placement.state = PLACEMENT.take(step, PlacementState(placement.state))
    placement.save(update_fields=["state"])
    contract.reason = reason
    if agree:
        contract.signed_on = on
        _settle(actor, placement, SIGNED, state="accepted", given_on=on, reference=contract.number)
    contract.save(update_fields=["state", "signed_on", "reason"])
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


@operation(Right.ARRIVAL_RECORD)
def record_visa_authorisation(
    actor: Actor,
    placement_number: str,
    *,
    authorisation_no: str,
    issued_on: date,
    expires_on: date,
) -> Placement:
    """Record that the destination authorised the visa.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: no contract is concluded, or the visa stands already.
    """
    placement = _by_number(placement_number)
    placement.state = PLACEMENT.take("record visa authorisation", PlacementState(placement.state))
    placement.save(update_fields=["state"])
    add_outside_number(
        placement.worker_id,
        kind="visa-authorisation",
        value=authorisation_no,
        subject=placement.id,
        issued_on=issued_on,
        valid_to=expires_on,
    )
    _settle(
        actor,
        placement,
        VISA_AUTHORISED,
        state="accepted",
        given_on=issued_on,
        reference=authorisation_no,
        valid_until=expires_on,
    )
    record(
        VisaAuthorised(
            placement=placement.id, authorisation_no=authorisation_no, expires_on=expires_on
        ),
        actor=actor,
        about=placement,
    )
    return placement


@operation(Right.DEPARTURE_CLEAR)
def clear_for_departure(actor: Actor, placement_id: UUID, *, on: date) -> Placement:
    """Clear a person to leave: possible exactly when nothing the pathway asks for is open.

    Args:
        on: day of clearance in the origin country; the rules in force that day apply.
    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: no contract is concluded, or it is cleared already.
        RequirementsMissing: names every requirement still open, and why.
    """
    placement = _locked(placement_id)
    placement.state = PLACEMENT.take("clear for departure", PlacementState(placement.state))
    if missing := queries.open_requirements(placement, on=on):
        raise RequirementsMissing(requirements=_told(missing))
    placement.cleared_on = on
    placement.save(update_fields=["state", "cleared_on"])
    record(
        DepartureCleared(placement=placement.id, number=placement.number, on=on),
        actor=actor,
        about=placement,
        basis=f"pathway:{placement.pathway}",
    )
    send(actor, registry.worker(placement.worker_id), "cleared", number=placement.number)
    return placement


@operation(Right.DEPARTURE_RECORD)
def record_departure(actor: Actor, placement_id: UUID, *, on: date, flight: str) -> Placement:
    """Record that the person left the home country.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: not cleared, or left already.
        Incomplete: no flight.
    """
    if not flight.strip():
        raise Incomplete(fields={"flight": "Tulis nomor penerbangan atau kapal."})
    placement = _locked(placement_id)
    placement.state = PLACEMENT.take("record departure", PlacementState(placement.state))
    placement.departed_on = on
    placement.save(update_fields=["state", "departed_on"])
    contract = queries.current_contract(placement.id)
    record(
        DepartureRecorded(
            placement=placement.id,
            number=placement.number,
            offer_no=contract.offer_number if contract else "",
            on=on,
            flight=flight.strip().upper(),
        ),
        actor=actor,
        about=placement,
    )
    WorkerState.objects.filter(worker_id=placement.worker_id).update(stage=Stage.DURING)
    return placement


@operation(Right.ARRIVAL_RECORD)
def record_arrival(
    actor: Actor,
    placement_number: str,
    *,
    on: date,
    employer: str = "",
    details: Mapping[str, Any] | None = None,
) -> Placement:
    """Record the arrival that the destination's own system (or the post) confirms.

    Raises:
        NotFound: no such placement, or none this actor may see.
        StepClosed: no departure is recorded.
    """
    placement = _by_number(placement_number)
    placement.state = PLACEMENT.take("confirm arrival", PlacementState(placement.state))
    placement.arrived_on = on
    placement.save(update_fields=["state", "arrived_on"])
    _settle(actor, placement, ARRIVED, state="accepted", given_on=on)
    contract = queries.current_contract(placement.id)
    if contract is not None:
        contract.starts_on = on
        contract.save(update_fields=["starts_on"])
    record(
        ArrivalConfirmed(
            placement=placement.id,
            number=placement.number,
            on=on,
            employer=employer or placement.employer_name,
            details=dict(details or {}),
        ),
        actor=actor,
        about=placement,
    )
    send(actor, registry.worker(placement.worker_id), "arrived")
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
    placement = _locked(placement_id)
    placement.state = PLACEMENT.take("withdraw", PlacementState(placement.state))
    placement.save(update_fields=["state"])
    if (contract := queries.current_contract(placement.id)) is not None:
        contract.state = CONTRACT.take("lapse", ContractState(contract.state))
        contract.save(update_fields=["state"])
        _close_task(actor, contract)
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


def _settle(
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


def _told(missing: Sequence[pathways.OpenRequirement]) -> list[dict[str, str]]:
    return [
        {"id": each.requirement.id, "title": pick(each.requirement.title), "why": each.why}
        for each in missing
    ]


def _close_task(actor: Actor, contract: Contract) -> None:
    close_task_of(actor, contract.worker, kind="contract:verify")


def _locked(placement_id: UUID) -> Placement:
    placement = Placement.objects.select_for_update().filter(id=placement_id).first()
    if placement is None:
        raise NotFound
    return placement


def _by_number(number: str) -> Placement:
    placement = Placement.objects.select_for_update().filter(number=number).first()
    if placement is None:
        raise NotFound
    return placement


def _locked_contract(contract_id: UUID) -> Contract:
    contract = (
        Contract.objects.select_for_update(of=("self",))
        .select_related("worker", "placement")
        .filter(id=contract_id)
        .first()
    )
    if contract is None:
        raise NotFound
    return contract
