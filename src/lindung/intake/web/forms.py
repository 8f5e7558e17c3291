"""The form with which a list is sent."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class Sending(forms.Form):
    """A file, read where it arrives."""

    file = forms.FileField(
        label=_("Berkas CSV atau XLSX"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )
