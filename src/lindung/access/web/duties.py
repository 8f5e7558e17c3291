"""One's own duties: choosing among them, lending one to a colleague, having none."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access import administration, queries
from lindung.access.doors import actor_of, done, refused, today, told
from lindung.access.identity import DUTY_KEY
from lindung.access.rights import Right
from lindung.access.web.forms import Delegation
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound, Refusal


@require_GET
def no_duty(request: HttpRequest) -> HttpResponse:
    """What an official sees who holds no duty today."""
    return render(request, "access/no_duty.html")


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act in another of one's duties from now on.

    Raises:
        NotFound: it is none of one's own in force.
    """
    chosen = request.POST.get("duty", "")
    if chosen not in {str(duty.id) for duty in getattr(request, "duties", [])}:
        raise NotFound
    request.session[DUTY_KEY] = chosen
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()})
    # A page of the one duty may not exist for the other: without a wish, home.
    return HttpResponseRedirect(to if safe else "/")


@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """What one has lent, and a form to lend."""
    actor = actor_of(request)
    if not actor.may(Right.DUTY_DELEGATE):
        raise NotAllowed
    form = Delegation(
        request.POST or None,
        duties=queries.own_duties(actor, on=today()),
        colleagues=queries.colleagues(actor, on=today()),
    )
    if request.method == "POST" and form.is_valid():
        try:
            administration.delegate(
                actor,
                UUID(form.cleaned_data["duty"]),
                to=UUID(form.cleaned_data["to"]),
                until=form.cleaned_data["until"],
                on=today(),
            )
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return done(request, _("Tugas dilimpahkan."), reverse("delegations"))
    given = queries.delegations(actor, on=today())
    return render(
        request,
        "access/delegations.html",
        {"form": form, "given": given, "columns": [_("Rekan"), _("Peran"), _("Sampai"), ""]},
        status=422 if form.errors else 200,
    )


@require_POST
def take_back(request: HttpRequest, duty_id: UUID) -> HttpResponse:
    """End a delegation of one's own."""
    try:
        administration.take_back(actor_of(request), duty_id, on=today())
    except Refusal as refusal:
        return refused(request, refusal, reverse("delegations"))
    return done(request, _("Limpahan tugas dicabut."), reverse("delegations"))
