"""Forms about people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.kernel import identifiers
from lindung.reference.queries import countries, country_name, regencies, region_name
from lindung.registry.models import IDENTIFIER_LABELS, Sex, Worker


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

    def __init__(self, *args: Any, with_phone: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_phone:
            del self.fields["phone"]
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)
        region.choices = [("", "—"), *((each.code, region_name(each.code)) for each in regencies())]


class Number(forms.Form):
    """A number from a paper the officer holds in hand."""

    kind = forms.ChoiceField(label=_("Jenis nomor"), choices=list(IDENTIFIER_LABELS.items()))
    value = forms.CharField(
        label=_("Nomor"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    issuer = forms.ChoiceField(label=_("Negara penerbit"), required=False)
    valid_from = forms.DateField(
        label=_("Terbit"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_to = forms.DateField(
        label=_("Berlaku sampai"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issuer = self.fields["issuer"]
        assert isinstance(issuer, forms.ChoiceField)
        issuer.choices = [
            ("", "—"),
            *((each.code, country_name(each.code)) for each in countries()),
        ]

    def clean_kind(self) -> identifiers.Kind:
        """The kind as the kernel knows it."""
        return identifiers.Kind(self.cleaned_data["kind"])

    def clean(self) -> dict[str, Any]:
        """Papers do not run out before they begin."""
        given = super().clean() or {}
        begins, ends = given.get("valid_from"), given.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", _("Tanggal ini sebelum tanggal terbit."))
        return given


class Merge(forms.Form):
    """Which of two entries stays, and why they are one person."""

    keep = forms.ChoiceField(label=_("Berkas yang dipertahankan"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Mengapa keduanya satu orang"),
        max_length=400,
        help_text=_("Misalnya: foto dan nama ibu sama, dipastikan lewat telepon."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, one: Worker, other: Worker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep = self.fields["keep"]
        assert isinstance(keep, forms.ChoiceField)
        keep.choices = [
            (str(each.id), f"{each.full_name}, {each.public_number}") for each in (one, other)
        ]


class Undo(forms.Form):
    """Why two entries are two people after all."""

    reason = forms.CharField(label=_("Mengapa keduanya dua orang"), max_length=400)


class Zone(forms.Form):
    """The two machine-readable lines of a passport."""

    zone = forms.CharField(
        label=_("Dua baris di bawah halaman foto paspor"),
        max_length=200,
        help_text=_("Salin persis, termasuk tanda <. Masing-masing 44 huruf."),
        widget=forms.Textarea(
            attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
        ),
    )
