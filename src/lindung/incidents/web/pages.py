"""Pages of incidents: the open ones, one with its tracks, a report, what a recruiter is asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.actors import Actor, Kind
from lindung.access.doors import actor_of, done, need, now, refused, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.incidents import operations, plans, queries
from lindung.incidents.clocks import rule
from lindung.incidents.lifecycles import IncidentState, TodoState
from lindung.incidents.models import Incident, IncidentKind, Ruling
from lindung.incidents.web.acts import ACTS
from lindung.incidents.web.forms import Answering, Report
from lindung.kernel.refusals import Incomplete, NotAllowed, Refusal
from lindung.registry import queries as registry
from lindung.regulations.lawbook import IN_FORCE

SHOWN = 50


@require_GET
def incidents(request: HttpRequest) -> HttpResponse:
    """Incidents under way, by kind, the next clock first."""
    actor = actor_of(request)
    if not actor.may(Right.INCIDENT_READ):
        raise NotAllowed
    kind = request.GET.get("jenis", "")
    kind = kind if kind in IncidentKind else ""
    counts = queries.open_counts(actor)
    tabs = [
        {
            "href": f"?jenis={value}" if value else reverse("incidents"),
            "label": f"{label} ({number})",
            "current": kind == value,
        }
        for value, label, number in (
            ("", _("Semua"), sum(counts.values())),
            *((each.value, each.label, counts.get(each.value, 0)) for each in IncidentKind),
        )
    ]
    found = list(queries.open_incidents(actor, kind=kind)[:SHOWN])
    return render(
        request,
        "incidents/incidents.html",
        {
            "rows": found,
            "now": now(),
            "tabs": tabs,
            "columns": [
                _("Kejadian"), _("Jenis"), _("Siapa"), _("Diketahui"), _("Batas berikut"),
                _("Langkah terbuka"),
            ],
        },
    )  # fmt: skip


@require_GET
def incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """One incident: its tracks, what is due and by which law, and what stops what."""
    actor = actor_of(request)
    if not actor.may(Right.INCIDENT_READ):
        raise NotAllowed
    found = queries.incident(incident_id)
    look(actor, found, worker=found.worker_id, purpose=found.number)
    return page(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, worker_id: UUID) -> HttpResponse:
    """Report what happened to a person."""
    actor = actor_of(request)
    if not actor.may(Right.INCIDENT_REPORT):
        raise NotAllowed
    worker = registry.worker(worker_id)
    form = Report(request.POST or None, initial={"kind": request.GET.get("jenis", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.report_incident(actor, worker_id, known_at=now(), **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal)
        else:
            # A recruiter reports and sees what the law asks of it, not our work.
            to = (
                reverse("incident", args=[made.id])
                if actor.may(Right.INCIDENT_READ)
                else reverse("agency_duties")
            )
            return done(request, _("Dilaporkan sebagai %(number)s.") % {"number": made.number}, to)
    return render(
        request,
        "incidents/report.html",
        {"worker": worker, "form": form},
        status=422 if form.errors else 200,
    )


@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """What the law asks of a recruiter after a death."""
    actor = actor_of(request)
    if actor.kind is not Kind.AGENCY:
        raise NotAllowed
    return _duties(request, actor, Answering())


@require_POST
def answer(request: HttpRequest, duty_id: UUID) -> HttpResponse:
    """The recruiter says what it did."""
    actor, form = need(request, Right.INCIDENT_REPORT), Answering(request.POST)
    if not form.is_valid():
        return _duties(request, actor, form)
    to = reverse("agency_duties")
    try:
        operations.answer_duty(actor, duty_id, answer=form.cleaned_data["answer"], at=now())
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Jawaban disimpan; petugas memeriksanya."), to)


def page(
    request: HttpRequest, found: Incident, *, wrong: str = "", form: forms.Form | None = None
) -> HttpResponse:
    """The incident's page, with what was typed where a form was refused."""
    actor = actor_of(request)
    tracks = queries.tracks_of(found)
    context = {
        "incident": found,
        "title": plans.said(plans.plan_of(found.kind).title),
        "over": found.ended_at is not None,
        "now": now(),
        "tracks": tracks,
        "steps": _forms(actor, found, tracks, wrong, form),
        "extra": _extra(actor, found, wrong, form),
        "findings": queries.findings_of(found) if actor.kind is not Kind.OFFICE else [],
        "notices": queries.notices_of(found),
        "happenings": queries.happenings_of(found) if actor.kind is not Kind.OFFICE else [],
        "expenses": queries.expenses_of(found),
        "duties": queries.duties_of(found) if actor.kind is not Kind.OFFICE else [],
        "reception": queries.reception_of(found),
        "laws": _laws(found, tracks),
        "may_work": actor.may(Right.INCIDENT_WORK),
        "may_decide": actor.may(Right.INCIDENT_DECIDE),
        "sees_case": actor.may(Right.CASE_READ),
        # Of somebody at home the office reads what it needs to call.
        "sees_home": actor.may(Right.CASE_HOME) and found.post_id is None,
        "rulings": [
            (each, _step_title(found, each.step), each.asker_id == actor.id)
            for each in (queries.rulings_of(found) if actor.kind is not Kind.OFFICE else [])
        ],
        "askable": _askable(found, tracks) if actor.may(Right.INCIDENT_DECIDE) else [],
        "may_fear": found.kind == IncidentKind.DETENTION and not found.death_penalty,
    }
    return render(request, "incidents/incident.html", context, status=422 if wrong else 200)


