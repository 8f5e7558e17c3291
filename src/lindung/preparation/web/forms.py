"""Forms of orientation, insurance and the border."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.preparation.models import CoverKind, Direction, OrientationSession
from lindung.registry.models import Source

_DAY = {"type": "date"}


class Planning(forms.Form):
    """A new orientation."""

    held_on = forms.DateField(label=_("Tanggal"), widget=forms.DateInput(attrs=_DAY))
    place = forms.CharField(label=_("Tempat"), max_length=160)
    seats = forms.IntegerField(label=_("Kursi"), min_value=1, max_value=1000)


class Seat(forms.Form):
    """Which session somebody takes a seat in."""

    session = forms.ChoiceField(label=_("Orientasi"))

    def __init__(self, *args: Any, sessions: list[OrientationSession], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["session"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.id, f"{each.held_on:%d-%m-%Y} · {each.place}") for each in sessions]


class Covering(forms.Form):
    """Social security that was paid."""

    kind = forms.ChoiceField(label=_("Bagian"), choices=CoverKind.choices)
    receipt = forms.CharField(label=_("Nomor bukti bayar"), max_length=60)
    amount = forms.DecimalField(label=_("Jumlah"), min_value=0, max_digits=14, decimal_places=2)
    paid_on = forms.DateField(label=_("Dibayar pada"), widget=forms.DateInput(attrs=_DAY))
    covers_from = forms.DateField(label=_("Berlaku dari"), widget=forms.DateInput(attrs=_DAY))
    covers_to = forms.DateField(label=_("Berlaku sampai"), widget=forms.DateInput(attrs=_DAY))
    months = forms.IntegerField(
        label=_("Untuk berapa bulan kontrak"), min_value=0, max_value=120, required=False
    )
    reason = forms.CharField(
        label=_("Mengapa diterima bila tabel tidak memastikan"), max_length=200, required=False
    )

    def clean_months(self) -> int:
        """Nothing typed is no month."""
        return self.cleaned_data.get("months") or 0


class Passage(forms.Form):
    """Over the border, as somebody tells it."""

    direction = forms.ChoiceField(label=_("Arah"), choices=Direction.choices)
    on = forms.DateField(label=_("Tanggal"), widget=forms.DateInput(attrs=_DAY))
    carrier = forms.CharField(label=_("Nomor penerbangan atau kapal"), max_length=20)
    checkpoint = forms.CharField(label=_("Bandara atau pelabuhan"), max_length=80, required=False)


class Departing(forms.Form):
    """A worker's own word that they are leaving."""

    on = forms.DateField(label=_("Tanggal"), widget=forms.DateInput(attrs=_DAY))
    carrier = forms.CharField(label=_("Nomor penerbangan atau kapal"), max_length=20)


class NoDeparture(forms.Form):
    """Why somebody did not leave after all."""

    reason = forms.CharField(label=_("Mengapa tidak jadi berangkat"), max_length=200)


SOURCE_OF = {"agency": Source.AGENCY, "worker": Source.WORKER}
