"""How a relative comes in by a link, and goes out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lindung.access import sessions
from lindung.access.doors import now
from lindung.outreach import family
from lindung.outreach.web.entry_views import address_of
from lindung.registry.entry import rules


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Enter by a link; only the button uses it up, since messengers open links to preview them."""
    at = now()
    if request.method != "POST":
        family.look_at_link(token, now=at)
        return render(request, "outreach/entry_link.html", {"token": token})
    member = family.enter(token, address=address_of(request), now=at)
    sessions.begin_for_family(
        request.session,
        member=member.id,
        name=member.name,
        worker=member.worker_id,
        days=rules(timezone.localdate(at)).session_days,
        now=at,
    )
    rotate_token(request)
    return HttpResponseRedirect(reverse("family_home"))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out of this phone."""
    sessions.end_on_phone(request.session)
    return HttpResponseRedirect(reverse("entry"))
