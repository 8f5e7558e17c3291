"""Changing a contract: its terms as they are, what becomes of them, and what the rules say of that."""

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
from lindung.access.doors import actor_of, done, today, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed, Refusal
from lindung.placement import operations, queries
from lindung.placement.contract_forms import Form
from lindung.placement.contract_forms import form as contract_form
from lindung.placement.labels import CONTRACT_STATES
from lindung.placement.lifecycles import CONTRACT, ContractState, PlacementState
from lindung.placement.models import Contract
from lindung.placement.terms import OVER
from lindung.placement.web import typing
from lindung.regulations.sentences import language

_DAY = {"type": "date"}


class Amending(forms.Form):
    """Why the contract changes, and the days of the new paper."""

    why = forms.CharField(
        label=gettext_lazy("Mengapa kontrak diubah"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    applies_from = forms.DateField(
        label=gettext_lazy("Berlaku mulai"),
        widget=forms.DateInput(attrs=_DAY),
        help_text=gettext_lazy("Aturan kerja diuji menurut hari ini."),
    )
    signed_on = forms.DateField(
        label=gettext_lazy("Tanggal tanda tangan"),
        widget=forms.DateInput(attrs=_DAY),
        help_text=gettext_lazy("Tanggal di surat yang baru."),
    )
    answer_by = forms.DateField(
        label=gettext_lazy("Jawab paling lambat"),
        widget=forms.DateInput(attrs=_DAY),
        required=False,
    )


def may_amend(actor: Actor, contract: Contract) -> bool:
    """Whether this actor may bring a new version of this contract now."""
    return (
        actor.may(Right.CONTRACT_RECORD)
        and any(
            each.name == "supersede" for each in CONTRACT.open_steps(ContractState(contract.state))
        )
        and PlacementState(contract.placement.state) not in OVER
        and queries.version_in_the_way(contract) is None
    )


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """Change a contract's terms, check them, record them as its next version."""
    actor, found = _opened(request, contract_id)
    paper = contract_form(found.form)
    if request.method != "POST":
        return _page(request, actor, found, paper, terms=found.fields)
    about = Amending(request.POST)
    typed, wrong = typing.read(paper, request.POST)
    terms = typing.merged(paper, found.fields, typed)
    if request.POST.get("do") != "record":
        return _page(request, actor, found, paper, about=about, terms=terms, wrong=wrong)
    status = 422
    if about.is_valid() and not wrong:
        try:
            made = operations.amend_contract(
                actor, contract_id, terms=terms, offered_on=today(), **about.cleaned_data
            )
        except Incomplete as refusal:
            told(about, refusal)
        except Refusal as refusal:
            about.add_error(None, f"{_(refusal.title)} {_(refusal.advice)}")
            status = refusal.status
        else:
            said = _("Versi baru dicatat dan dikirim ke perwakilan untuk diperiksa.")
            return done(request, said, reverse("contract", args=[made.id]))
    return _page(request, actor, found, paper, about=about, terms=terms, wrong=wrong, status=status)


@require_POST
def verdicts(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """What the rules say of the terms as changed so far; the panel beside the form."""
    _actor, found = _opened(request, contract_id)
    paper = contract_form(found.form)
    typed, _wrong = typing.read(paper, request.POST)
    terms = typing.merged(paper, found.fields, typed)
    return render(request, "placement/_panel.html", _said(request, found, paper, terms))


def _opened(request: HttpRequest, contract_id: UUID) -> tuple[Actor, Contract]:
    actor = actor_of(request)
    if not actor.may(Right.CONTRACT_RECORD):
        raise NotAllowed(right=str(Right.CONTRACT_RECORD))
    return actor, queries.contract(contract_id)


def _said(
    request: HttpRequest, found: Contract, paper: Form, terms: dict[str, Any]
) -> dict[str, Any]:
    return typing.said(
        found.placement,
        paper,
        terms,
        signed_on=typing.day(request.POST, "signed_on") or today(),
        work_on=typing.day(request.POST, "applies_from") or today(),
    )


def _page(
    request: HttpRequest,
    actor: Actor,
    found: Contract,
    paper: Form,
    *,
    terms: dict[str, Any],
    about: Amending | None = None,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    # Checked or refused, the page shows the contract as well.
    look(actor, found, worker=found.worker_id, purpose=gettext_noop("perubahan kontrak"))
    context = {
        "contract": found,
        "state": CONTRACT_STATES[ContractState(found.state)],
        "title": paper.title[language()],
        "about": about or Amending(initial={"applies_from": today().isoformat()}),
        "sections": typing.inputs(paper, terms, wrong or {}),
        "may_record": may_amend(actor, found),
        "in_force": found.state == ContractState.SIGNED,
        **_said(request, found, paper, terms),
    }
    return render(request, "placement/amend.html", context, status=status)
