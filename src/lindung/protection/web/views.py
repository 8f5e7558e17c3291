"""Pages of cases."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lindung.access.doors import actor_of, done, now, refused, today
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed, Refusal
from lindung.protection import operations, queries
from lindung.protection.lifecycles import CASE, CaseState
from lindung.protection.stages import STAGE_LABELS, STEP_LABELS
from lindung.protection.web.forms import Note, Opening
from lindung.registry import queries as registry


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Open cases in scope, the most urgent first."""
    actor = actor_of(request)
    if not actor.may(Right.CASE_READ):
        raise NotAllowed
    mine = request.GET.get("punya") == "saya"
    rows = [(each, _days(each.due_at)) for each in queries.open_cases(actor, mine=mine)[:50]]
    tabs = [
        {"href": reverse("cases"), "label": _("Semua"), "current": not mine},
        {"href": "?punya=saya", "label": _("Saya"), "current": mine},
    ]
    columns = [_("Kasus"), _("Masalah"), _("Pekerja"), _("Tahap"), _("Petugas"), _("Batas")]
    return render(
        request, "protection/cases.html", {"rows": rows, "tabs": tabs, "columns": columns}
    )


@require_GET
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: what was said and done, its clocks, and the steps open now."""
    if not actor_of(request).may(Right.CASE_READ):
        raise NotAllowed
    found = queries.case(case_id)
    look(actor_of(request), found, worker=found.worker_id, purpose=found.number)
    return _page(request, case_id)


@require_POST
def step(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take the case, or take it a step on."""
    actor, name = actor_of(request), request.POST.get("step", "")
    to = reverse("case", args=[case_id])
    try:
        if name == "take":
            operations.take_case(actor, case_id)
        elif name in STEP_LABELS:
            outcome = request.POST.get("outcome", "")
            operations.move_case(actor, case_id, step=name, outcome=outcome)
        else:
            raise NotAllowed
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Kasus diperbarui."), to)


@require_POST
def write(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write to the worker, or keep an internal note."""
    if not actor_of(request).may(Right.CASE_WORK):
        raise NotAllowed
    form = Note(request.POST)
    if not form.is_valid():
        return _page(request, case_id, form=form)
    operations.add_note(actor_of(request), case_id, at=now(), **form.cleaned_data)
    said = _("Catatan disimpan.") if form.cleaned_data["internal"] else _("Terkirim ke pekerja.")
    return done(request, said, reverse("case", args=[case_id]))


def open_case(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Open a case for a person an officer heard from."""
    if not actor_of(request).may(Right.CASE_OPEN):
        raise NotAllowed
    worker = registry.worker(worker_id)
    form = Opening(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = operations.open_case(actor_of(request), worker_id, at=now(), **form.cleaned_data)
        return done(request, _("Kasus dibuka."), reverse("case", args=[opened.id]))
    return render(request, "protection/open.html", {"worker": worker, "form": form})


def _page(request: HttpRequest, case_id: UUID, *, form: Note | None = None) -> HttpResponse:
    actor, found = actor_of(request), queries.case(case_id)
    state = CaseState(found.state)
    context = {
        "case": found,
        "notes": queries.notes(case_id),
        "stages": [(label, _when(each, state)) for each, label in STAGE_LABELS.items()],
        "steps": [
            (each.name, STEP_LABELS[each.name])
            for each in CASE.open_steps(state)
            if each.name in STEP_LABELS
        ]
        if actor.may(Right.CASE_WORK)
        else [],
        "may_work": actor.may(Right.CASE_WORK),
        "is_mine": found.owner_id == actor.id,
        "answer_days": _days(found.answer_due_at) if found.answered_at is None else None,
        "days": _days(found.due_at) if found.closed_at is None else None,
        "form": form or Note(),
    }
    return render(request, "protection/case.html", context, status=422 if form else 200)


def _when(stage: CaseState, now: CaseState) -> str:
    """Whether a stage lies behind, is now, or comes."""
    order = list(STAGE_LABELS)
    at = order.index(stage) - order.index(now)
    return "now" if at == 0 else "past" if at < 0 else "future"


def _days(at: datetime) -> int:
    """Whole days from today to an instant, on the calendar of the office at home."""
    return (timezone.localtime(at).date() - today()).days
