"""Forms about people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.reference.queries import regencies, region_name
from lindung.registry.models import Sex


class Enrolment(forms.Form):
    """A person with whatever is known; only a name is needed."""

    full_name = forms.CharField(label=_("Nama lengkap, seperti di paspor"), max_length=160)
    call_name = forms.CharField(label=_("Nama panggilan"), max_length=80, required=False)
    sex = forms.ChoiceField(label=_("Jenis kelamin"), choices=Sex.choices, initial=Sex.UNSPECIFIED)
    birth_date = forms.DateField(
        label=_("Tanggal lahir"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    birth_place = forms.CharField(label=_("Tempat lahir"), max_length=80, required=False)
    region = forms.ChoiceField(label=_("Kabupaten/kota asal"), required=False)
    nik = forms.CharField(
        label=_("NIK"),
        max_length=24,
        required=False,
        help_text=_("Boleh menyusul; tanpa NIK orang tetap terdaftar."),
    )
    phone = forms.CharField(
        label=_("Nomor telepon"),
        max_length=24,
        required=False,
        help_text=_("Dengan kode negara, misalnya +62."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)
        region.choices = [("", "—"), *((each.code, region_name(each.code)) for each in regencies())]
