"""Forms of licences, of the register of parties and of the problem list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lindung.parties.models import PartyKind, Premises, ProblemKind, ProviderKind, Weight
from lindung.parties.operations import Means
from lindung.reference.queries import countries, country_name, regencies, region_name
from lindung.registry.models import Employer
from lindung.regulations.lawbook import law
from lindung.regulations.sentences import pick

_DAY = {"type": "date"}


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs=_DAY))


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", "—"), *choices]


def _countries() -> list[tuple[str, str]]:
    return [(each.code, country_name(each.code)) for each in countries()]


def _regencies() -> list[tuple[str, str]]:
    return [(each.code, region_name(each.code)) for each in regencies()]


class Found(forms.Form):
    """What an agency was found to have."""

    paid_capital = forms.DecimalField(
        label=_("Modal disetor"), min_value=0, max_digits=18, decimal_places=2
    )
    deposit = forms.DecimalField(
        label=_("Deposito jaminan"), min_value=0, max_digits=18, decimal_places=2
    )
    premises = forms.ChoiceField(label=_("Kantor"), choices=Premises.choices)
    lease_years = forms.DecimalField(
        label=_("Lama sewa (tahun)"), min_value=0, max_digits=4, decimal_places=1, required=False
    )
    reference = forms.CharField(label=_("Nomor bukti"), max_length=120)

    def means(self) -> Means:
        """What was typed, as the operations take it."""
        given = self.cleaned_data
        return Means(
            paid_capital=given["paid_capital"],
            deposit=given["deposit"],
            premises=Premises(given["premises"]),
            lease_years=given["lease_years"],
            reference=given["reference"],
        )


class Granting(Found):
    """A new agency and its first licence."""

    number = forms.CharField(label=_("Nomor induk berusaha"), max_length=24)
    name = forms.CharField(label=_("Nama perusahaan"), max_length=160)
    region = forms.ChoiceField(label=_("Kabupaten/kota kantor"))
    licence_number = forms.CharField(label=_("Nomor izin (SIP3MI)"), max_length=60)
    valid_from = _day(_("Berlaku sejak"))
    valid_to = _day(_("Berlaku sampai"))
    basis = forms.CharField(label=_("Dasar hukum"), max_length=160)
    reason = forms.CharField(label=_("Alasan"), max_length=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "region", _regencies())


class Deciding(forms.Form):
    """A decision on a licence; the dates only count where it is extended."""

    act = forms.ChoiceField(
        label=_("Keputusan"),
        choices=[
            ("warn", _("Peringatan tertulis")),
            ("suspend", _("Skorsing")),
            ("reinstate", _("Pulihkan")),
            ("revoke", _("Cabut izin")),
            ("extend", _("Perpanjang")),
        ],
    )
    letter = forms.CharField(label=_("Nomor surat"), max_length=60, required=False)
    basis = forms.CharField(label=_("Dasar hukum"), max_length=160)
    reason = forms.CharField(label=_("Alasan"), max_length=400)
    valid_from = _day(_("Berlaku sejak"), required=False)
    valid_to = _day(_("Berlaku sampai"), required=False)

    def clean(self) -> dict[str, Any]:
        """An extension needs both days."""
        given = super().clean() or {}
        if given.get("act") == "extend":
            for name in ("valid_from", "valid_to"):
                if not given.get(name):
                    self.add_error(name, _("Wajib diisi."))
        return given


class Partner(forms.Form):
    """A partner abroad."""

    name = forms.CharField(label=_("Nama perusahaan"), max_length=160)
    country = forms.ChoiceField(label=_("Negara"))
    city = forms.CharField(label=_("Kota"), max_length=80, required=False)
    licence_number = forms.CharField(
        label=_("Nomor izin di negaranya"), max_length=60, required=False
    )
    licensed_from = _day(_("Berlaku sejak"), required=False)
    licensed_to = _day(_("Berlaku sampai"), required=False)
    contact_office = forms.CharField(
        label=_("Kontak kantor"),
        max_length=200,
        required=False,
        help_text=_("Alamat atau telepon kantor, bukan milik seseorang."),
    )

    def __init__(self, *args: Any, amending: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if amending:
            del self.fields["country"]
        else:
            _choose(self, "country", _countries())


class Provider(forms.Form):
    """Who trains, examines or certifies."""

    name = forms.CharField(label=_("Nama lembaga"), max_length=160)
    kind = forms.ChoiceField(label=_("Layanan"), choices=ProviderKind.choices)
    region = forms.ChoiceField(label=_("Kabupaten/kota"))
    accreditation = forms.CharField(label=_("Nomor akreditasi"), max_length=60)
    accredited_by = forms.CharField(label=_("Diakreditasi oleh"), max_length=120)
    valid_from = _day(_("Berlaku sejak"))
    valid_to = _day(_("Berlaku sampai"))

    def __init__(self, *args: Any, amending: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "region", _regencies())
        if amending:
            del self.fields["kind"]


class NewEmployer(forms.Form):
    """An employer abroad."""

    name = forms.CharField(label=_("Nama"), max_length=160)
    kind = forms.ChoiceField(label=_("Jenis"))
    country = forms.ChoiceField(label=_("Negara"))
    sector = forms.ChoiceField(label=_("Sektor"))
    outside_number = forms.CharField(
        label=_("Nomor di negara tujuan"), max_length=60, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "kind", list(Employer._meta.get_field("kind").flatchoices))
        _choose(self, "country", _countries())
        _choose(self, "sector", [(c, pick(label)) for c, label in law().words.sectors.items()])


class Reporting(forms.Form):
    """A file against a party, which is named by its number."""

    party = forms.ChoiceField(label=pgettext_lazy("masalah", "Pihak"), choices=PartyKind.choices)
    number = forms.CharField(
        label=_("Nomor pihak"),
        max_length=24,
        help_text=_("Misalnya PBK-…, MTR-…, PNY-…, atau nomor P3MI."),
    )
    kind = forms.ChoiceField(label=_("Masalah"), choices=ProblemKind.choices)
    weight = forms.ChoiceField(label=_("Akibat"), choices=Weight.choices)
    evidence = forms.CharField(
        label=_("Rujukan bukti"), max_length=120, help_text=_("Misalnya nomor kasus.")
    )
    basis = forms.CharField(label=_("Dasar hukum"), max_length=160)
    reported_by = forms.CharField(
        label=_("Dilaporkan oleh"), max_length=120, help_text=_("Kantor atau perannya, bukan nama.")
    )


class Hearing(forms.Form):
    """What the party answered, or why its silence counts."""

    reply = forms.CharField(
        label=_("Tanggapan pihak"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    silence = forms.CharField(
        label=_("Bila tidak menjawab: alasan melanjutkan"), max_length=400, required=False
    )


class Answering(forms.Form):
    """What an agency says to an entry against it."""

    reply = forms.CharField(
        label=_("Tanggapan Anda"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    evidence = forms.CharField(
        label=_("Rujukan bukti"),
        max_length=200,
        required=False,
        help_text=_("Misalnya nomor surat atau bukti bayar; kirim berkasnya ke kantor itu."),
    )


class Publishing(forms.Form):
    """Until when an entry counts."""

    expires_on = _day(_("Berlaku sampai"))


class Ending(forms.Form):
    """Why an entry ends."""

    reason = forms.CharField(label=_("Alasan"), max_length=400)


class Overriding(forms.Form):
    """Why to go on in spite of an entry, and until when."""

    reason = forms.CharField(label=_("Alasan"), max_length=400)
    until = _day(_("Sampai"))
