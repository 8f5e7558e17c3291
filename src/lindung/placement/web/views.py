"""Pages of placements and contracts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from lindung.access.actors import Kind
from lindung.access.doors import actor_of, done, need, now, refused, today, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed, Refusal
from lindung.placement import operations, queries
from lindung.placement.contract_forms import form as contract_form
from lindung.placement.labels import CONTRACT_STATES, PLACEMENT_STATES
from lindung.placement.lifecycles import CONTRACT, PLACEMENT, ContractState, PlacementState
from lindung.placement.models import Placement
from lindung.placement.progress import progress_of
from lindung.placement.web import show
from lindung.placement.web.amend import may_amend
from lindung.placement.web.consent import may_consent
from lindung.placement.web.forms import Departure, Opening, Settling, Withdrawing
from lindung.placement.web.standing import place
from lindung.placement.web.way import way as walked
from lindung.recruitment import queries as recruitment
from lindung.registry import queries as registry
from lindung.registry.models import Source
from lindung.regulations import pathways
from lindung.regulations.sentences import language, pick
from lindung.regulations.verdicts import BREAKS, MEETS, NEEDS_CHECK, Verdict


def open_placement(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Set a person out on a pathway."""
    need(request, Right.PLACEMENT_OPEN)
    worker = registry.worker(worker_id)
    orders = recruitment.open_orders(actor_of(request), on=today())
    form = Opening(request.POST or None, orders=orders)
    if request.method == "POST" and form.is_valid():
        try:
            placement = operations.open_placement(
                actor_of(request),
                worker_id,
                on=today(),
                is_demo=worker.is_demo,
                **form.cleaned_data,
            )
        except Incomplete as refusal:
            told(form, refusal)
        except Refusal as refusal:
            return refused(request, refusal, reverse("person", args=[worker_id]))
        else:
            to = reverse("placement", args=[placement.id])
            return done(request, _("Penempatan dibuka."), to)
    return render(request, "placement/open.html", {"worker": worker, "form": form})


@require_GET
def placement(request: HttpRequest, placement_id: UUID) -> HttpResponse:
    """One placement: what is there, what is missing, who has it, and what can be done now."""
    need(request, Right.PLACEMENT_READ)
    found = queries.placement(placement_id)
    look(actor_of(request), found, worker=found.worker_id, purpose=gettext_noop("penempatan"))
    return _placement_page(request, found)


@require_POST
def settle(request: HttpRequest, placement_id: UUID) -> HttpResponse:
    """Accept, waive or refuse the ticked requirements."""
    need(request, Right.REQUIREMENT_CONFIRM)
    found = queries.placement(placement_id)
    way = pathways.pathway(found.pathway)
    choices = [(each.id, each.id) for each in way.requirements]
    form = Settling(request.POST, requirements=choices)
    if form.is_valid():
        try:
            operations.settle_requirements(actor_of(request), placement_id, **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return done(request, _("Syarat dicatat."), reverse("placement", args=[placement_id]))
    return _placement_page(request, queries.placement(placement_id), form=form)


@require_POST
def step(request: HttpRequest, placement_id: UUID) -> HttpResponse:
    """Take one step: to the list, clearance, departure or arrival seen by the post."""
    actor, name = actor_of(request), request.POST.get("step", "")
    to = reverse("placement", args=[placement_id])
    need(request, Right.PLACEMENT_READ)
    try:
        if name == "send to roster":
            operations.send_to_roster(actor, placement_id, on=today())
            said = _("Data dikirim ke negara tujuan.")
        elif name == "register for test":
            operations.register_for_test(actor, placement_id, on=today())
            said = _("Didaftarkan untuk tes; negara tujuan dikabari.")
        elif name == "renew roster":
            operations.renew_roster(actor, placement_id, on=today())
            said = _("Perpanjangan di daftar diminta ke negara tujuan.")
        elif name == "clear for departure":
            operations.clear_for_departure(actor, placement_id, on=today())
            said = _("Boleh berangkat. Orangnya sudah dikabari.")
        elif name == "record departure":
            form = Departure(request.POST)
            if not form.is_valid():
                found = queries.placement(placement_id)
                return _placement_page(request, found, departure=form)
            operations.record_departure(
                actor, placement_id, on=today(), flight=form.cleaned_data["flight"]
            )
            said = _("Keberangkatan dicatat dan dikabarkan ke negara tujuan.")
        elif name == "withdraw":
            giving_up = Withdrawing(request.POST)
            if not giving_up.is_valid():
                found = queries.placement(placement_id)
                return _placement_page(request, found, withdrawing=giving_up)
            operations.withdraw(actor, placement_id, **giving_up.cleaned_data)
            said = _("Penempatan dibatalkan.")
        else:
            raise NotAllowed
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, said, to)


