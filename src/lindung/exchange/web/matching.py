"""Messages about someone we do not know yet: who it may be, and saying who it is."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods

from lindung.access.actors import Actor
from lindung.access.doors import actor_of, done, now, refused, ticked, today
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.exchange import queries
from lindung.exchange.models import Incoming
from lindung.exchange.operations import matching
from lindung.exchange.operations.subjects import MATCH_WITHIN
from lindung.exchange.web.message import opened_by
from lindung.exchange.web.parts import need, partner_of, sides, tabs
from lindung.exchange.web.views import shown
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.placement.models import Placement
from lindung.registry import queries as registry
from lindung.registry.duplicates import Candidate
from lindung.registry.models import Sex

NO_PLACEMENT = "-"


class Link(forms.Form):
    """Who it is: one of the candidates or somebody found by number, and which placement."""

    who = forms.CharField(
        label=gettext_lazy("Nomor orang atau penempatan"),
        max_length=24,
        help_text=gettext_lazy("Dari berkasnya, misalnya PMI-2026-000123."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class NewPerson(forms.Form):
    """A person as far as the message says who it is."""

    full_name = forms.CharField(
        label=gettext_lazy("Nama lengkap, seperti di pesan"), max_length=160
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Jenis kelamin"), choices=Sex.choices, initial=Sex.UNSPECIFIED
    )
    birth_date = forms.DateField(
        label=gettext_lazy("Tanggal lahir"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@require_GET
def waiting(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that waits for its person, the longest first."""
    actor = need(request, Right.EXCHANGE_MATCH)
    partner = partner_of(actor, code)
    at = now()
    lanes = [
        {
            "lane": lane,
            "first": shown(lane.first),
            "days": ((lane.since + MATCH_WITHIN) - at).days,
            "owner": _("Atase yang bertugas") if lane.first.post_id else _("Kementerian"),
        }
        for lane in queries.matching_lanes(partner)
    ]
    return render(
        request,
        "exchange/matching.html",
        {
            "partner": partner,
            "tabs": tabs(actor, partner, "exchange-matching"),
            "lanes": lanes,
            "columns": [
                _("Nomor di sana"),
                _("Pesan pertama"),
                _("Banyak"),
                _("Batas"),
                _("Tugas siapa"),
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def match(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One number of the partner's: what it says of the person, who it may be, and the decision."""
    actor = need(request, Right.EXCHANGE_MATCH)
    found = queries.opened(message_id)
    row = found.incoming
    if row is None or row.partner is None or row.state != "matching":
        raise NotFound
    lane = next(each for each in queries.matching_lanes(row.partner) if each.subject == row.subject)
    step = request.POST.get("langkah", "")
    link = Link(request.POST if step == "hubungkan" else None)
    said = queries.person_in(lane.rows)
    new = NewPerson(
        request.POST if step == "catat" else None,
        initial={"full_name": said.full_name, "sex": said.sex, "birth_date": said.birth_date},
    )
    if request.method == "POST":
        answer = _decide(request, row, step, link, new)
        if answer is not None:
            return answer
    else:
        opened_by(actor, found, what=gettext_noop("mengenali orang yang disebut negara tujuan"))
    likely = queries.candidates(actor, lane.rows)
    if request.method != "POST":
        for each in likely:
            purpose = gettext_noop("mengenali orang yang disebut negara tujuan")
            look(actor, each.worker, worker=each.worker.id, purpose=purpose)
    return render(
        request,
        "exchange/match.html",
        {
            "found": found,
            "partner": row.partner,
            "sides": sides(actor, row.partner),
            "tabs": tabs(actor, row.partner, "exchange-matching"),
            "lane": lane,
            "others": [shown(each) for each in lane.rows],
            "said": said,
            "candidates": [(each, _placements(each, row)) for each in likely],
            "link": link,
            "new": new,
            "may_enrol": actor.may(Right.WORKER_ENROL),
            "none": NO_PLACEMENT,
        },
        status=422 if link.errors or new.errors else 200,
    )


def _decide(
    request: HttpRequest, row: Incoming, step: str, link: Link, new: NewPerson
) -> HttpResponse | None:
    actor = actor_of(request)
    back = reverse("exchange-matching", args=[row.partner.code if row.partner else ""])
    try:
        if step == "calon":
            worker, placement = _chosen(request.POST.get("calon", ""))
            matching.link(actor, row.pk, worker_id=worker, placement_id=placement, at=now())
        elif step == "hubungkan" and link.is_valid():
            worker, placement = _by_number(actor, link.cleaned_data["who"], row)
            matching.link(actor, row.pk, worker_id=worker, placement_id=placement, at=now())
        elif step == "catat" and new.is_valid():
            matching.record_new_person(
                actor,
                row.pk,
                person=new.cleaned_data,
                not_same_as=tuple(ticked(request, "bukan")),
                on=today(),
                at=now(),
            )
        else:
            return None
    except Incomplete as refusal:
        link.add_error(None, " ".join(map(_, refusal.facts.get("fields", {}).values())))
        return None
    except NotFound:
        link.add_error(None, _("Tidak ada orang atau penempatan dengan nomor itu di wilayah Anda."))
        return None
    except Refusal as refusal:
        return refused(request, refusal, reverse("exchange-match", args=[row.pk]))
    return done(request, _("Orangnya dikenali. Pesan yang menunggu sudah diolah berurutan."), back)


def _chosen(text: str) -> tuple[UUID, UUID | None]:
    worker, _bar, placement = text.partition("/")
    try:
        return UUID(worker), None if placement == NO_PLACEMENT else UUID(placement)
    except ValueError as error:
        raise NotFound from error


def _by_number(actor: Actor, text: str, row: Incoming) -> tuple[UUID, UUID | None]:
    number = text.strip().upper()
    placement = Placement.objects.filter(number=number).first()
    if placement is not None:
        return placement.worker_id, placement.id
    person = registry.worker_by_number(number)
    live = _placements_of(person.id, row.country)
    return person.id, live[0].id if len(live) == 1 else None


def _placements(each: Candidate, row: Incoming) -> list[Placement]:
    return _placements_of(each.worker.id, row.country)


def _placements_of(worker_id: UUID, country: str) -> list[Placement]:
    found = Placement.objects.filter(worker_id=worker_id, country=country)
    return list(found.order_by("-opened_on", "-id")[:5])
