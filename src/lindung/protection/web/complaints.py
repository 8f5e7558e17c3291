"""What people said: complaints that wait to be placed, and reports in confidence."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lindung.access.doors import actor_of, done, now, refused, told
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.protection import operations, queries
from lindung.protection.models import CaseKind
from lindung.protection.web.clocks import days_left
from lindung.protection.web.forms import Further, Placing, Reporting
from lindung.registry.models import Agency, Employer, Worker


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Complaints that name no person and wait, the most urgent first."""
    actor = actor_of(request)
    if not actor.may(Right.CASE_READ) or not actor.may(Right.CASE_OPEN):
        raise NotAllowed
    rows = [
        (each, days_left(each.due_at), queries.about_whom(each))
        for each in queries.waiting_complaints(actor)
        if each.due_at
    ]
    columns = [_("Diterima"), _("Tentang"), _("Yang dikatakan"), _("Batas")]
    return render(request, "protection/complaints.html", {"rows": rows, "columns": columns})


def complaint(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """One complaint as it was said, the cases that answer it, and where it may go."""
    actor = actor_of(request)
    if not actor.may(Right.CASE_OPEN):
        raise NotAllowed
    found = queries.complaint(complaint_id)
    which = request.POST.get("what", "")
    placing = Placing(request.POST if which == "place" else None)
    further = Further(request.POST if which == "open" else None)
    try:
        if which == "place" and placing.is_valid():
            given = placing.cleaned_data
            case = queries.case_by_number(given["number"]) if given["number"] else None
            operations.place_complaint(
                actor,
                complaint_id,
                case_id=case.id if case else None,
                how=given["how"],
                at=now(),
            )
            return done(request, _("Keluhan ditempatkan."), reverse("complaints"))
        if which == "open" and further.is_valid():
            person = Worker.objects.filter(
                public_number=further.cleaned_data["person"].strip().upper()
            ).first()
            if person is None:
                raise Incomplete(fields={"person": "Orang itu tidak ditemukan."})
            opened = operations.open_from(
                actor,
                complaint_id,
                person.id,
                kind=CaseKind(further.cleaned_data["kind"]),
                at=now(),
            )
            return done(request, _("Kasus dibuka."), reverse("case", args=[opened.id]))
        if which == "informant":
            operations.ask_informant(
                actor, complaint_id, reason=request.POST.get("reason", ""), at=now()
            )
            said = _("Diminta. Orang kedua menjawab di Kasus, bagian Permintaan buka.")
            return done(request, said, reverse("complaint", args=[complaint_id]))
    except Incomplete as refusal:
        if which == "informant":
            return refused(request, refusal, reverse("complaint", args=[complaint_id]))
        told(placing if which == "place" else further, refusal)
    except NotFound:
        placing.add_error("number", _("Kasus itu tidak ditemukan."))
    context = {
        "complaint": found,
        "about": queries.about_whom(found),
        "answering": queries.cases_answering(complaint_id),
        "days": days_left(found.due_at) if found.due_at and not found.settled_at else None,
        "protected": queries.is_protected(complaint_id),
        "informant": operations.read_informant(actor, complaint_id),
        "openings": queries.informant_openings(complaint_id),
        "may_ask": actor.may(Right.CASE_WORK),
        "placing": placing,
        "further": further,
    }
    return render(request, "protection/complaint.html", context, status=422 if which else 200)


def report(request: HttpRequest) -> HttpResponse:
    """Write down what somebody reports about a company, who must not be known to it."""
    actor = actor_of(request)
    if not actor.may(Right.REPORT_TAKE) or not actor.may(Right.CASE_READ):
        raise NotAllowed
    form = Reporting(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        agency, employer = given.pop("agency").strip(), given.pop("employer").strip()
        try:
            made = operations.report_in_confidence(
                actor,
                about_agency=_agency(agency),
                about_employer=_employer(employer),
                channel="walk-in",
                at=now(),
                **given,
            )
        except Incomplete as refusal:
            told(form, refusal, otherwise="agency")
        else:
            return done(
                request,
                _("Laporan dicatat; pelapor dilindungi."),
                reverse("complaint", args=[made.id]),
            )
    status = 422 if request.method == "POST" else 200
    return render(request, "protection/report.html", {"form": form}, status=status)


def _agency(number: str) -> UUID | None:
    if not number:
        return None
    found = Agency.objects.filter(number__iexact=number).only("id").first()
    if found is None:
        raise Incomplete(fields={"agency": "P3MI itu tidak ditemukan."})
    return found.id


def _employer(number: str) -> UUID | None:
    if not number:
        return None
    found = Employer.objects.filter(number__iexact=number).only("id").first()
    if found is None:
        raise Incomplete(fields={"employer": "Pemberi kerja itu tidak ditemukan."})
    return found.id