def _forms(
    actor: Actor,
    found: Incident,
    tracks: list[queries.TrackLines],
    wrong: str,
    form: forms.Form | None,
) -> dict[str, dict[str, Any]]:
    """For each step that an operation of its own does: the form, if it can be sent now."""
    by = {each.by: name for name, each in ACTS.items() if each.by}
    ready: dict[str, dict[str, Any]] = {}
    for line in (each for track in tracks for each in track.lines):
        name = by.get(line.plan.by, "")
        if not name or found.ended_at or not actor.may(ACTS[name].right):
            continue
        again = line.plan.by == "record_finding" and not line.waiting
        if line.may_begin or again:
            given = form if wrong == name else None
            ready[line.plan.id] = {
                "name": name,
                "title": ACTS[name].title,
                "form": given or ACTS[name].form(),
                "open": wrong == name,
            }
    return ready


def _extra(
    actor: Actor, found: Incident, wrong: str, form: forms.Form | None
) -> list[dict[str, Any]]:
    """Forms that stand beside the tracks."""
    names = ["biaya"]
    if actor.kind is not Kind.OFFICE:
        names.append("catatan")
    names.append("tolak" if found.state == IncidentState.REPORTED else "tutup")
    if found.ended_at is not None:
        return []
    return [
        {
            "name": name,
            "title": ACTS[name].title,
            "form": (form if wrong == name else None) or ACTS[name].form(),
            "open": wrong == name,
        }
        for name in names
        if actor.may(ACTS[name].right)
    ]


def _askable(found: Incident, tracks: list[queries.TrackLines]) -> list[tuple[str, str]]:
    """What two people may decide now: stops that cannot be met, a death told in error."""
    able = []
    if found.kind == IncidentKind.DEATH and found.state in {
        IncidentState.VERIFIED,
        IncidentState.CLOSED,
    }:
        able.append((Ruling.What.TAKE_BACK.value, _("Kabar kematian keliru: tarik kembali")))
    if found.ended_at is None:
        able += [
            (
                f"{Ruling.What.LEAVE_STOP.value}:{line.plan.id}",
                _("Tidak dapat dipenuhi: %(title)s") % {"title": plans.said(line.plan.title)},
            )
            for track in tracks
            for line in track.lines
            if line.plan.stop and line.todo.state == TodoState.OPEN
        ]
    return able


def _step_title(found: Incident, step: str) -> str:
    return plans.said(plans.plan_of(found.kind).step(step).title) if step else ""


def _laws(found: Incident, tracks: list[queries.TrackLines]) -> dict[str, dict[str, Any]]:
    """The rules behind the steps: law and article, whether known here, and whether certain."""
    laws: dict[str, dict[str, Any]] = {}
    for line in (each for track in tracks for each in track.lines):
        basis = line.todo.basis
        if not basis or basis in laws:
            continue
        said = rule(basis, found.known_at)
        named = said.legal_basis[0] if said is not None and said.legal_basis else None
        article = _("Ps. %(article)s") % {"article": named.article} if named else ""
        laws[basis] = {
            "known": said is not None,
            "title": f"{named.law}, {article}" if named else basis,
            "sure": said is not None and said.outcome == IN_FORCE,
        }
    return laws


def _duties(request: HttpRequest, actor: Actor, form: Answering) -> HttpResponse:
    rows = queries.agency_duties(actor)
    context = {"rows": rows, "form": form, "now": now()}
    return render(request, "incidents/duties.html", context, status=422 if form.errors else 200)
