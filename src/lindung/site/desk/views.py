"""A person's life-line, and the forms of the file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from lindung.access.actors import Actor
from lindung.access.conflict import Clash, amended
from lindung.access.doors import actor_of, done, need, refused, today, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.days import age
from lindung.kernel.refusals import Incomplete, Refusal
from lindung.outreach.queries import safe_contact
from lindung.placement import queries as placements
from lindung.protection import queries as protection
from lindung.reference.queries import region_name
from lindung.registry import operations
from lindung.registry import queries as registry
from lindung.registry.models import Source, Worker
from lindung.reintegration import operations as reintegration
from lindung.site import words
from lindung.site.desk import lifeline
from lindung.site.desk.bands import bands
from lindung.site.desk.beside import beside
from lindung.site.desk.forms import AfterPlan, PersonData, ReturnHome


@require_GET
def person(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """A person: the three bands, the life-line, what to do, and who looked."""
    actor = actor_of(request)
    need(request, Right.WORKER_READ)
    worker = registry.person(worker_id)
    if worker.id != worker_id:
        return HttpResponseRedirect(reverse("person", args=[worker.id]))
    look(actor, worker, worker=worker_id, purpose=gettext_noop("pelayanan"))
    topic = request.GET.get("jenis", "")
    known = registry.story(actor, worker)
    mine = placements.placements_of(worker_id)
    cases = protection.cases_of(worker_id) if actor.may(Right.CASE_READ) else []
    # A recruiter opens the file of an own candidate, and never learns from it where they have gone.
    knows_where = actor.may(Right.FACT_RECORD)
    context: dict[str, Any] = {
        "worker": worker,
        "facts": _facts(worker),
        # How a person may be reached is for those who write to them.
        "safe": safe_contact(worker_id) if actor.may(Right.MESSAGE_READ) else "",
        "bands": bands(worker, mine[0] if mine else None, on=today(), whereabouts=knows_where),
        "lines": lifeline.lines(known.entries, topic=topic),
        "topics": [
            {
                "href": f"?jenis={each.key}" if each.key else reverse("person", args=[worker_id]),
                "label": each.label,
                "current": each.key == topic,
            }
            for each in lifeline.topics()
        ],
        "open_cases": [case for case in cases if case.closed_at is None],
        "placement": mine[0] if mine else None,
        "beside": beside(actor, worker_id),
        "tasks": [
            (task, (timezone.localtime(task.due_at).date() - today()).days)
            for task in registry.open_tasks(worker_id)
        ],
        "held": registry.current_facts(worker_id) if knows_where else {},
        "numbers": registry.identifiers_of(worker_id),
        "check_in_days": (worker.state.check_in_due_on - today()).days
        if worker.state.check_in_due_on
        else None,
        "looks": [
            {
                "who": f"{each.actor_name} ({each.actor_office})",
                "when": each.at,
                "why": words.purpose(each.payload),
            }
            for each in known.looks
        ],
        "looks_total": known.times_looked,
        "today": today(),
        "may": {
            "open_placement": actor.may(Right.PLACEMENT_OPEN)
            and placements.live_placement(worker_id) is None,
            "open_case": actor.may(Right.CASE_OPEN),
            "record_return": actor.may(Right.RETURN_RECORD) and worker.state.stage == "during",
            "make_plan": actor.may(Right.PLAN_MAKE) and worker.state.stage == "after",
            "finish_task": actor.may(Right.TASK_WORK),
            "talk": actor.may(Right.MESSAGE_READ),
            "edit": actor.may(Right.WORKER_UPDATE),
            "add_number": actor.may(Right.IDENTIFIER_ADD),
            "data": actor.may(Right.DATA_ASK),
        },
    }
    return render(request, "desk/person.html", context)


@require_GET
def lookers(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Everybody who opened this file, newest first."""
    need(request, Right.WORKER_READ)
    worker = registry.worker(worker_id)
    seen, total = registry.looks(actor_of(request), worker, most=200)
    return render(request, "desk/lookers.html", {"worker": worker, "looks": seen, "total": total})


def edit_person(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Correct a person's own data; over a newer version both are shown and nothing is lost."""
    need(request, Right.WORKER_UPDATE)
    worker = registry.worker(worker_id)
    current = {name: getattr(worker, name) for name in PersonData.base_fields}
    form = PersonData(request.POST or None, initial=current)
    differs: list[Clash] = []
    if request.method == "POST":
        answer = amended(
            request,
            form,
            lambda version: _corrected(actor_of(request), worker, version, form.cleaned_data),
            known=current,
            said=_("Data diri disimpan."),
            to=reverse("person", args=[worker_id]),
        )
        if isinstance(answer, HttpResponse):
            return answer
        differs = answer
    context = {
        "worker": worker,
        "form": form,
        "heading": _("Ubah data diri"),
        "clashes": differs,
        "version": worker.version,
    }
    status = 409 if differs else 422 if form.errors else 200
    return render(request, "desk/form.html", context, status=status)


def _corrected(actor: Actor, worker: Worker, version: int, typed: dict[str, Any]) -> None:
    """Save what was typed; nothing changed over the newest version is nothing to save."""
    changes = {name: value for name, value in typed.items() if value != getattr(worker, name)}
    if changes or version != worker.version:
        operations.update(actor, worker.id, version=version, changes=changes)


def record_return(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Record that a person came home."""
    need(request, Right.RETURN_RECORD)
    worker = registry.worker(worker_id)
    form = ReturnHome(request.POST or None, initial={"on": today().isoformat()})
    to = reverse("person", args=[worker_id])
    if request.method == "POST" and form.is_valid():
        try:
            reintegration.record_return(
                actor_of(request), worker_id, source=Source.OFFICER, **form.cleaned_data
            )
        except Refusal as refusal:
            return refused(request, refusal, to)
        return done(request, _("Kepulangan dicatat."), to)
    heading = _("Catat kepulangan")
    return render(request, "desk/form.html", {"worker": worker, "form": form, "heading": heading})


def make_plan(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Agree with a returned person on what comes next."""
    need(request, Right.PLAN_MAKE)
    worker = registry.worker(worker_id)
    form = AfterPlan(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reintegration.make_plan(actor_of(request), worker_id, on=today(), **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal, otherwise="next_step")
        else:
            to = reverse("person", args=[worker_id])
            return done(request, _("Rencana disimpan."), to)
    heading = _("Rencana setelah pulang")
    return render(request, "desk/form.html", {"worker": worker, "form": form, "heading": heading})


def _facts(worker: Worker) -> str:
    """The line under the name: age, home, number."""
    years = age(worker.birth_date, today()) if worker.birth_date else None
    parts = (
        _("%(years)s th") % {"years": years} if years is not None else "",
        region_name(worker.region) if worker.region else "",
        worker.public_number,
    )
    return " · ".join(filter(None, parts))
