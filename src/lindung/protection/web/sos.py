"""The page of one call for help, and what is done on it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from lindung.access.doors import actor_of, done, now, refused
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.duty.lifecycles import CallState
from lindung.kernel.refusals import NotAllowed, Refusal
from lindung.protection import emergency, operations

STATES = {
    CallState.RINGING: gettext_noop("berbunyi, belum diambil"),
    CallState.TAKEN: gettext_noop("diambil"),
    CallState.STOOD_DOWN: gettext_noop("selesai"),
}


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Calls for help that are not over."""
    actor = actor_of(request)
    if not actor.may(Right.DUTY_ANSWER):
        raise NotAllowed
    rows = emergency.sos_waiting(actor)
    columns = [_("Panggilan SOS"), _("Siapa"), _("Sejak"), _("Diambil"), _("Kontak pertama")]
    context = {"rows": rows, "columns": columns, "now": now()}
    return render(request, "protection/sos_waiting.html", context)


@require_GET
def sos(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One call: its clocks, how to reach the person, where they are, who was called."""
    actor = actor_of(request)
    if not actor.may(Right.DUTY_ANSWER):
        raise NotAllowed
    found = emergency.emergency(actor, case_id, at=now())
    if found.worker is not None:
        look(actor, found.call, worker=found.worker.id, purpose=found.call.number)
    context = {
        "it": found,
        "state": _(STATES[CallState(found.call.state)]),
        "over": found.call.state == CallState.STOOD_DOWN,
        "mine": found.call.taken_by == actor.id,
        "now": now(),
        "columns": [_("Siapa"), _("Dihubungi"), _("Jawaban")],
    }
    return render(request, "protection/sos.html", context)


@require_POST
def act(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take, pass on, note that somebody spoke, plan, end."""
    actor, given, at = actor_of(request), request.POST, now()
    step, words, to = given.get("step", ""), given.get("words", ""), reverse("sos", args=[case_id])
    try:
        if step == "take":
            operations.take_sos(actor, case_id, at=at)
        elif step == "pass":
            operations.pass_on_sos(actor, case_id, reason=words, at=at)
        elif step == "spoken":
            operations.note_spoken(actor, case_id, words=words, at=at)
        elif step == "plan":
            operations.plan_safety(actor, case_id, words=words, at=at)
        elif step == "end":
            operations.stand_down(actor, case_id, reason=words, at=at)
        else:
            raise NotAllowed
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Dicatat."), to)
