"""Who else has this page open: asked by the page itself, on opening, on typing and now and then."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from lindung.access import presence
from lindung.access.actors import Kind
from lindung.access.doors import actor_of, now
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.protection import queries as protection
from lindung.registry import queries as registry

_DESK = {Kind.POST, Kind.OFFICE, Kind.AGENCY, Kind.MINISTRY}


@require_http_methods(["GET", "POST"])
def here(request: HttpRequest, what: str, subject: UUID) -> HttpResponse:
    """Tell that one is at a person's or case's page, and read who else is."""
    actor = actor_of(request)
    if actor.kind not in _DESK:
        raise NotAllowed
    # Found in the actor's own scope, or it does not exist for them.
    if what == "kasus":
        if not actor.may(Right.CASE_READ):
            raise NotAllowed
        protection.case(subject)
    elif what != "pekerja":
        raise NotFound
    else:
        if not actor.may(Right.WORKER_READ):
            raise NotAllowed
        registry.worker(subject)
    at = now()
    if request.method == "POST":
        presence.tell(actor, subject, writing=request.POST.get("menulis") == "1", now=at)
    return render(
        request, "desk/_present.html", {"others": presence.others(actor, subject, now=at)}
    )
