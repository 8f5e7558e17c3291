"""Pages of the last weeks before departure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lindung.access.doors import actor_of, done, need, refused, today, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound, Refusal
from lindung.placement import queries as placements
from lindung.placement.lifecycles import PLACEMENT, PlacementState
from lindung.placement.models import Placement
from lindung.preparation import operations, queries
from lindung.preparation.lifecycles import ClearanceState, SessionState
from lindung.preparation.models import CoverKind
from lindung.preparation.web.codes import qr
from lindung.preparation.web.forms import (
    SOURCE_OF,
    Covering,
    NoDeparture,
    Passage,
    Planning,
    Seat,
)
from lindung.registry.models import Source


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Orientations to come, and planning another."""
    actor = actor_of(request)
    if not (actor.may(Right.ORIENTATION_RECORD) or actor.may(Right.SEAT_TAKE)):
        raise NotAllowed
    form = Planning(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.plan_session(actor, on=today(), **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal)
        else:
            return done(
                request, _("Orientasi direncanakan."), reverse("orientation", args=[made.id])
            )
    coming = list(queries.coming_sessions(on=today())[:50])
    taken = queries.seats_taken([each.id for each in coming])
    return render(
        request,
        "preparation/sessions.html",
        {
            "rows": [(each, taken.get(each.id, 0)) for each in coming],
            "columns": [_("Tanggal"), _("Tempat"), _("Kantor"), _("Kursi terisi")],
            "form": form,
            "may_plan": actor.may(Right.ORIENTATION_RECORD),
        },
    )


@require_GET
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One orientation, and who has a seat."""
    actor = actor_of(request)
    if not (actor.may(Right.ORIENTATION_RECORD) or actor.may(Right.SEAT_TAKE)):
        raise NotAllowed
    found = queries.session(session_id)
    return render(
        request,
        "preparation/session.html",
        {
            "session": found,
            "seats": queries.attendances(session_id),
            "columns": [_("Nama"), _("Sertifikat")],
            "open": found.state == SessionState.PLANNED,
            "may_record": actor.may(Right.ORIENTATION_RECORD),
            "has_been": found.held_on <= today(),
        },
    )


@require_POST
def attendance(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Record who was there, or cancel the session."""
    actor, to = actor_of(request), reverse("orientation", args=[session_id])
    try:
        if "cancel" in request.POST:
            operations.cancel_session(actor, session_id)
            return done(request, _("Orientasi dibatalkan."), to)
        proofs = {
            each.id: request.POST[f"proof-{each.id}"]
            for each in queries.attendances(session_id)
            if request.POST.get(f"proof-{each.id}", "").strip()
        }
        operations.record_attendance(actor, session_id, proofs=proofs, on=today())
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Kehadiran dicatat."), to)


@require_GET
def readiness(request: HttpRequest, placement_id: UUID) -> HttpResponse:
    """How ready one person is to leave, and the paper with which they may."""
    placement = _placement(request, placement_id)
    look(
        actor_of(request), placement, worker=placement.worker_id, purpose=gettext_noop("penempatan")
    )
    return _page(request, placement)


@require_POST
def seat(request: HttpRequest, placement_id: UUID) -> HttpResponse:
    """Give the person a seat in an orientation."""
    need(request, Right.SEAT_TAKE)
    placement = _placement(request, placement_id)
    form = Seat(request.POST, sessions=list(queries.coming_sessions(on=today())[:50]))
    if not form.is_valid():
        return _page(request, placement, seat=form)
    to = reverse("readiness", args=[placement_id])
    try:
        operations.take_seat(
            actor_of(request),
            UUID(form.cleaned_data["session"]),
            placement_id=placement_id,
        )
    except Refusal as refusal:
        return refused(request, refusal, to)
    return done(request, _("Terdaftar untuk orientasi."), to)


@require_POST
def cover(request: HttpRequest, placement_id: UUID) -> HttpResponse:
    """Record social security that was paid; what was typed stays where it is refused."""
    need(request, Right.COVER_RECORD)
    placement = _placement(request, placement_id)
    form = Covering(request.POST)
    if form.is_valid():
        values = form.cleaned_data | {"kind": CoverKind(form.cleaned_data["kind"])}
        try:
            operations.record_cover(actor_of(request), placement_id, **values)
        except Incomplete as refusal:
            told(form, refusal)
        except (operations.PremiumTooLow, operations.CoverTooShort) as refusal:
            at = "amount" if isinstance(refusal, operations.PremiumTooLow) else "covers_to"
            form.add_error(at, f"{_(refusal.title)} {_(refusal.advice)}")
        else:
            to = reverse("readiness", args=[placement_id])
            return done(request, _("Jaminan sosial dicatat."), to)
    return _page(request, placement, covering=form)


@require_POST
def crossing(request: HttpRequest, placement_id: UUID) -> HttpResponse:
    """Record a passage over the border, or that there was none."""
    need(request, Right.DEPARTURE_RECORD if "none" in request.POST else Right.CROSSING_TELL)
    placement = _placement(request, placement_id)
    actor, to = actor_of(request), reverse("readiness", args=[placement_id])
    if "none" in request.POST:
        failed = NoDeparture(request.POST)
        if not failed.is_valid():
            return _page(request, placement, failed=failed)
        try:
            operations.record_no_departure(
                actor, placement_id, on=today(), reason=failed.cleaned_data["reason"]
            )
        except Refusal as refusal:
            return refused(request, refusal, to)
        return done(request, _("Dicatat: tidak jadi berangkat."), to)
    form = Passage(request.POST)
    if form.is_valid():
        try:
            operations.record_crossing(
                actor,
                placement.worker_id,
                source=SOURCE_OF.get(str(actor.kind), Source.OFFICER),
                **form.cleaned_data,
            )
        except Incomplete as refusal:
            told(form, refusal)
        except Refusal as refusal:
            return refused(request, refusal, to)
        else:
            return done(request, _("Perlintasan batas dicatat."), to)
    return _page(request, placement, passage=form)


@require_GET
def paper(request: HttpRequest, placement_id: UUID) -> HttpResponse:
    """The clearance to print: number, person, and the code that anyone can check."""
    placement = _placement(request, placement_id)
    found = queries.clearance_of(placement_id)
    if found is None or found.state == ClearanceState.WITHDRAWN:
        raise NotFound
    look(
        actor_of(request), placement, worker=placement.worker_id, purpose=gettext_noop("penempatan")
    )
    address = settings.PUBLIC_URL + reverse("check_clearance", args=[found.code])
    return render(
        request,
        "preparation/paper.html",
        {"clearance": found, "placement": placement, "qr": qr(address), "address": address},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str = "") -> HttpResponse:
    """Whether a clearance stands: valid, not valid, or could not tell. Open to anyone."""
    asked = code or request.POST.get("code", "").strip()
    answer, found = (None, None)
    if asked:
        answer, found = queries.check(asked)
    return render(
        request,
        "preparation/check.html",
        {"asked": asked, "answer": answer, "found": found},
    )


def _placement(request: HttpRequest, placement_id: UUID) -> Placement:
    if not actor_of(request).may(Right.PLACEMENT_READ):
        raise NotAllowed
    return placements.placement(placement_id)


def _page(request: HttpRequest, placement: Placement, **bound: forms.Form) -> HttpResponse:
    actor = actor_of(request)
    clearance = queries.clearance_of(placement.id)
    standing = clearance if clearance and clearance.state != ClearanceState.WITHDRAWN else None
    coming = list(queries.coming_sessions(on=today())[:50])
    state = PlacementState(placement.state)
    context: dict[str, Any] = {
        "placement": placement,
        "seats": queries.attendance_of(placement.id),
        "covers": queries.covers_of(placement.id),
        "cover_columns": [_("Bagian"), _("Dibayar"), _("Berlaku"), _("Hasil")],
        "reach": queries.reach(placement.id, on=today()),
        "clearance": clearance,
        "standing": standing,
        "qr": qr(settings.PUBLIC_URL + reverse("check_clearance", args=[standing.code]))
        if standing
        else "",
        "crossings": queries.crossings_of(placement.worker_id),
        "seat": bound.get("seat") or Seat(sessions=coming),
        "coming": coming,
        "covering": bound.get("covering") or Covering(),
        "passage": bound.get("passage") or Passage(initial={"on": today().isoformat()}),
        "failed": bound.get("failed") or NoDeparture(),
        "errors_of": next((form for form in bound.values() if form.errors), None),
        "may": {
            "seat": actor.may(Right.SEAT_TAKE) and bool(coming),
            "cover": actor.may(Right.COVER_RECORD),
            "cross": actor.may(Right.CROSSING_TELL),
            "fail": actor.may(Right.DEPARTURE_RECORD)
            and "record failed departure" in {step.name for step in PLACEMENT.open_steps(state)},
        },
    }
    return render(request, "preparation/readiness.html", context)
