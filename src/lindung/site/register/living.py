"""A person's life abroad on the desk: how sure we are of what, and what an officer records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from lindung.access.doors import actor_of, done, now, refused, today, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound, Refusal
from lindung.monitoring import operations, queries
from lindung.monitoring.labels import EXTENSION_STATES, LEAVE_STATES
from lindung.monitoring.lifecycles import ExtensionState, LeaveState
from lindung.monitoring.provisions import BEFORE_MISSION
from lindung.placement import queries as placements
from lindung.placement.lifecycles import PlacementState
from lindung.placement.models import Contract, Placement
from lindung.registry import queries as registry
from lindung.registry.models import Source, Stage, Worker
from lindung.regulations.sentences import pick
from lindung.regulations.verdicts import MEETS, Verdict
from lindung.site.register.forms import (
    Decision,
    LeaveOver,
    Living,
    LongerContract,
    NewEmployer,
    OnLeave,
    Resigned,
)


@require_http_methods(["GET", "HEAD", "POST"])
def living(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """What is known of somebody abroad and how surely; changes are recorded here."""
    actor = actor_of(request)
    if not actor.may(Right.WORKER_READ):
        raise NotAllowed
    if not actor.may(Right.FACT_RECORD):
        # A recruiter never learns where somebody has gone.
        raise NotFound
    worker = registry.person(worker_id)
    look(actor, worker, worker=worker.id, purpose=gettext_noop("kehidupan di luar negeri"))
    placement = placements.live_placement(worker.id)
    contract = placements.contract_in_force(placement.id) if placement else None
    forms = _forms(request, worker, contract)
    if request.method == "POST":
        act = request.POST.get("act", "")
        to = reverse("living", args=[worker.id])
        try:
            if (said := _act(request, worker, placement, contract, act, forms)) is not None:
                # The file may have gone to another post with the place.
                return done(request, said, to if _still_seen(worker.id) else reverse("people"))
        except Incomplete as refusal:
            if act not in forms:
                return refused(request, refusal, to)
            told(forms[act], refusal)
        except Refusal as refusal:
            return refused(request, refusal, to)
    return _page(request, worker, placement, contract, forms)


@require_http_methods(["GET", "HEAD", "POST"])
def extension(request: HttpRequest, extension_id: UUID) -> HttpResponse:
    """One application to extend a contract: the rules' word, and the officer's."""
    actor = actor_of(request)
    if not actor.may(Right.EXTENSION_ASK) or actor.worker is not None:
        raise NotAllowed
    found = queries.extension(extension_id)
    look(actor, found, worker=found.worker_id, purpose=gettext_noop("perpanjangan kontrak"))
    form = Decision(request.POST or None)
    if request.method == "POST" and form.is_valid():
        to = reverse("living", args=[found.worker_id])
        try:
            operations.decide_extension(actor, found.id, on=today(), **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal)
        except Refusal as refusal:
            return refused(request, refusal, reverse("extension", args=[found.id]))
        else:
            return done(request, _("Keputusan dicatat."), to)
    rule = BEFORE_MISSION.on(found.asked_on)
    context = {
        "extension": found,
        "state": EXTENSION_STATES[ExtensionState(found.state)],
        "verdicts": _verdicts(found.check_result),
        "unstated": len(found.check_result.get("unstated", [])),
        "form": form,
        "may_decide": found.state == ExtensionState.ASKED and actor.may(Right.EXTENSION_DECIDE),
        "rule": rule,
        "rule_title": pick(rule.title),
        "columns": [_("Aturan"), _("Hasil")],
    }
    return render(request, "register/extension.html", context, status=422 if form.errors else 200)


def _still_seen(worker_id: UUID) -> bool:
    return Worker.objects.filter(id=worker_id).exists()


def _verdicts(frozen: dict[str, Any]) -> list[Verdict]:
    """What is broken, then what needs a check."""
    found = [Verdict.thawed(each) for each in frozen.get("verdicts", [])]
    return [each for each in found if each.outcome != MEETS]


def _forms(request: HttpRequest, worker: Worker, contract: Contract | None) -> dict[str, Any]:
    act = request.POST.get("act", "") if request.method == "POST" else ""
    day = {"on": today().isoformat(), "source": Source.WORKER}

    def filled(name: str) -> Any:
        return request.POST if act == name else None

    forms: dict[str, Any] = {
        "employer": NewEmployer(filled("employer"), initial=day, country=registry.works_in(worker)),
        "leave": OnLeave(filled("leave"), initial=day),
        "over": LeaveOver(filled("over"), initial=day),
        "companion": Living(filled("companion")),
    }
    if contract is not None:
        forms["resigned"] = Resigned(filled("resigned"), initial=day)
        forms["extend"] = LongerContract(filled("extend"), initial=day)
    return forms


def _act(
    request: HttpRequest,
    worker: Worker,
    placement: Placement | None,
    contract: Contract | None,
    act: str,
    forms: dict[str, Any],
) -> str | None:
    """Do what the page asks; ``None``: a form is not filled well."""
    actor = actor_of(request)
    if act == "gone":
        operations.companion_left(actor, _id(request, "companion"), on=today())
        return _("Dicatat.")
    if act not in forms:
        raise NotAllowed
    form = forms[act]
    if not form.is_valid():
        return None
    given = form.cleaned_data
    if act == "employer":
        operations.change_employer(actor, worker.id, at=now(), **_sourced(given))
        return _("Pemberi kerja baru dicatat. Yang berbeda dari kontrak menjadi temuan.")
    if act == "leave":
        operations.go_on_leave(actor, worker.id, **_sourced(given))
        return _("Cuti dicatat.")
    if act == "over":
        operations.end_leave(actor, _id(request, "leave"), **given)
        return _("Akhir cuti dicatat.")
    if act == "companion":
        operations.keep_companion(actor, worker.id, source=Source.OFFICER, on=today(), **given)
        return _("Anggota keluarga dicatat.")
    assert placement is not None
    assert contract is not None
    if act == "extend":
        asked = operations.ask_extension(
            actor, placement.id, until=given["until"], source=Source(given["source"]), on=today()
        )
        return _("Diajukan. Hasil aturan: %(outcome)s.") % {"outcome": _outcome(asked.outcome)}
    found = operations.record_resigning(
        actor,
        placement.id,
        told=form.told(contract),
        source=Source(given["source"]),
        signed_on=given["signed_on"],
        at=now(),
        on=today(),
    )
    return _("Dicatat. Isian yang berbeda: %(n)s.") % {"n": len(found)}


def _sourced(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "source": Source(given["source"])}


def _outcome(outcome: str) -> str:
    return {"meets": _("sesuai"), "breaks": _("melanggar")}.get(outcome, _("perlu diperiksa"))


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError as error:
        raise NotFound from error


def _page(
    request: HttpRequest,
    worker: Worker,
    placement: Placement | None,
    contract: Contract | None,
    forms: dict[str, Any],
) -> HttpResponse:
    actor = actor_of(request)
    leaves = queries.leaves_of(worker.id)
    context = {
        "worker": worker,
        "held": registry.held(worker.id, on=today()),
        "stale_after": registry.lately_days(),
        "entered": registry.self_enrolment(worker.id),
        "placement": placement,
        "contract": contract,
        "ends": queries.work_ends_on(contract) if contract else None,
        "forms": forms,
        "abroad": worker.state.stage == Stage.DURING,
        "arrived": placement is not None and placement.state == PlacementState.ARRIVED,
        "may_change": actor.may(Right.EMPLOYMENT_CONFIRM),
        "may_leave": actor.may(Right.LEAVE_RECORD),
        "may_extend": actor.may(Right.EXTENSION_ASK),
        "may_keep": actor.may(Right.COMPANION_KEEP),
        "away": next((each for each in leaves if each.state == LeaveState.AWAY), None),
        "leaves": [(each, LEAVE_STATES[LeaveState(each.state)]) for each in leaves],
        "extensions": [
            (each, EXTENSION_STATES[ExtensionState(each.state)], _outcome(each.outcome))
            for each in queries.extensions_of(worker.id)
        ]
        if actor.may(Right.EXTENSION_ASK)
        else [],
        "companions": queries.companions_of(worker.id) if actor.may(Right.COMPANION_KEEP) else [],
        "columns": [_("Tentang"), _("Isi"), _("Menurut"), _("Keyakinan"), _("Terakhir dipastikan")],
    }
    bad = any(form.is_bound and not form.is_valid() for form in forms.values())
    return render(request, "register/living.html", context, status=422 if bad else 200)
