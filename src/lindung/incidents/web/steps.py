"""What is sent from an incident's page."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lindung.access.doors import actor_of, done, now, refused, told
from lindung.access.rights import Right
from lindung.incidents import operations, queries
from lindung.incidents.web.acts import ACTS
from lindung.incidents.web.pages import page
from lindung.kernel.refusals import Incomplete, NotAllowed, Refusal


@require_POST
def step(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Do a step, leave it out, or decide about its rule."""
    actor, given = actor_of(request), request.POST
    to = f"{reverse('incident', args=[incident_id])}#{given.get('step', '')}"
    name, words = given.get("step", ""), given.get("evidence", "")
    try:
        if "penalty" in given:
            operations.fear_death_penalty(actor, incident_id, at=now())
        elif "leave" in given:
            operations.leave_out(actor, incident_id, step=name, reason=words, at=now())
        elif "decide" in given:
            operations.decide_law(actor, incident_id, step=name, reason=words, at=now())
        else:
            operations.do_step(
                actor,
                incident_id,
                step=name,
                evidence=words,
                choice=given.get("choice", ""),
                at=now(),
            )
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Langkah dicatat."), to)


@require_POST
def act(request: HttpRequest, incident_id: UUID, form: str) -> HttpResponse:
    """Send one of the forms; what was typed is kept where it is refused."""
    actor = actor_of(request)
    chosen = ACTS.get(form)
    if chosen is None:
        raise Http404
    if not actor.may(chosen.right) or not actor.may(Right.INCIDENT_READ):
        raise NotAllowed
    found, to = queries.incident(incident_id), reverse("incident", args=[incident_id])
    sent = chosen.form(request.POST)
    if not sent.is_valid():
        return page(request, found, wrong=form, form=sent)
    try:
        chosen.call(actor, incident_id, sent.cleaned_data, now())
    except Incomplete as refusal:
        told(sent, refusal)
        return page(request, found, wrong=form, form=sent)
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, str(chosen.done), to)
