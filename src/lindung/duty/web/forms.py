"""Forms of the roster."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Account
from lindung.duty.chain import ROSTERED, Who

_CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class OnDuty(forms.Form):
    """An officer or a role, from one time to another."""

    on = forms.DateField(label=_("Tanggal"), widget=forms.DateInput(attrs={"type": "date"}))
    begins = forms.TimeField(label=_("Mulai"), widget=_CLOCK)
    until = forms.TimeField(
        label=_("Selesai"),
        help_text=_("Lebih awal dari mulai berarti hari berikutnya."),
        widget=_CLOCK,
    )
    who = forms.ChoiceField(
        label=_("Tempat"), choices=[(each.value, each.label) for each in ROSTERED]
    )
    account = forms.ChoiceField(label=_("Petugas"), required=False)
    role = forms.CharField(
        label=_("Peran, bila bukan satu orang"),
        max_length=120,
        required=False,
        help_text=_("Misalnya penjaga malam."),
    )
    phone = forms.CharField(
        label=_("Telepon yang dijawab"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, staff: Iterable[Account] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((str(each.id), each.display_name) for each in staff)]

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins and ends, at the desk's own wall clock."""
        on: date = self.cleaned_data["on"]
        begins, until = self.cleaned_data["begins"], self.cleaned_data["until"]
        last = on if until > begins else on + timedelta(days=1)
        return datetime.combine(on, begins, zone), datetime.combine(last, until, zone)


class Words(forms.Form):
    """What one shift leaves to the next."""

    words = forms.CharField(
        label=_("Untuk piket berikut"),
        help_text=_("Sebut nomor kasus, bukan nama orang."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Link(forms.Form):
    """One place of the chain."""

    who = forms.ChoiceField(label=_("Tempat dalam rantai"), choices=Who.choices)
    minutes = forms.IntegerField(
        label=_("Menit sebelum yang berikut ikut dihubungi"), min_value=1, max_value=60
    )
    name = forms.CharField(label=_("Nama atau jabatan"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Telepon siang dan malam"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
