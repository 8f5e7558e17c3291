"""Typing a contract and reading at once what the rules of both sides say of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from lindung.access.actors import Actor
from lindung.access.doors import actor_of, done, today
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed, NotFound, Refusal
from lindung.placement import operations, queries
from lindung.placement.contract_forms import Form, forms_for
from lindung.placement.contract_forms import form as contract_form
from lindung.placement.lifecycles import PLACEMENT, PlacementState
from lindung.placement.models import Placement
from lindung.placement.web import typing
from lindung.reference import queries as reference
from lindung.reference.queries import UnknownPlace
from lindung.regulations.sentences import language


class Paper(forms.Form):
    """What stands beside the terms: which paper it is and the days that rules go by."""

    offer_no = forms.CharField(label=gettext_lazy("Nomor kontrak atau tawaran"), max_length=60)
    employer = forms.CharField(label=gettext_lazy("Nama pemberi kerja"), max_length=160)
    region = forms.CharField(
        label=gettext_lazy("Wilayah tempat kerja (kode ISO 3166-2)"), max_length=6, required=False
    )
    signed_on = forms.DateField(
        label=gettext_lazy("Tanggal tanda tangan"), widget=forms.DateInput(attrs={"type": "date"})
    )
    work_on = forms.DateField(
        label=gettext_lazy("Hari pertama kerja"), widget=forms.DateInput(attrs={"type": "date"})
    )
    answer_by = forms.DateField(
        label=gettext_lazy("Jawab paling lambat"),
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )

    def clean_region(self) -> str:
        """A place of work that the reference data knows, or none."""
        code = str(self.cleaned_data["region"]).strip().upper()
        if code and not known(code):
            raise forms.ValidationError(_("Kode wilayah ini tidak dikenal."))
        return code


@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, placement_id: UUID) -> HttpResponse:
    """Type a contract for a placement, check it, record it; what was typed stays on the page."""
    actor = _may(request)
    found = queries.placement(placement_id)
    paper = _paper(request, found)
    if request.method == "GET":
        look(actor, found, worker=found.worker_id, purpose=gettext_noop("pemeriksaan kontrak"))
        return _page(request, actor, found, paper)
    about = Paper(request.POST)
    terms, wrong = typing.read(paper, request.POST)
    if request.POST.get("do") != "record":
        return _page(request, actor, found, paper, about=about, terms=terms, wrong=wrong)
    if not about.is_valid() or wrong:
        return _page(
            request, actor, found, paper, about=about, terms=terms, wrong=wrong, status=422
        )
    given = about.cleaned_data
    try:
        made = operations.record_contract_offer(
            actor,
            found.number,
            offer_no=given["offer_no"],
            form=paper.name,
            terms=terms,
            offered_on=today(),
            answer_by=given["answer_by"],
            employer=given["employer"],
            region=given["region"] or found.dest_region,
            languages=paper.languages,
            signed_on=given["signed_on"],
            work_on=given["work_on"],
        )
    except Refusal as refusal:
        about.add_error(None, f"{_(refusal.title)} {_(refusal.advice)}")
        status = refusal.status
        return _page(request, actor, found, paper, about=about, terms=terms, status=status)
    said = _("Kontrak dicatat dan dikirim ke perwakilan untuk diperiksa.")
    # An agency that handed the person over to the post may still read what it sent.
    return done(request, said, reverse("contract", args=[made.id]))


@require_POST
def verdicts(request: HttpRequest, placement_id: UUID) -> HttpResponse:
    """What the rules say of the terms as typed so far; the panel beside the form."""
    _may(request)
    found = queries.placement(placement_id)
    paper = _paper(request, found)
    terms, _wrong = typing.read(paper, request.POST)
    return render(request, "placement/_panel.html", _said(request, found, paper, terms))


def _may(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not (actor.may(Right.CONTRACT_RECORD) or actor.may(Right.CONTRACT_CHECK)):
        raise NotAllowed(right=str(Right.CONTRACT_RECORD))
    return actor


def _paper(request: HttpRequest, found: Placement) -> Form:
    """The form that was chosen, or the destination's own.

    Raises:
        NotFound: no such form for this country and sector.
    """
    fitting = forms_for(found.country, found.sector)
    # Not a field named "form": it would stand in the place of the form's own ``form`` in scripts.
    name = request.POST.get("paper") or request.GET.get("form") or fitting[0].name
    if name not in {each.name for each in fitting}:
        raise NotFound
    return contract_form(name)


def _said(
    request: HttpRequest, found: Placement, paper: Form, terms: dict[str, Any]
) -> dict[str, Any]:
    region = request.POST.get("region", "").strip().upper()
    return typing.said(
        found,
        paper,
        terms,
        signed_on=typing.day(request.POST, "signed_on") or today(),
        work_on=typing.day(request.POST, "work_on") or today(),
        region=region if region and known(region) else "",
    )


def known(region: str) -> bool:
    """Whether the reference data know a place of work."""
    try:
        reference.region(region)
    except UnknownPlace:
        return False
    return True


def _page(
    request: HttpRequest,
    actor: Actor,
    found: Placement,
    paper: Form,
    *,
    about: Paper | None = None,
    terms: dict[str, Any] | None = None,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    day = today().isoformat()
    start = {
        "employer": found.employer_name,
        "region": found.dest_region,
        "signed_on": day,
        "work_on": day,
    }
    typed = terms or {}
    context = {
        "placement": found,
        "paper": paper,
        "title": paper.title[language()],
        "papers": [
            (each.name, each.title[language()]) for each in forms_for(found.country, found.sector)
        ],
        "about": about or Paper(initial=start),
        "sections": typing.inputs(paper, typed, wrong or {}),
        "wrong": bool(wrong),
        "may_record": actor.may(Right.CONTRACT_RECORD)
        and any(
            each.name == "record offer"
            for each in PLACEMENT.open_steps(PlacementState(found.state))
        ),
        **_said(request, found, paper, typed),
    }
    return render(request, "placement/draft.html", context, status=status)
