"""Breaches and exercises: for the ministry's data protection officer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lindung.access.acting import acting_as
from lindung.access.doors import done, need, now, refused, status_of, tried
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NotFound, Refusal
from lindung.privacy import breaches as asked
from lindung.privacy import notices
from lindung.privacy.labels import BREACH_STATES
from lindung.privacy.lifecycles import BREACH, BreachState
from lindung.privacy.models import Affected, Breach
from lindung.privacy.operations import breaches as operations
from lindung.privacy.web.forms import Searching
from lindung.privacy.web.parts import tabs

MOST = 50


@require_http_methods(["GET", "HEAD", "POST"])
def breaches(request: HttpRequest) -> HttpResponse:
    """What was worked out before, and a form to work out another."""
    actor = need(request, Right.BREACH_WORK)
    at = now()
    start = {"window_from": at - timedelta(days=1), "window_to": at, "known_at": at}
    form = Searching(request.POST or None, initial=start)
    if request.method == "POST":
        made: list[Breach] = []

        def find() -> None:
            told = form.cleaned_data
            made.append(
                operations.find(
                    actor, form.search(), window=form.window(), known_at=told["known_at"],
                    how=told["how"], remedy=told["remedy"], drill=told["drill"], at=at,
                )
            )  # fmt: skip

        if tried(form, find):
            return done(request, _("Dihitung."), reverse("breach", args=[made[0].id]))
    rows = Breach.objects.all()[:MOST]
    return render(
        request,
        "privacy/breaches.html",
        {
            "rows": [(each, BREACH_STATES[BreachState(each.state)]) for each in rows],
            "form": form,
            "tabs": tabs(actor, "breaches"),
            "columns": [_("Nomor"), _("Diketahui"), _("Batas memberi tahu"), _("Orang"), _("Keadaan")],
        },
        status=status_of(form),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def breach(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """One breach: groups, notices, and what may be done."""
    actor = need(request, Right.BREACH_WORK)
    row = Breach.objects.filter(pk=breach_id).first()
    if row is None:
        raise NotFound
    here = reverse("breach", args=[row.id])
    if request.method == "POST":
        try:
            if request.POST.get("langkah") == "beritahu":
                operations.notify(actor, row.id, at=now())
                return done(
                    request,
                    _("Pemberitahuan mulai dikirim, tiap orang lewat saluran amannya."),
                    here,
                )
            operations.close(actor, row.id)
        except Refusal as refusal:
            return refused(request, refusal, here)
        return done(request, _("Ditutup."), here)
    with acting_as(ROBOT):
        groups = asked.groups(row)
        letters = [
            (each, notices.to_authority(row, each), notices.to_person(row, each))
            for each in notices.LANGUAGES
        ]
        told = Affected.objects.filter(breach=row, message_id__isnull=False).count()
    steps = {each.name for each in BREACH.open_steps(BreachState(row.state))}
    return render(
        request,
        "privacy/breach.html",
        {
            "row": row,
            "state": BREACH_STATES[BreachState(row.state)],
            "groups": groups,
            "letters": letters,
            "told": told,
            "may_notify": "notify" in steps and not row.drill,
            "may_close": "close" in steps,
            "late": row.due_at is not None and row.due_at < now() and row.notified_at is None,
            "tabs": tabs(actor, "breaches"),
            "columns": [_("Perwakilan"), _("Bahasa"), _("Orang")],
        },
    )  # fmt: skip


@require_POST
def listed(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """The list of people as a sealed file."""
    actor = need(request, Right.BREACH_WORK)
    answer = HttpResponse(
        operations.sealed_list(actor, breach_id), content_type="application/octet-stream"
    )
    answer["Content-Disposition"] = 'attachment; filename="daftar-tersegel.bin"'
    answer["Cache-Control"] = "no-store"
    return answer
