"""Forms on the worker's phone: few fields, large, and nothing asked that is not used."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.monitoring.models import WageState
from lindung.protection.models import CaseKind
from lindung.reference.queries import regencies, region_name
from lindung.registry.models import Sex
from lindung.site.templatetags.formats import month

MONTHS = 6


class Complaint(forms.Form):
    """What is wrong, in own words; the kind only where the worker knows it."""

    kind = forms.ChoiceField(
        label=_("Tentang apa?"),
        required=False,
        choices=[("", _("Belum tahu")), *CaseKind.choices],
    )
    words = forms.CharField(
        label=_("Ceritakan apa yang terjadi"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Tulis dahulu apa yang terjadi. Satu kalimat cukup.")},
    )


class Reply(forms.Form):
    """A few words on a case."""

    words = forms.CharField(
        label=_("Tulis kepada petugas"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Tulis pesannya dahulu.")},
    )


class Wage(forms.Form):
    """What became of one month's wage; the sum only where the worker wants to tell it."""

    month = forms.TypedChoiceField(label=_("Bulan"), coerce=date.fromisoformat)
    state = forms.ChoiceField(
        choices=WageState.choices,
        error_messages={"required": _("Pilih: dibayar, belum, atau kurang.")},
    )
    amount = forms.DecimalField(
        label=_("Jumlah yang diterima"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )

    def __init__(self, *args: Any, on: date, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        months = last_months(on)
        self.fields["month"].choices = months  # type: ignore[attr-defined]
        # In the first days of a month people speak of the one before.
        self.initial.setdefault("month", months[1][0])
        if not currency:
            # A sum without its currency says nothing.
            del self.fields["amount"]
        else:
            self.fields["amount"].help_text = currency

    def told(self) -> dict[str, Any]:
        """What the operation takes."""
        amount = self.cleaned_data.get("amount")
        return {
            "month": self.cleaned_data["month"],
            "state": WageState(self.cleaned_data["state"]),
            "amount": amount,
            "currency": self.currency if amount is not None else "",
        }

    def said(self) -> str:
        """The sentence that confirms it."""
        return _("Tercatat: gaji %(month)s, %(state)s.") % {
            "month": month(self.cleaned_data["month"]),
            "state": str(WageState(self.cleaned_data["state"]).label).lower(),
        }


def last_months(on: date) -> list[tuple[str, str]]:
    """The months that can be told of, the newest first: first day, and its name."""
    found, first = [], on.replace(day=1)
    for _step in range(MONTHS):
        found.append((first.isoformat(), month(first)))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


class Answer(forms.Form):
    """Yes or no to a contract; a no may say why."""

    answer = forms.ChoiceField(choices=[("agree", ""), ("refuse", "")])
    reason = forms.CharField(
        label=_("Alasan menolak"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Pemberi kerja membaca jawaban ini. Anda tidak wajib memberi alasan."),
    )


class Enrolment(forms.Form):
    """Somebody who registers alone; only a name is needed."""

    full_name = forms.CharField(
        label=_("Nama lengkap"),
        max_length=160,
        help_text=_("Seperti di KTP atau paspor. Satu kata pun boleh."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Tuliskan nama, seperti yang dipakai sehari-hari.")},
    )
    call_name = forms.CharField(
        label=_("Nama panggilan"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    sex = forms.ChoiceField(label=_("Jenis kelamin"), choices=Sex.choices, initial=Sex.UNSPECIFIED)
    birth_date = forms.DateField(
        label=_("Tanggal lahir"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
    )
    region = forms.ChoiceField(label=_("Kabupaten/kota asal"), required=False)
    phone = forms.CharField(
        label=_("Nomor telepon"),
        max_length=24,
        required=False,
        help_text=_("Dengan kode negara, misalnya +62. Kode masuk dikirim ke nomor ini."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, province: str, **kwargs: Any) -> None:
        """Only the regencies of one province are listed: all of them weigh too much."""
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)
        found = regencies(province) if province else ()
        region.choices = [("", "—"), *((each.code, region_name(each.code)) for each in found)]
        if not found:
            del self.fields["region"]
