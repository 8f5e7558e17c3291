"""The relative's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from lindung.access.actors import Actor, Kind
from lindung.access.doors import actor_of, done, now, refused
from lindung.access.journal import look
from lindung.crisis import operations as mustering
from lindung.crisis import queries as crisis
from lindung.incidents import queries as incidents
from lindung.kernel.refusals import Refusal
from lindung.protection import operations as protection
from lindung.site.family import queries
from lindung.site.family.forms import Hearing, Telling


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """How the person is; and telling us that something is wrong."""
    actor = actor_of(request)
    if actor.kind is not Kind.FAMILY or actor.worker is None:
        return HttpResponseRedirect("/")
    asked = crisis.for_family(actor)
    if request.method == "POST" and request.POST.get("act") == "muster":
        return _answered(request, actor)
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
    context = {
        "told": shown,
        "form": form,
        "incidents": incidents.for_family(actor),
        "muster": asked,
        "muster_form": Hearing(auto_id="kabar_%s"),
    }
    return render(request, "keluarga/home.html", context)


def _answered(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take a relative's word on whether the person is safe after an event."""
    form, home_page = Hearing(request.POST), reverse("family_home")
    form.is_valid()
    safe = request.POST.get("kabar") == "aman"
    try:
        mustering.answer_for(actor, safe=safe, words=form.cleaned_data.get("words", ""), at=now())
    except Refusal as refusal:
        return refused(request, refusal, home_page)
    said = (
        _("Terima kasih. Kami catat: aman.")
        if safe
        else _("Kami terima. Petugas segera menindaklanjutinya.")
    )
    return done(request, said, home_page)
