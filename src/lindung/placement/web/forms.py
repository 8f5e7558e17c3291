"""Forms of placements and contracts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.placement.withdrawals import Refund, Why
from lindung.recruitment.models import JobOrder
from lindung.reference.queries import countries, country_name
from lindung.regulations.lawbook import law
from lindung.regulations.pathways import pathways
from lindung.regulations.sentences import pick


class Opening(forms.Form):
    """Which way a person sets out."""

    pathway_id = forms.ChoiceField(label=_("Jalur"))
    sector = forms.ChoiceField(label=_("Sektor"))
    destination = forms.ChoiceField(
        label=_("Negara tujuan"),
        required=False,
        help_text=_("Hanya untuk jalur yang tidak terikat satu negara."),
    )

    job_order_id = forms.TypedChoiceField(
        label=_("Permintaan pekerja"), required=False, coerce=UUID, empty_value=None
    )

    def __init__(self, *args: Any, orders: Iterable[JobOrder] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = self.fields["job_order_id"]
        assert isinstance(order, forms.ChoiceField)
        order.choices = [
            ("", "—"),
            *((str(each.id), f"{each.number} · {each.employer_name}") for each in orders),
        ]
        if len(order.choices) == 1:
            del self.fields["job_order_id"]
        way, sector = self.fields["pathway_id"], self.fields["sector"]
        assert isinstance(way, forms.ChoiceField)
        assert isinstance(sector, forms.ChoiceField)
        ways = pathways()
        way.choices = [(each.id, pick(each.title)) for each in ways.values()]
        country = self.fields["destination"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = [
            ("", "—"),
            *((each.code, country_name(each.code)) for each in countries()),
        ]
        served = {code for each in ways.values() for code in each.sectors}
        sector.choices = [(code, pick(law().words.sectors[code])) for code in sorted(served)]


class Settling(forms.Form):
    """What an officer says of the ticked requirements."""

    requirements = forms.MultipleChoiceField()
    state = forms.ChoiceField(
        label=_("Keputusan"),
        choices=[
            ("accepted", _("Terima")),
            ("waived", _("Kecualikan (dengan alasan)")),
            ("refused", _("Tolak (dengan alasan)")),
        ],
    )
    given_on = forms.DateField(
        label=_("Tanggal terbit bukti"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reference = forms.CharField(label=_("Nomor bukti"), max_length=120, required=False)
    reason = forms.CharField(label=_("Alasan"), max_length=200, required=False)

    def __init__(self, *args: Any, requirements: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["requirements"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = requirements


class Withdrawing(forms.Form):
    """Why a placement is given up, and what became of the money."""

    why = forms.ChoiceField(label=_("Sebab"), choices=Why.choices)
    refund = forms.ChoiceField(
        label=_("Uang yang dibayar pekerja"), choices=Refund.choices, initial=Refund.UNKNOWN
    )
    reason = forms.CharField(label=_("Alasan"), max_length=200)


class Departure(forms.Form):
    """By what the person leaves."""

    flight = forms.CharField(label=_("Nomor penerbangan"), max_length=20)
