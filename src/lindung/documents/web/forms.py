"""Forms of documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.access.actors import Kind
from lindung.documents.types import types

_DAY = {"type": "date"}
# Naming JPEG makes an iPhone hand over its HEIC photos as JPEG.
_ACCEPT = "image/jpeg,image/png,application/pdf"


class _Files(forms.FileInput):
    """Several files at once; the field asks for one, the view takes each by itself."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.get(name)


def file_field(*, required: bool = True) -> forms.FileField:
    """The field for a paper's photos or PDF."""
    return forms.FileField(
        label=_("Foto atau PDF"),
        required=required,
        # An empty one is refused by itself, in words of ours, and the others are kept.
        allow_empty_file=True,
        help_text=_("Boleh beberapa. Satu kertas penuh, terang, tidak terpotong."),
        widget=_Files(attrs={"accept": _ACCEPT}),
    )


class Uploading(forms.Form):
    """Which kind of document, and its pages; each file is judged by itself in the view."""

    type = forms.ChoiceField(label=_("Jenis berkas"))
    file = file_field()

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["type"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(id_, each.shown) for id_, each in types().items() if kind in each.upload]


class Verifying(forms.Form):
    """What stands on the paper; for a sealed result what it comes to."""

    issued_on = forms.DateField(
        label=_("Terbit pada"), required=False, widget=forms.DateInput(attrs=_DAY)
    )
    valid_until = forms.DateField(
        label=_("Berlaku sampai"), required=False, widget=forms.DateInput(attrs=_DAY)
    )
    fit = forms.TypedChoiceField(
        label=_("Hasil"),
        required=False,
        choices=[("", "—"), ("yes", _("Layak bekerja")), ("no", _("Tidak layak bekerja"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
    )

    def __init__(self, *args: Any, sealed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sealed:
            del self.fields["fit"]


class Reason(forms.Form):
    """Why; the person reads it."""

    reason = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea({"rows": 2}))
