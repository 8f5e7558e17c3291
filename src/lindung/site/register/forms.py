"""Forms about life abroad, as the office or the worker tells it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.kernel.quantities import Quantity
from lindung.monitoring.models import Companion, Relation
from lindung.placement import twin
from lindung.placement.models import Contract
from lindung.reference.queries import region_name, regions_of
from lindung.registry.models import Source

WAGE, HOURS = "wage.monthly_ordinary", "hours.daily_regular"


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


class Living(forms.Form):
    """Somebody of the family who lives with the worker abroad."""

    name = forms.CharField(
        label=_("Nama"),
        max_length=160,
        error_messages={"required": _("Tulis namanya, seperti yang dipakai sehari-hari.")},
    )
    relation = forms.ChoiceField(label=_("Hubungan"), choices=Relation.choices)
    birth_year = forms.IntegerField(
        label=_("Tahun lahir"), required=False, min_value=1900, max_value=2200
    )
    born_abroad = forms.BooleanField(label=_("Lahir di luar negeri"), required=False)
    needs = forms.MultipleChoiceField(
        label=_("Keperluan khusus"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=Companion.NEEDS,
    )


class Sourced(forms.Form):
    """Who says so."""

    source = forms.ChoiceField(
        label=_("Siapa yang mengatakan"), choices=Source.choices, initial=Source.WORKER
    )


class NewEmployer(Sourced):
    """Another employer, and where."""

    employer = forms.CharField(label=_("Pemberi kerja baru"), max_length=160)
    region = forms.ChoiceField(label=_("Wilayah tempat kerja"), required=False)
    on = _day(_("Mulai bekerja di sana"))
    field_order = ("employer", "region", "on", "source")

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        known = (
            [(each.code, region_name(each.code)) for each in regions_of(country)] if country else []
        )
        field.choices = [("", _("Tidak diketahui")), *known]


class Resigned(Sourced):
    """What another contract, signed abroad, says; what is not at hand stays open."""

    signed_on = _day(_("Tanggal tanda tangan di surat baru"))
    employer = forms.CharField(
        label=_("Pemberi kerja di surat baru"), required=False, max_length=160
    )
    job = forms.CharField(label=_("Pekerjaan di surat baru"), required=False, max_length=160)
    wage = forms.DecimalField(
        label=_("Upah di surat baru"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    per = forms.ChoiceField(
        label=_("Dihitung"),
        required=False,
        choices=[("month", _("per bulan")), ("day", _("per hari")), ("hour", _("per jam"))],
    )
    hours = forms.DecimalField(
        label=_("Jam kerja sehari"), required=False, min_value=0, max_value=24, max_digits=4,
        decimal_places=2,
    )  # fmt: skip
    ends_on = _day(_("Hari terakhir kontrak baru"), required=False)
    field_order = (
        "signed_on", "employer", "job", "wage", "per", "hours", "ends_on", "source",
    )  # fmt: skip

    def told(self, contract: Contract) -> dict[str, Any]:
        """What the new paper says, by field of the cleared contract; what is open is not told."""
        given = self.cleaned_data
        found: dict[str, Any] = {
            twin.EMPLOYER: given["employer"].strip(),
            twin.JOB: given["job"].strip(),
            twin.ENDS: given["ends_on"].isoformat() if given["ends_on"] else "",
        }
        if given["hours"] is not None:
            found[HOURS] = Decimal(given["hours"])
        agreed = twin.verified(contract).get(WAGE)
        if given["wage"] is not None and isinstance(agreed, Quantity):
            unit = f"{agreed.unit.measure}/{given['per'] or agreed.unit.per}"
            found[WAGE] = Quantity.of(given["wage"], unit)
        return {name: value for name, value in found.items() if value not in (None, "")}


class LongerContract(Sourced):
    """An application to extend a contract."""

    until = _day(_("Diperpanjang sampai"))
    field_order = ("until", "source")


class Decision(forms.Form):
    """The officer's word on an extension."""

    step = forms.ChoiceField(
        label=_("Keputusan"),
        widget=forms.RadioSelect,
        choices=[("grant", _("Setujui")), ("refuse", _("Tolak"))],
    )
    reason = forms.CharField(
        label=_("Alasan"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Wajib bila menolak, atau bila ada aturan yang perlu diperiksa orang."),
    )


class OnLeave(Sourced):
    """Somebody goes for a while."""

    on = _day(_("Meninggalkan negara kerja"))
    back_by = _day(_("Diharapkan kembali"))
    reason = forms.CharField(label=_("Keterangan"), required=False, max_length=200)
    field_order = ("on", "back_by", "reason", "source")


class LeaveOver(forms.Form):
    """Somebody on leave is back, or stays away."""

    step = forms.ChoiceField(
        label=_("Yang terjadi"),
        widget=forms.RadioSelect,
        choices=[("come back", _("Sudah kembali")), ("stay away", _("Tidak kembali"))],
    )
    on = _day(_("Tanggal"))


class Period(forms.Form):
    """Which balance to draw up."""

    mulai = _day(_("Dari"), required=False)
    sampai = _day(_("Sampai"), required=False)
    pos = forms.TypedChoiceField(
        label=_("Perwakilan"), required=False, coerce=int, empty_value=None
    )
    negara = forms.CharField(required=False, max_length=2, widget=forms.HiddenInput)

    def __init__(self, *args: Any, posts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["pos"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Semua")), *posts]
