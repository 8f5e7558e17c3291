"""What takes two people: asked on an incident's page, decided there by a second officer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lindung.access.doors import done, need, now, refused
from lindung.access.rights import Right
from lindung.incidents import operations, queries
from lindung.kernel.refusals import Refusal


@require_POST
def ask(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Ask for a stop to be left out, or a death to be taken back."""
    actor = need(request, Right.INCIDENT_DECIDE)
    to = reverse("incident", args=[incident_id])
    what, _colon, step = request.POST.get("what", "").partition(":")
    try:
        operations.ask_ruling(
            actor,
            incident_id,
            what=what,
            step=step,
            reason=request.POST.get("reason", ""),
            at=now(),
        )
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(
        request, _("Diminta. Orang kedua yang berwenang membaca alasannya dan memutuskan."), to
    )


@require_POST
def give(request: HttpRequest, ruling_id: UUID) -> HttpResponse:
    """The second person's yes or no."""
    actor = need(request, Right.INCIDENT_DECIDE)
    found = queries.ruling(ruling_id)
    to = reverse("incident", args=[found.incident_id])
    agree = request.POST.get("putusan") == "setuju"
    try:
        operations.give_ruling(
            actor, ruling_id, agree=agree, remark=request.POST.get("remark", ""), at=now()
        )
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Disetujui dan dijalankan.") if agree else _("Tidak disetujui."), to)
