"""The relative's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from lindung.access.actors import Kind
from lindung.access.doors import actor_of, done, now
from lindung.access.journal import look
from lindung.incidents import queries as incidents
from lindung.protection import operations as protection
from lindung.site.family import queries
from lindung.site.family.forms import Telling


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """How the person is; and telling us that something is wrong."""
    actor = actor_of(request)
    if actor.kind is not Kind.FAMILY or actor.worker is None:
        return HttpResponseRedirect("/")
    form = Telling(request.POST or None)
    if request.method == "POST" and form.is_valid():
        case = protection.tell_for(actor, words=form.cleaned_data["words"], at=now())
        told = _("Kami terima sebagai %(number)s. Petugas menindaklanjutinya.")
        return done(request, told % {"number": case.number}, reverse("family_home"))
    shown = queries.home(actor)
    # The worker sees that a relative looked, like everyone else who does.
    look(
        actor,
        queries.person(actor),
        worker=actor.worker,
        purpose=gettext_noop("keluarga"),
    )
    context = {"told": shown, "form": form, "incidents": incidents.for_family(actor)}
    return render(request, "keluarga/home.html", context)
