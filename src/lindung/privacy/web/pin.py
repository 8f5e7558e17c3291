"""The PIN, asked for once more before everything is shown at once."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

DIGITS = 6


class Pin(forms.Form):
    """Six digits."""

    pin = forms.RegexField(
        rf"^[0-9]{{{DIGITS}}}$",
        label=_("PIN"),
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "maxlength": DIGITS, "autocomplete": "off"}
        ),
        error_messages={
            "required": _("PIN terdiri dari enam angka."),
            "invalid": _("PIN terdiri dari enam angka."),
        },
    )
