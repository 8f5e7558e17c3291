"""Handing something in for a placement, at the desk of an agency or an office."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from lindung.access.doors import actor_of, done, refused, today
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed, NotFound, Refusal
from lindung.placement import queries
from lindung.placement.progress import progress_of
from lindung.placement.web.choose import handing
from lindung.placement.web.way import way


@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: HttpRequest, placement_id: UUID, requirement: str) -> HttpResponse:
    """Take a paper that was brought, or its number; an officer has yet to accept it."""
    actor = actor_of(request)
    if not actor.may(Right.REQUIREMENT_GIVE):
        raise NotAllowed(right=str(Right.REQUIREMENT_GIVE))
    placement = queries.placement(placement_id)
    progress = progress_of(placement, on=today())
    rows = way(progress, actor).now if progress else ()
    row = next((each for each in rows if each.id == requirement and each.hand_in), None)
    if row is None:
        raise NotFound(requirement)
    to = reverse("placement", args=[placement_id])
    try:
        page = handing(request, actor, placement, requirement)
    except Refusal as refusal:
        return refused(request, refusal, to)
    if page.done:
        return done(request, _("Diserahkan. Petugas memeriksanya."), to)
    look(actor, placement, worker=placement.worker_id, purpose=gettext_noop("penyerahan berkas"))
    context = {"placement": placement, "row": row, "page": page}
    return render(request, "placement/hand_in.html", context, status=page.status)
