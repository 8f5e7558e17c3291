"""Pages of cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from lindung.access.actors import Kind
from lindung.access.doors import actor_of, done, need, now, refused, today, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import Conflict, Incomplete, NotAllowed, Refusal
from lindung.protection import operations, queries
from lindung.protection.clocks import class_clock
from lindung.protection.kinds import kinds
from lindung.protection.lifecycles import CASE, CaseState
from lindung.protection.models import Case, CaseKind, TrackStep
from lindung.protection.stages import RAIL, STAGE_LABELS, STEP_LABELS
from lindung.protection.track import track
from lindung.protection.web.acts import open_acts
from lindung.protection.web.clocks import days_left
from lindung.protection.web.forms import CHANNELS, Note, Opening, StepEnding
from lindung.registry import queries as registry

_PURPOSE = gettext_noop("bukti kasus")


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Open cases in scope, the most urgent first; what went up, away, or asks to be opened."""
    actor = actor_of(request)
    if not actor.may(Right.CASE_READ) or actor.kind is Kind.WORKER:
        raise NotAllowed
    view = request.GET.get("lihat", "saya" if request.GET.get("punya") == "saya" else "")
    context: dict[str, Any] = {
        "tabs": _tabs(view),
        "columns": [
            _("Kasus"), _("Masalah"), _("Pekerja"), _("Tahap"), _("Petugas"), _("Batas"),
        ],
        "view": view,
    }  # fmt: skip
    if view == "tertutup":
        context["asked"] = queries.openings_waiting(actor, at=now())
        context["may_agree"] = actor.may(Right.OPENING_AGREE)
    elif view == "dialihkan":
        context["given"] = queries.handed_over(actor)
    else:
        found = (
            queries.escalated(actor)
            if view == "naik"
            else queries.open_cases(actor, mine=view == "saya")
        )
        context["rows"] = [(each, days_left(_next_due(each))) for each in found[:50]]
    return render(request, "protection/cases.html", context)


def _tabs(view: str) -> list[dict[str, Any]]:
    labels = {
        "": _("Semua"),
        "saya": _("Saya"),
        "naik": _("Naik"),
        "dialihkan": _("Dialihkan"),
        "tertutup": _("Permintaan buka"),
    }
    return [
        {
            "href": f"{reverse('cases')}?lihat={key}" if key else reverse("cases"),
            "label": label,
            "current": key == view,
        }
        for key, label in labels.items()
    ]


@require_GET
def kept(request: HttpRequest, given_id: UUID) -> HttpResponse:
    """A case that went to another post, as its old post still reads it."""
    actor = actor_of(request)
    if not actor.may(Right.CASE_READ) or actor.kind is Kind.WORKER:
        raise NotAllowed
    found = queries.kept(given_id)
    look(actor, found.given, worker=found.given.worker_id, purpose=found.number)
    return render(request, "protection/kept.html", {"kept": found})


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
            operations.take_case(actor, case_id, version=_version(request))
        elif name in STEP_LABELS:
            outcome = request.POST.get("outcome", "")
            operations.move_case(
                actor, case_id, step=name, outcome=outcome, version=_version(request)
            )
        elif name in _PLAIN:
            _PLAIN[name](actor, case_id, at=now())
        else:
            raise NotAllowed
    except Conflict as refusal:
        # What was typed stays, beside how the case stands now.
        typed = request.POST.get("outcome", "")
        return _page(request, case_id, conflict=dict(refusal.facts), outcome=typed)
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Kasus diperbarui."), to)


# Steps that take nothing but a press.
_PLAIN: dict[str, Callable[..., object]] = {
    "resume": operations.resume,
    "part again": operations.part_again,
    "start track": operations.start_track,
}


