"""Pages of visits: the list, planning, the check-list, the report, what is to be cured."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lindung.access.doors import actor_of, done, need, now, refused, ticked, today, told
from lindung.access.rights import Right
from lindung.kernel.refusals import Conflict, Incomplete, Refusal
from lindung.registry import queries as registry
from lindung.registry.models import Employer
from lindung.visits import operations, queries
from lindung.visits.checklists import checklist
from lindung.visits.labels import STATES
from lindung.visits.lifecycles import VisitState
from lindung.visits.web.forms import Holding, Meeting, Planning, Reporting

MOST = 50


@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """What is planned, what is to be cured, and what was."""
    need(request, Right.VISIT_READ)
    actor = actor_of(request)
    every = queries.visits(actor)
    context = {
        "planned": every.filter(state=VisitState.PLANNED)[:MOST],
        "held": every.filter(state=VisitState.HELD)[:MOST],
        "past": every.filter(state=VisitState.REPORTED).order_by("-held_on")[:MOST],
        "to_cure": [
            (each, checklist(each.visit.checklist).item(each.item).ask)
            for each in queries.to_cure(actor, until=today())
        ],
        "may_plan": actor.may(Right.VISIT_PLAN),
        "columns": [_("Hari"), _("Siapa"), _("Tempat"), _("Alasan")],
    }
    return render(request, "visits/visits.html", context)


def plan(request: HttpRequest) -> HttpResponse:
    """Plan a visit."""
    need(request, Right.VISIT_PLAN)
    actor = actor_of(request)
    form = Planning(
        request.POST or None,
        initial={"planned_for": today(), "visitors": actor.name, **_host(request)},
    )
    employers = Employer.objects.filter(post_id__in=actor.posts)
    form.fields["employer_id"].queryset = employers  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.plan_visit(
                actor, post_id=next(iter(actor.posts), 0), **form.cleaned_data
            )
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return done(request, _("Kunjungan direncanakan."), reverse("visit", args=[made.id]))
    return render(request, "visits/plan.html", {"form": form}, status=422 if form.errors else 200)


def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """One visit: the check-list to fill, or what was found."""
    need(request, Right.VISIT_READ)
    found = queries.report(visit_id)
    form = Holding(
        found.checklist,
        request.POST or None,
        initial={"on": today(), "version": found.visit.version},
    )
    if request.method == "POST":
        need(request, Right.VISIT_PLAN)
        if form.is_valid():
            try:
                operations.hold_visit(actor_of(request), visit_id, **form.given())
            except Incomplete as refusal:
                told(form, refusal)
            except Conflict as refusal:
                form.add_error(None, f"{_(refusal.title)} {_(refusal.advice)}")
            except Refusal as refusal:
                return refused(request, refusal, reverse("visit", args=[visit_id]))
            else:
                return done(request, _("Temuan disimpan."), reverse("visit", args=[visit_id]))
    context = {
        "visit": found.visit,
        "checklist": found.checklist,
        "answers": found.answers,
        "met": found.met,
        "state": STATES[VisitState(found.visit.state)],
        "form": form,
        "may_plan": actor_of(request).may(Right.VISIT_PLAN),
        "meeting": Meeting(),
        "reporting": Reporting(),
    }
    return render(request, "visits/visit.html", context, status=422 if form.errors else 200)


@require_POST
def step(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Cancel, report, note whom was met, open a case."""
    need(request, Right.VISIT_PLAN)
    actor, to = actor_of(request), reverse("visit", args=[visit_id])
    name = request.POST.get("step", "")
    try:
        if name == "cancel":
            operations.cancel_visit(actor, visit_id, why=request.POST.get("why", ""))
        elif name == "report":
            operations.report_visit(actor, visit_id, summary=request.POST.get("summary", ""))
        elif name == "meet":
            worker = registry.worker_by_number(request.POST.get("number", "").strip())
            operations.meet(actor, visit_id, worker_id=worker.id, alone="alone" in request.POST)
        elif name == "case" and (ids := ticked(request, "worker")):
            opened = operations.open_case_from(
                actor, visit_id, item=request.POST.get("item", ""), worker_id=ids[0], at=now()
            )
            return done(request, _("Kasus dibuka."), reverse("case", args=[opened.id]))
        else:
            return HttpResponseRedirect(to)
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Kunjungan diperbarui."), to)


@require_POST
def cured(request: HttpRequest, answer_id: UUID) -> HttpResponse:
    """What worried was put right."""
    need(request, Right.VISIT_PLAN)
    try:
        answer = operations.cure(actor_of(request), answer_id, on=today())
    except Refusal as refusal:
        return refused(request, refusal, reverse("visits"))
    return done(request, _("Perbaikan dicatat."), reverse("visit", args=[answer.visit_id]))


def _host(request: HttpRequest) -> dict[str, object]:
    """Whom the page that led here was about."""
    try:
        return {"employer_id": UUID(request.GET.get("pemberi", ""))}
    except ValueError:
        return {}
