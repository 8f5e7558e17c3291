"""The employer's consent to a version of a contract: who gave it, on what evidence, who wrote it down."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods

from lindung.access.actors import Actor
from lindung.access.doors import actor_of, done, refused, today, told
from lindung.access.journal import look
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotAllowed, Refusal
from lindung.placement import operations, queries
from lindung.placement.lifecycles import ContractState
from lindung.placement.models import Contract


class Consenting(forms.Form):
    """Who agreed for the employer, when, and how that is known."""

    by = forms.CharField(
        label=gettext_lazy("Siapa yang menyetujui"),
        max_length=160,
        help_text=gettext_lazy("Pemberi kerja, atau mitra yang bertindak untuknya."),
    )
    on = forms.DateField(
        label=gettext_lazy("Tanggal persetujuan"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    evidence = forms.CharField(
        label=gettext_lazy("Buktinya"),
        max_length=200,
        help_text=gettext_lazy("Misalnya nomor surat, atau halaman kontrak yang ditandatangani."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_on(self) -> date:
        """A day that has come."""
        on: date = self.cleaned_data["on"]
        if on > self._today:
            raise forms.ValidationError(_("Tanggal ini belum tiba."))
        return on


def may_consent(actor: Actor, contract: Contract) -> bool:
    """Whether this actor may write down the employer's consent to this contract now."""
    return (
        actor.may(Right.CONTRACT_RECORD)
        and contract.employer_agreed_on is None
        and contract.state in {ContractState.OFFERED, ContractState.VERIFIED, ContractState.SIGNED}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """Write down that the employer agreed to this version; the first consent stays."""
    actor = actor_of(request)
    if not actor.may(Right.CONTRACT_RECORD):
        raise NotAllowed(right=str(Right.CONTRACT_RECORD))
    found = queries.contract(contract_id)
    to = reverse("contract", args=[contract_id])
    employer = found.placement.employer_name
    form = Consenting(request.POST or None, today=today(), initial={"by": employer})
    if request.method == "POST" and form.is_valid():
        try:
            operations.record_employer_consent(actor, contract_id, **form.cleaned_data)
        except Incomplete as refusal:
            told(form, refusal)
        except Refusal as refusal:
            return refused(request, refusal, to)
        else:
            return done(request, _("Persetujuan pemberi kerja dicatat."), to)
    # A form that is refused shows the page as well.
    look(actor, found, worker=found.worker_id, purpose=gettext_noop("persetujuan pemberi kerja"))
    context = {"contract": found, "form": form, "open": may_consent(actor, found)}
    return render(request, "placement/consent.html", context, status=422 if form.errors else 200)
