"""Signing in on the phone, signing out, and letting a person in again."""

from __future__ import annotations

from uuid import UUID

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lindung.access import sessions
from lindung.access.doors import actor_of, now, told
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed, TooMany
from lindung.outreach import entry as entering
from lindung.outreach.web.entry_forms import Code, Number, Recovery
from lindung.registry import entry
from lindung.registry.models import Worker
from lindung.registry.queries import worker as worker_of

ASKED = "asked"  # in the session while a code is awaited: blind indexes, never the number


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a telephone number and send a code to it; the answer is the same for every number."""
    form = Number(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            indexes = entering.ask(
                form.cleaned_data["phone"], address=address_of(request), now=now()
            )
        except TooMany as refusal:
            form.add_error("phone", f"{_(refusal.title)} {_(refusal.advice)}")
        else:
            request.session[ASKED] = [index.hex() for index in indexes]
            return HttpResponseRedirect(reverse("entry_code"))
    status = 422 if request.method == "POST" else 200
    return render(request, "outreach/entry_number.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code; a wrong one says no more than that."""
    if ASKED not in request.session:
        return HttpResponseRedirect(reverse("entry"))
    form = Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        indexes = [bytes.fromhex(index) for index in request.session[ASKED]]
        try:
            worker = entering.enter(
                indexes, form.cleaned_data["code"], address=address_of(request), now=now()
            )
        except TooMany as refusal:
            form.add_error("code", f"{_(refusal.title)} {_(refusal.advice)}")
        else:
            if worker is not None:
                return _let_in(request, worker)
            form.add_error(
                "code",
                _(
                    "Kode ini salah atau tidak berlaku lagi. Periksa pesannya, atau minta kode baru."
                ),
            )
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "outreach/entry_code.html",
        {"form": form, "shows_demo_phone": settings.DEMO},
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Enter by a link; only the button uses it up, since messengers open links to preview them."""
    if request.method == "POST":
        return _let_in(
            request, entering.enter_by_link(token, address=address_of(request), now=now())
        )
    entry.look_at_link(token, now=now())
    return render(request, "outreach/entry_link.html", {"token": token})


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out of this phone."""
    sessions.end_on_phone(request.session)
    return HttpResponseRedirect(reverse("entry"))


@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """An officer lets a person in again whose phone is lost or changed."""
    actor = actor_of(request)
    if not actor.may(Right.WORKER_RECOVER):
        raise NotAllowed
    worker = worker_of(worker_id)
    form = Recovery(request.POST or None)
    given = ""
    if request.method == "POST" and form.is_valid():
        try:
            given = entering.recover(actor, worker_id, now=now(), **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal, otherwise="new_phone")
    waits = not form.cleaned_data["in_person"] if given else False
    return render(
        request,
        "outreach/recover.html",
        {
            "person": worker,
            "form": form,
            "link": given,
            "waits": waits,
            "rules": entry.rules(timezone.localdate()),
        },
        status=422 if form.errors else 200,
    )


def _let_in(request: HttpRequest, worker: Worker) -> HttpResponse:
    on = now()
    sessions.begin_on_phone(
        request.session,
        worker=worker.id,
        name=worker.shown_name,
        days=entry.rules(timezone.localdate(on)).session_days,
        now=on,
    )
    # A form token handed out before must not be good for the new session.
    rotate_token(request)
    return HttpResponseRedirect("/saya/")


def address_of(request: HttpRequest) -> str:
    """Network address of the asker, for the limits."""
    return get_client_ip(request) or ""
