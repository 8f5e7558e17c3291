"""Forms of relatives, and of the worker who names them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class Telling(forms.Form):
    """What a relative is worried about."""

    words = forms.CharField(
        label=_("Ceritakan apa yang terjadi"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Tulis dahulu apa yang terjadi. Satu kalimat cukup.")},
    )


class Hearing(forms.Form):
    """What a relative heard after an event."""

    words = forms.CharField(
        label=_("Yang Anda dengar"),
        max_length=300,
        required=False,
        help_text=_("Bila perlu bantuan: apa, dan di mana."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class Naming(forms.Form):
    """A relative, and what they may know."""

    name = forms.CharField(label=_("Nama"), max_length=160)
    relation = forms.CharField(
        label=_("Hubungan"), max_length=40, help_text=_("Misalnya ibu, suami, kakak.")
    )
    may_see_condition = forms.BooleanField(label=_("Boleh tahu keadaan saya"), required=False)
    is_emergency_contact = forms.BooleanField(label=_("Hubungi bila darurat"), required=False)
