"""Forms of the chain before a contract."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.parties.models import ForeignAgency
from lindung.recruitment import vocabulary
from lindung.recruitment.labels import PER
from lindung.recruitment.models import Agreement, JobOrder
from lindung.reference.queries import country_name
from lindung.regulations.lawbook import law
from lindung.regulations.sentences import pick

_DOCUMENT = "document_"


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


def _choices(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class AgreementForm(forms.Form):
    """What a recruiter says of an agreement with a partner."""

    partner_id = forms.ChoiceField(label=_("Mitra usaha"))
    paper_number = forms.CharField(label=_("Nomor perjanjian"), max_length=60, required=False)
    quota = forms.IntegerField(label=_("Jumlah tempat paling banyak"), min_value=1)
    valid_from = _day(_("Mulai berlaku"))
    valid_to = _day(_("Berlaku sampai"))

    def __init__(self, *args: Any, again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if again:
            del self.fields["partner_id"]
            return
        self.partners = {
            str(each.id): each for each in ForeignAgency.objects.order_by("country", "name")
        }
        shown = [
            (key, f"{each.name} · {country_name(each.country)}")
            for key, each in self.partners.items()
        ]
        _choices(self, "partner_id", [("", _("Pilih mitra")), *shown])

    def values(self) -> dict[str, Any]:
        """As the operation takes them."""
        given = dict(self.cleaned_data)
        if partner_id := given.get("partner_id"):
            partner = self.partners[partner_id]
            given |= {"partner_id": partner.id, "country": partner.country}
        return given

    @staticmethod
    def initial_of(paper: Agreement) -> dict[str, Any]:
        """What the form says of a returned agreement."""
        return {
            "paper_number": paper.paper_number,
            "quota": paper.quota,
            "valid_from": paper.valid_from.isoformat(),
            "valid_to": paper.valid_to.isoformat(),
        }


class OrderForm(forms.Form):
    """What a recruiter says of an employer's request for workers."""

    employer_name = forms.CharField(label=_("Nama pemberi kerja"), max_length=160)
    employer_kind = forms.ChoiceField(label=_("Jenis pemberi kerja"))
    employer_number = forms.CharField(
        label=_("Nomor pemberi kerja di negara tujuan"), max_length=60, required=False
    )
    dest_region = forms.RegexField(
        r"^[A-Z]{2}-[A-Z0-9]{1,3}$",
        label=_("Kode wilayah kerja"),
        help_text=_("Kode ISO 3166-2 dari surat permintaan."),
        required=False,
        max_length=6,
    )
    sector = forms.ChoiceField(label=_("Sektor"))
    occupation = forms.RegexField(
        r"^\d{4}$", label=_("Kode jabatan (ISCO, 4 angka)"), required=False
    )
    quota = forms.IntegerField(label=_("Jumlah tempat"), min_value=1)
    quota_female = forms.IntegerField(
        label=_("Di antaranya perempuan"), min_value=0, required=False
    )
    quota_male = forms.IntegerField(label=_("Di antaranya laki-laki"), min_value=0, required=False)
    wage_amount = forms.DecimalField(label=_("Upah"), min_value=0, max_digits=14, decimal_places=2)
    wage_currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Mata uang (3 huruf)"), max_length=3)
    wage_per = forms.ChoiceField(label=_("Untuk"), choices=list(PER.items()))
    paper_number = forms.CharField(label=_("Nomor surat permintaan"), max_length=60, required=False)
    valid_to = _day(_("Berlaku sampai"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(
            self, "employer_kind", list(JobOrder._meta.get_field("employer_kind").choices or ())
        )
        sectors = {code: pick(words) for code, words in law().words.sectors.items()}
        _choices(self, "sector", sorted(sectors.items(), key=lambda each: each[1]))
        for code, words in vocabulary.documents().items():
            self.fields[f"{_DOCUMENT}{code}"] = forms.CharField(
                label=words, max_length=60, required=False
            )

    @property
    def documents(self) -> list[forms.BoundField]:
        """The fields in which the numbers of needed papers are written."""
        return [self[name] for name in self.fields if name.startswith(_DOCUMENT)]

    def values(self) -> dict[str, Any]:
        """As the operation takes them."""
        given = self.cleaned_data
        plain = {
            name: value
            for name, value in given.items()
            if not name.startswith((_DOCUMENT, "wage_"))
        }
        return plain | {
            "wage": {
                "amount": str(given["wage_amount"]),
                "currency": given["wage_currency"],
                "per": given["wage_per"],
            },
            "documents": {
                name.removeprefix(_DOCUMENT): value
                for name, value in given.items()
                if name.startswith(_DOCUMENT) and value
            },
        }

    @staticmethod
    def initial_of(paper: JobOrder) -> dict[str, Any]:
        """What the form says of a returned order."""
        names = (
            "employer_name", "employer_kind", "employer_number", "dest_region", "sector",
            "occupation", "quota", "quota_female", "quota_male", "paper_number",
        )  # fmt: skip
        return (
            {name: getattr(paper, name) for name in names}
            | {f"wage_{name}": value for name, value in paper.wage.items()}
            | {f"{_DOCUMENT}{code}": number for code, number in paper.documents.items()}
            | {"valid_to": paper.valid_to.isoformat()}
        )


class Reasoned(forms.Form):
    """A reason of the list, and words where they are needed."""

    reason_code = forms.ChoiceField(label=_("Alasan"))
    reason = forms.CharField(label=_("Keterangan"), max_length=300, required=False)

    def __init__(self, step: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": f"id_{step}_%s"} | kwargs))
        _choices(self, "reason_code", [("", _("Pilih alasan")), *vocabulary.reasons(step)])


class Asking(forms.Form):
    """Why a paper should go on in spite of a check, and until when."""

    check = forms.ChoiceField(label=_("Pemeriksaan"))
    reason = forms.CharField(label=_("Alasan"), max_length=300)
    expires_on = _day(_("Berlaku sampai"))

    def __init__(self, checks: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "id_ask_%s"} | kwargs))
        _choices(self, "check", list(checks))


class Issuing(forms.Form):
    """How long a permit lasts where no rule says so, and why."""

    valid_to = _day(_("Berlaku sampai"), required=False)
    reason = forms.CharField(label=_("Dasar putusan"), max_length=300, required=False)

    def __init__(self, *args: Any, last: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "id_issue_%s"} | kwargs))
        if last is not None:
            self.fields["valid_to"].initial = last.isoformat()
