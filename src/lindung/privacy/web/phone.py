"""The worker's own pages: what can be asked about one's data, and the copy of all of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access import phones
from lindung.access.acting import at_the_door
from lindung.access.actors import Actor, Kind
from lindung.access.doors import actor_of, done, now, refused, status_of, tried
from lindung.kernel.refusals import NotFound, Refusal, TooMany
from lindung.outreach import entry
from lindung.privacy import copies, schedule
from lindung.privacy.labels import REQUEST_STATES
from lindung.privacy.lifecycles import RequestState
from lindung.privacy.models import Request
from lindung.privacy.operations import copying
from lindung.privacy.operations import requests as asking
from lindung.privacy.web.forms import Asking
from lindung.privacy.web.people import as_file, is_not_too_often
from lindung.privacy.web.pin import Pin
from lindung.registry import queries as registry


@require_http_methods(["GET", "HEAD", "POST"])
def rights(request: HttpRequest) -> HttpResponse:
    """What may be asked, what was asked and answered, and the way to the copy."""
    actor = _worker(request)
    if actor is None:
        return HttpResponseRedirect("/")
    worker = registry.worker(actor.id)
    form = Asking(request.POST or None)
    if request.method == "POST" and tried(
        form, lambda: asking.ask(actor, worker.id, at=now(), **form.cleaned_data)
    ):
        said = _("Permintaan Anda tercatat. Jawabannya muncul di halaman ini.")
        return done(request, said, reverse("my_rights"))
    found = Request.objects.filter(worker=worker).order_by("-asked_at")
    return render(
        request,
        "privacy/my_rights.html",
        {
            "form": form,
            "rows": [
                (each, REQUEST_STATES[RequestState(each.state)], schedule.rule_of(each.kind)[1])
                for each in found
            ],
        },
        status=status_of(form),
    )


@require_POST
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take a request back."""
    actor = _worker(request)
    if actor is None:
        return HttpResponseRedirect("/")
    try:
        asking.withdraw(actor, request_id, at=now())
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(request, refusal, reverse("my_rights"))
    return done(request, _("Permintaan ditarik kembali."), reverse("my_rights"))


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest) -> HttpResponse:
    """The copy, after the PIN: to read here, or as a file for a machine."""
    actor = _worker(request)
    if actor is None:
        return HttpResponseRedirect("/")
    phone: phones.Phone | None = getattr(request, "phone", None)
    if phone is None or not phone.has_pin:
        return render(request, "privacy/my_copy.html", {"needs_pin": True})
    form = Pin(request.POST or None)
    sent = request.method == "POST" and form.is_valid() and _proven(request, actor, form)
    if sent and is_not_too_often(form, actor.id):
        made = copying.take(actor, at=now())
        if request.POST.get("bentuk") == "berkas":
            return as_file(made)
        return _readable(request, made)
    return render(
        request,
        "privacy/my_copy.html",
        {"form": form, "most": copying.MOST},
        status=status_of(form),
    )


@require_GET
def schema(request: HttpRequest) -> HttpResponse:
    """The published form of the copy, a JSON Schema."""
    answer = HttpResponse(_schema(), content_type="application/schema+json")
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@cache
def _schema() -> bytes:
    return (Path(__file__).parents[1] / "copy.schema.json").read_bytes()


def _proven(request: HttpRequest, actor: Actor, form: Pin) -> bool:
    """Whether the PIN is right, now: an open phone in another's hand opens no copy."""
    try:
        with at_the_door():
            entry.spend("pin", request.session.session_key or "", now=now())
    except TooMany as refusal:
        form.add_error("pin", f"{_(refusal.title)} {_(refusal.advice)}")
        return False
    if phones.unlock(request.session, form.cleaned_data["pin"], worker=actor.id, now=now()):
        return True
    form.add_error("pin", _("PIN salah."))
    return False


def _readable(request: HttpRequest, made: dict[str, Any]) -> HttpResponse:
    language = (get_language() or "id").split("-")[0]
    parts = [
        {
            "title": each["title"].get(language) or each["title"]["id"],
            "purpose": each["purpose"].get(language) or each["purpose"]["id"],
            "table": each["table"],
            "rows": [list(row.items()) for row in each["rows"]],
        }
        for each in made["sections"]
    ]
    left = sorted(
        {each["reason"].get(language) or each["reason"]["id"] for each in made["left_out"]}
    )
    answer = render(
        request,
        "privacy/my_copy_read.html",
        {"parts": parts, "left": left, "format": copies.FORMAT},
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _worker(request: HttpRequest) -> Actor | None:
    actor = actor_of(request)
    return actor if actor.kind is Kind.WORKER and actor.worker is not None else None
