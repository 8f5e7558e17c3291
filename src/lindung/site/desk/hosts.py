"""Employers and agencies as the desk knows them: who works there, what went wrong, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lindung.access.actors import Actor, Kind
from lindung.access.doors import actor_of, now
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.protection.models import Case
from lindung.registry.models import Agency, Employer, Stage, Worker, WorkerState
from lindung.signals import queries as signals
from lindung.visits import queries as visits

YEAR = timedelta(days=365)
LEAST = 5
MOST = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """People there now, the cases of a year among them, and the rate beside everybody's.

    Rates are cases in a year per hundred people; ``None`` where fewer than five people are there.
    """

    workers: int
    cases: int
    open: int
    kinds: tuple[tuple[str, int], ...]
    rate: float | None
    all_rate: float | None


def standing(actor: Actor, there: Q, *, at: datetime) -> Standing:
    """How a host stands among the actor's people.

    Args:
        there: condition on ``WorkerState`` that picks the host's people.
    """
    mine = WorkerState.objects.filter(stage=Stage.DURING).order_by()
    if actor.kind is Kind.POST:
        mine = mine.filter(post_id__in=actor.posts)
    people = mine.filter(there)
    cases = Case.objects.filter(opened_at__gt=at - YEAR).order_by()
    if actor.kind is Kind.POST:
        cases = cases.filter(post_id__in=actor.posts)
    among = cases.filter(worker_id__in=people.values("worker_id"))
    kinds = among.values_list("kind").annotate(n=Count("id")).order_by("-n", "kind")
    labels = dict(Case._meta.get_field("kind").flatchoices)
    count, total, every = people.count(), mine.count(), cases.count()
    by_kind = tuple((str(labels.get(kind, kind)), n) for kind, n in kinds)
    all_cases = sum(n for _kind, n in by_kind)
    return Standing(
        workers=count,
        cases=all_cases,
        open=among.filter(closed_at__isnull=True).count(),
        kinds=by_kind,
        rate=100 * all_cases / count if count >= LEAST else None,
        all_rate=100 * every / total if total >= LEAST else None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def employers(request: HttpRequest) -> HttpResponse:
    """Employers of the post; what is searched for comes in the body, a household's name is personal."""
    actor = _reader(request)
    found = Employer.objects.all()
    if actor.kind is Kind.POST:
        found = found.filter(post_id__in=actor.posts)
    text = request.POST.get("q", "").strip()[:160]
    if text:
        found = found.filter(Q(name__istartswith=text) | Q(number=text) | Q(outside_number=text))
    context = {
        "employers": found.order_by("name", "id")[:MOST],
        "text": text,
        "columns": [_("Pemberi kerja"), _("Nomor"), _("Jenis"), _("Sektor")],
    }
    return render(request, "desk/employers.html", context)


@require_GET
def employer(request: HttpRequest, employer_id: UUID) -> HttpResponse:
    """One employer."""
    actor = _reader(request)
    found = Employer.objects.filter(id=employer_id).first()
    if found is None:
        raise NotFound
    there = Q(employer_id=employer_id)
    context = {
        "host": found,
        "subtitle": f"{found.get_kind_display()} · {found.sector}",
        "visits": visits.visits_of_employer(employer_id),
        "plan": f"?pemberi={employer_id}" if actor.may(Right.VISIT_PLAN) else "",
        **_shared(actor, there, employer_id),
    }
    return render(request, "desk/host.html", context)


@require_GET
def agency_record(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """One agency's people abroad and how they fare; never open to an agency."""
    actor = _reader(request)
    found = Agency.objects.filter(id=agency_id).first()
    if found is None:
        raise NotFound
    context = {
        "host": found,
        "subtitle": found.licence_number,
        "visits": visits.visits_of_party(agency_id),
        "plan": "",
        **_shared(actor, Q(agency_id=agency_id), agency_id),
    }
    return render(request, "desk/host.html", context)


def _shared(actor: Actor, there: Q, host_id: UUID) -> dict[str, Any]:
    people = Worker.objects.filter(
        id__in=WorkerState.objects.filter(there, stage=Stage.DURING).values("worker_id")[:MOST]
    )
    return {
        "standing": standing(actor, there, at=now()),
        "alerts": list(signals.waiting(actor, parties_only=True).filter(subject=host_id)[:20])
        if actor.may(Right.ALERT_READ)
        else [],
        "people": people.order_by("full_name", "id"),
        "least": LEAST,
    }


def _reader(request: HttpRequest) -> Actor:
    """Who reads cases reads this: an agency and an office at home do not."""
    actor = actor_of(request)
    if not actor.may(Right.CASE_READ) or actor.kind not in {Kind.POST, Kind.MINISTRY}:
        raise NotAllowed(right=str(Right.CASE_READ))
    return actor
