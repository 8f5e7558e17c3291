"""One person's data at the desk: requests, holds, the copy given on their behalf."""

from __future__ import annotations

import json
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access import limits
from lindung.access.acting import acting_as, at_the_door
from lindung.access.doors import done, need, now, refused, status_of, today, tried
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NotFound, Refusal, TooMany
from lindung.privacy import due, schedule
from lindung.privacy.labels import REQUEST_STATES
from lindung.privacy.lifecycles import RequestState
from lindung.privacy.models import Hold, Request
from lindung.privacy.operations import copying, erasing, holds
from lindung.privacy.operations import requests as asking
from lindung.privacy.web.forms import Answering, Asking, Holding, Reason
from lindung.privacy.web.parts import tabs
from lindung.registry import queries as registry

MOST = 50


@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """Requests in scope, what waits first, the first due first."""
    actor = need(request, Right.DATA_ANSWER)
    waiting = Request.objects.filter(state=RequestState.ASKED).select_related("worker")
    over = Request.objects.exclude(state=RequestState.ASKED).select_related("worker")
    rows = [*waiting.order_by("due_at", "asked_at"), *over.order_by("-answered_at")[:MOST]]
    return render(
        request,
        "privacy/requests.html",
        {
            "rows": [(each, REQUEST_STATES[RequestState(each.state)]) for each in rows],
            "tabs": tabs(actor, "data_requests"),
            "columns": [_("Siapa"), _("Yang diminta"), _("Batas menurut hukum"), _("Keadaan")],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def one_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request, and its answer."""
    actor = need(request, Right.DATA_ANSWER)
    row = Request.objects.select_related("worker").filter(pk=request_id).first()
    if row is None:
        raise NotFound
    form = Answering(request.POST or None)
    if request.method == "POST" and tried(
        form, lambda: asking.answer(actor, row.id, at=now(), **form.cleaned_data)
    ):
        return done(
            request, _("Dijawab. Pekerja diberi tahu."), reverse("data_request", args=[row.id])
        )
    look(actor, row.worker, worker=row.worker_id, purpose="permintaan tentang data pribadi")
    return render(
        request,
        "privacy/request.html",
        {
            "row": row,
            "state": REQUEST_STATES[RequestState(row.state)],
            "article": schedule.rule_of(row.kind)[1],
            "waits": row.state == RequestState.ASKED,
            "form": form,
            "tabs": tabs(actor, "data_requests"),
        },
        status=status_of(form),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """What a person asked, what holds their data, and what may be done."""
    actor = need(request, Right.DATA_ASK)
    worker = registry.worker(worker_id)
    here, what = reverse("person_data", args=[worker.id]), request.POST.get("what", "")
    hold_form = Holding(request.POST if what == "hold" else None)
    ask_form = Asking(request.POST if what == "ask" else None)
    erase_form = Reason(request.POST if what == "erase" else None)
    if what == "hold" and tried(
        hold_form, lambda: holds.place(actor, worker.id, at=now(), **hold_form.cleaned_data)
    ):
        return done(request, _("Ditahan. Tidak ada yang dihapus sampai harinya."), here)
    if what == "ask" and tried(
        ask_form, lambda: asking.ask(actor, worker.id, at=now(), **ask_form.cleaned_data)
    ):
        return done(request, _("Permintaan dicatat atas nama pekerja."), here)
    if what == "erase" and tried(
        erase_form,
        lambda: erasing.ask_for_person(
            actor, worker.id, reason=erase_form.cleaned_data["reason"], on=today(), at=now()
        ),
    ):
        return done(request, _("Diusulkan. Orang lain yang berwenang harus menyetujui."), here)
    look(actor, worker, worker=worker.id, purpose="hak atas data pribadi")
    with acting_as(ROBOT):
        held = due.is_held(worker.id, on=today())
    found, may_hold = Request.objects.filter(worker=worker), actor.may(Right.HOLD_PLACE)
    return render(
        request,
        "privacy/person.html",
        {
            "worker": worker,
            "requests": [(each, REQUEST_STATES[RequestState(each.state)]) for each in found],
            "holds": Hold.objects.filter(worker=worker) if may_hold else [],
            "held": held,
            "hold_form": hold_form,
            "ask_form": ask_form,
            "erase_form": erase_form,
            "lift_form": Reason(),
            "may_hold": may_hold,
            "may_erase": actor.may(Right.ERASURE_ASK),
            "may_copy": actor.may(Right.COPY_GIVE),
            "may_answer": actor.may(Right.DATA_ANSWER),
        },
        status=status_of(hold_form, ask_form, erase_form),
    )


@require_POST
def lift(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """End a hold before its day."""
    actor = need(request, Right.HOLD_PLACE)
    hold = Hold.objects.filter(pk=hold_id).first()
    if hold is None:
        raise NotFound
    to = reverse("person_data", args=[hold.worker_id])
    try:
        holds.lift(actor, hold.id, reason=request.POST.get("reason", ""), at=now())
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Penahanan dicabut."), to)


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """The copy for a person who asked at the desk; asks for the officer's factor anew."""
    actor = need(request, Right.COPY_GIVE)
    need(request, Right.WORKER_READ)
    worker = registry.worker(worker_id)
    if (first := _factor_anew(request)) is not None:
        return first
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid() and is_not_too_often(form, worker.id):
        made = copying.give(actor, worker.id, reason=form.cleaned_data["reason"], at=now())
        return as_file(made)
    return render(
        request,
        "privacy/copy.html",
        {"worker": worker, "form": form},
        status=status_of(form),
    )


def as_file(made: dict[str, object]) -> HttpResponse:
    """The copy as a file whose name says nothing about anybody, kept by no cache."""
    answer = HttpResponse(
        json.dumps(made, ensure_ascii=False, indent=1), content_type="application/json"
    )
    answer["Content-Disposition"] = 'attachment; filename="salinan-data.json"'
    answer["Cache-Control"] = "no-store"
    return answer


def is_not_too_often(form: forms.Form, worker: UUID) -> bool:
    """Count one copy of a person's data; a refusal stands in the form."""
    try:
        with at_the_door():
            limits.spend("copy", str(worker), most=copying.MOST, minutes=copying.MINUTES, now=now())
    except TooMany as refusal:
        form.add_error(None, f"{_(refusal.title)} {_(refusal.advice)}")
        return False
    return True


def _factor_anew(request: HttpRequest) -> HttpResponse | None:
    """Where the second factor has to be given first; none where it was, moments ago."""
    try:
        with at_the_door():
            reauthentication_required(_nothing)(request)
    except ReauthenticationRequired:
        asked = urlencode({"next": request.path})
        return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{asked}")
    return None


def _nothing(_request: HttpRequest) -> None:
    """What is behind the question, which is all we ask."""