@require_POST
def finish(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Tick off a task."""
    task = operations.finish_task(actor_of(request), task_id, at=now())
    return done(request, _("Tugas selesai."), reverse("case", args=[task.case_id]))


@require_POST
def unlink(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Take a link back."""
    found = operations.unlink(actor_of(request), link_id, at=now())
    return done(request, _("Kaitan dihapus."), reverse("case", args=[found.case_id]))


@require_POST
def end_step(request: HttpRequest, step_id: UUID) -> HttpResponse:
    """What a step about a company came to; the next one begins."""
    need(request, Right.CASE_WORK)
    case_id = queries.case_of_step(step_id)
    form = StepEnding(request.POST)
    form.fields["result"].choices = queries.results_of(step_id)  # type: ignore[attr-defined]
    if form.is_valid():
        try:
            operations.end_step(actor_of(request), step_id, at=now(), **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal)
        except Refusal as refusal:
            return refused(request, refusal, reverse("case", args=[case_id]))
        else:
            return done(request, _("Langkah selesai."), reverse("case", args=[case_id]))
    return _page(request, case_id, ending=form)


@require_GET
def evidence(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """A voice, photo or paper of a case; the look is recorded."""
    opened = operations.open_evidence(actor_of(request), evidence_id, purpose=_PURPOSE)
    media = opened.document.media
    # As with documents: a PDF is saved, never shown.
    way = "attachment" if media == "application/pdf" else "inline"
    return HttpResponse(
        opened.data,
        content_type=media,
        headers={
            "Content-Disposition": f'{way}; filename="{opened.document.number}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


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
        opened = operations.open_case(
            actor_of(request),
            worker_id,
            at=now(),
            kind=CaseKind(form.cleaned_data["kind"]),
            words=form.cleaned_data["words"],
        )
        return done(request, _("Kasus dibuka."), reverse("case", args=[opened.id]))
    return render(request, "protection/open.html", {"worker": worker, "form": form})


def _page(
    request: HttpRequest,
    case_id: UUID,
    *,
    form: Note | None = None,
    ending: StepEnding | None = None,
    conflict: dict[str, Any] | None = None,
    outcome: str = "",
) -> HttpResponse:
    actor, found, at = actor_of(request), queries.case(case_id), now()
    state, may_work = CaseState(found.state), actor.may(Right.CASE_WORK)
    is_open = queries.is_open_to(actor, found, at=at)
    part = queries.sealed_part(case_id) if found.is_sealed else None
    code = part.kind if part else found.kind
    closed, channels = found.closed_at is not None, dict(CHANNELS)
    notes = queries.notes(case_id)
    told = {each.words for each in notes if each.from_worker}
    context = {
        "case": found,
        "name": queries.name_of(found) if is_open else "",
        "is_open": is_open,
        "title": part.get_kind_display() if part else found.get_kind_display(),
        "outcome": part.outcome if part else found.outcome,
        "kind": kinds().get(code),
        "clock": class_clock(found.clock_class),
        "laws": queries.laws_for(code, found.country) if code in kinds() else [],
        # What is the first word of the conversation already is not said twice.
        "complaints": [each for each in queries.complaints_of(found) if each.words not in told],
        "notes": notes,
        "evidence": queries.evidence_of(found),
        "tasks": [(each, (each.due_on - today()).days) for each in queries.tasks_of(case_id)],
        "attempts": [
            (each, channels.get(each.channel, each.channel))
            for each in queries.attempts_of(case_id)
        ],
        "links": queries.links_of(case_id),
        "sanctions": queries.sanctions_of(case_id),
        "openings": queries.openings_of(case_id) if found.is_sealed else [],
        "hand_overs": queries.hand_overs_of(case_id),
        "pause": queries.pause_of(case_id) if found.paused_until else None,
        "track": _track(queries.track_of(case_id), ending),
        "stages": _rail(state),
        "steps": [
            (each.name, STEP_LABELS[each.name])
            for each in CASE.open_steps(state)
            if each.name in STEP_LABELS
        ]
        if may_work
        else [],
        "acts": open_acts(found, is_open=is_open) if may_work else [],
        "may_work": may_work,
        "is_mine": found.owner_id == actor.id,
        "answer_days": days_left(found.answer_due_at)
        if found.answered_at is None and not closed
        else None,
        "plan_days": days_left(found.plan_due_at)
        if found.plan_due_at and found.planned_at is None and not closed
        else None,
        "days": None if closed else days_left(found.due_at),
        "conflict": conflict,
        "typed_outcome": outcome,
        "form": form or Note(),
    }
    status = 409 if conflict else 422 if form or ending else 200
    return render(request, "protection/case.html", context, status=status)


def _rail(state: CaseState) -> list[tuple[Any, str]]:
    """The stages in order, and whether each lies behind, is now, or comes."""
    at = RAIL.index(state) if state in RAIL else len(RAIL)
    return [
        (STAGE_LABELS[each], "now" if number == at else "past" if number < at else "future")
        for number, each in enumerate(RAIL)
    ]


def _track(steps: list[TrackStep], ending: StepEnding | None) -> list[dict[str, Any]]:
    rows = []
    for each in steps:
        part = track()[each.step]
        row: dict[str, Any] = {"step": each, "title": part.shown, "days": None, "form": None}
        if each.done_at is None:
            row["days"] = (each.due_on - today()).days
            row["form"] = ending or StepEnding()
            row["form"].fields["result"].choices = queries.results_of(each.id)
            row["warn"] = part.mediation
        else:
            row["result"] = part.results[each.result].shown
        rows.append(row)
    return rows


def _next_due(case: Case) -> datetime:
    """The instant that is due next: the first contact, then the close."""
    return case.answer_due_at if case.answered_at is None else case.due_at


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else None