@require_GET
def contract(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """One contract beside what the rules of both sides say of it."""
    need(request, Right.PLACEMENT_READ)
    found = queries.contract(contract_id)
    look(
        actor_of(request),
        found,
        worker=found.worker_id,
        purpose=gettext_noop("pemeriksaan kontrak"),
    )
    return _contract_page(request, contract_id)


@require_POST
def decide(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """Approve a contract, or return it for repair; what was typed stays on the page."""
    need(request, Right.CONTRACT_CHECK)
    actor = actor_of(request)
    to = reverse("contract", args=[contract_id])
    typed = _judgements(request)
    try:
        if request.POST.get("decision") == "verify":
            operations.verify_contract(actor, contract_id, judgements=typed, on=today())
            return done(request, _("Kontrak disetujui. Pekerja sudah dikabari."), to)
        operations.return_contract(
            actor, contract_id, reason=request.POST.get("reason", ""), on=today()
        )
    except Refusal as refusal:
        return _contract_page(request, contract_id, typed=typed, refusal=refusal)
    return done(request, _("Kontrak dikembalikan untuk diperbaiki."), to)


def _judgements(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Fields ``answer:<rule>`` and ``reason:<rule>`` of the form."""
    judged: dict[str, dict[str, str]] = {}
    for name, value in request.POST.items():
        part, colon, rule = name.partition(":")
        if colon and part in {"answer", "reason"}:
            judged.setdefault(rule, {})[part] = str(value)
    return judged


def _placement_page(
    request: HttpRequest,
    found: Placement,
    *,
    form: Settling | None = None,
    departure: Departure | None = None,
    withdrawing: Withdrawing | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    state = PlacementState(found.state)
    way = queries.way_of(found)
    # What was complete on the day of clearance does not come open again while she works.
    evidence = queries.evidence_of(found.id) if way else {}
    day = found.cleared_on or today()
    rows = show.requirements(found, way, evidence, on=day) if way else []
    steps = {each.name for each in PLACEMENT.open_steps(state)}
    has_roster = way is not None and way.asks(operations.ROSTER)
    if not has_roster:
        steps.discard("send to roster")
    progress = progress_of(found, on=today(), evidence=evidence)
    # A recruiter has no part in the destination's own system.
    here = None if actor.kind is Kind.AGENCY else place(found, now=now(), on=today())
    rights = {
        "send to roster": Right.ROSTER_SEND,
        "clear for departure": Right.DEPARTURE_CLEAR,
        "record departure": Right.DEPARTURE_RECORD,
        "withdraw": Right.PLACEMENT_WITHDRAW,
    }
    context: dict[str, Any] = {
        "placement": found,
        "title": pick(way.title) if way else found.pathway,
        "described": way is not None,
        "has_roster": has_roster,
        "state": PLACEMENT_STATES[state],
        "rows": rows,
        "columns": [_("Syarat"), _("Pemberi"), _("Keadaan")],
        "open": sum(not row.settled for row in rows if row.for_departure),
        "steps": {
            name.replace(" ", "_"): name in steps and actor.may(right)
            for name, right in rights.items()
        },
        "may_settle": actor.may(Right.REQUIREMENT_CONFIRM),
        "may_draft": actor.may(Right.CONTRACT_RECORD) or actor.may(Right.CONTRACT_CHECK),
        "form": form or Settling(requirements=[], initial={"given_on": today().isoformat()}),
        "departure": departure or Departure(),
        "withdrawing": withdrawing or Withdrawing(),
        "way": walked(progress, actor) if progress else None,
        "may_give": actor.may(Right.REQUIREMENT_GIVE),
        "place": here,
        "may_renew": here is not None
        and state == PlacementState.ROSTERED
        and actor.may(Right.ROSTER_SEND),
        "may_sit": here is not None
        and state == PlacementState.PREPARING
        and actor.may(Right.ROSTER_SEND)
        and not any(row.settled for row in rows if row.id == "eps_topik"),
        "may_overseas": actor.may(Right.EMPLOYMENT_CONFIRM) or actor.may(Right.RETURN_RECORD),
        "contracts": [
            (each, CONTRACT_STATES[ContractState(each.state)])
            for each in queries.contracts_of(found.id)
        ],
    }
    typed = (form, departure, withdrawing)
    status = 422 if any(each is not None for each in typed) else 200
    return render(request, "placement/placement.html", context, status=status)


def _contract_page(
    request: HttpRequest,
    contract_id: UUID,
    *,
    typed: dict[str, dict[str, str]] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    actor, found = actor_of(request), queries.contract(contract_id)
    state = ContractState(found.state)
    paper = contract_form(found.form)
    if found.verdicts:
        verdicts = [Verdict.thawed(kept) for kept in found.verdicts["verdicts"]]
        judged = found.judgements
    else:
        verdicts = list(queries.check(found, on=today()))
        judged = typed or {}
    context = {
        "contract": found,
        "state": CONTRACT_STATES[state],
        "sections": show.sections(paper, found.fields, verdicts),
        "form_title": paper.title[language()],
        "verdicts": [show.verdict(each, judged) for each in verdicts],
        "counts": {
            "meets": sum(each.outcome == MEETS for each in verdicts),
            "breaks": sum(each.outcome == BREAKS for each in verdicts),
            "open": sum(each.outcome == NEEDS_CHECK for each in verdicts),
        },
        "checked": bool(found.verdicts),
        "days": show.days_left(found.answer_by, today()),
        "may_decide": actor.may(Right.CONTRACT_CHECK)
        and any(each.name == "verify" for each in CONTRACT.open_steps(state)),
        "may_amend": may_amend(actor, found),
        "may_consent": may_consent(actor, found),
        "brought_by": Source(found.source).label,
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
    }
    status = refusal.status if refusal is not None else 200
    return render(request, "placement/contract.html", context, status=status)
