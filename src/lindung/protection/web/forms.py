"""Forms of cases."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.protection.models import CaseKind


class Opening(forms.Form):
    """A problem an officer heard of."""

    kind = forms.ChoiceField(label=_("Masalah"), choices=CaseKind.choices)
    words = forms.CharField(
        label=_("Yang terjadi, dengan kata-kata orangnya"), widget=forms.Textarea(attrs={"rows": 4})
    )


class Note(forms.Form):
    """Words to the worker, or an internal note."""

    words = forms.CharField(label=_("Tulis"), widget=forms.Textarea(attrs={"rows": 3}))
    internal = forms.BooleanField(label=_("Catatan internal, tidak dibaca pekerja"), required=False)
