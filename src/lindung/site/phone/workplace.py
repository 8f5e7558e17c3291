"""What the work is really like: the worker says it, and it is laid beside the contract."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lindung.access.doors import actor_of, done, now, refused, today
from lindung.kernel.quantities import Quantity
from lindung.kernel.refusals import Refusal
from lindung.placement import operations, twin
from lindung.placement import queries as placements
from lindung.placement.lifecycles import ContractState
from lindung.placement.models import Contract
from lindung.registry.models import Worker
from lindung.regulations.sentences import shown_value
from lindung.site.phone.views import of_the_worker

WAGE, HOURS = "wage.monthly_ordinary", "hours.daily_regular"
# A day has no more.
MOST_HOURS = 24


class Workplace(forms.Form):
    """What the worker tells of the work; every question may stay open."""

    wage = forms.DecimalField(
        label=gettext_lazy("Upah yang benar-benar dibayar"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    per = forms.ChoiceField(
        label=gettext_lazy("Dihitung"),
        required=False,
        choices=[
            ("month", gettext_lazy("per bulan")),
            ("day", gettext_lazy("per hari")),
            ("hour", gettext_lazy("per jam")),
        ],
    )
    hours = forms.DecimalField(
        label=gettext_lazy("Jam kerja sehari"),
        required=False,
        min_value=0,
        max_value=MOST_HOURS,
        max_digits=4,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    employer = forms.CharField(
        label=gettext_lazy("Nama pemberi kerja, kalau bukan yang di kontrak"),
        required=False,
        max_length=160,
    )
    job = forms.CharField(
        label=gettext_lazy("Pekerjaan Anda, kalau bukan yang di kontrak"),
        required=False,
        max_length=160,
    )

    def told(self, contract: Contract) -> dict[str, Any]:
        """The answers by contract field; what was left open is not told."""
        given = self.cleaned_data
        found: dict[str, Any] = {
            twin.EMPLOYER: given["employer"].strip(),
            twin.JOB: given["job"].strip(),
        }
        if given["hours"] is not None:
            found[HOURS] = Decimal(given["hours"])
        agreed = twin.verified(contract).get(WAGE)
        if given["wage"] is not None and isinstance(agreed, Quantity):
            unit = f"{agreed.unit.measure}/{given['per'] or agreed.unit.per}"
            found[WAGE] = Quantity.of(given["wage"], unit)
        return {name: value for name, value in found.items() if value not in (None, "")}


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_worker
def workplace(request: HttpRequest, worker: Worker, contract_id: UUID) -> HttpResponse:
    """Ask what the work is like; what differs from the contract goes to the post."""
    contract = placements.contract(contract_id)
    form = Workplace(request.POST or None)
    to = reverse("my_contract", args=[contract_id])
    if request.method == "POST" and form.is_valid():
        told = form.told(contract)
        if not told:
            form.add_error(None, _("Jawab paling sedikit satu pertanyaan."))
        else:
            try:
                found = operations.worker_tells(
                    actor_of(request), contract_id, told=told, at=now(), on=today()
                )
            except Refusal as refusal:
                return refused(request, refusal, to)
            return done(request, _differs() if found else _same(), to)
    agreed = twin.verified(contract)
    wage = agreed.get(WAGE)
    context = {
        "contract": contract,
        "form": form,
        "may_tell": contract.state == ContractState.SIGNED,
        "wage": shown_value(wage.amount, str(wage.unit)) if isinstance(wage, Quantity) else "",
        "hours": shown_value(agreed[HOURS], "") if HOURS in agreed else "",
        "employer": agreed.get(twin.EMPLOYER, ""),
        "job": agreed.get(twin.JOB, ""),
    }
    return render(request, "saya/workplace.html", context)


def _differs() -> str:
    return _("Tersimpan. Isinya berbeda dari kontrak, jadi petugas akan memeriksanya.")


def _same() -> str:
    return _("Tersimpan. Tidak ada yang berbeda dari kontrak.")
