"""Forms of help around a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.assistance import templates
from lindung.assistance.models import (
    Addressee,
    ClaimKind,
    Interpreter,
    Referral,
    SentBy,
    Service,
    ServiceKind,
    Shelter,
)
from lindung.assistance.shared_fields import FIELDS, USUAL
from lindung.reference.queries import language_name
from lindung.registry.models import Sex

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Draft(forms.Form):
    """Which letter, to whom, in which language."""

    template = forms.ChoiceField(label=_("Surat"))
    addressee = forms.ChoiceField(label=_("Kepada"), choices=Addressee.choices)
    name = forms.CharField(label=_("Nama yang dituju"), max_length=160)
    address = forms.CharField(
        label=_("Alamat"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    language = forms.ChoiceField(label=_("Bahasa surat"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = templates.all_templates()
        self.fields["template"].choices = [(each.id, each.title) for each in known.values()]  # type: ignore[attr-defined]
        languages = dict.fromkeys(one for each in known.values() for one in each.languages)
        self.fields["language"].choices = [(one, language_name(one)) for one in languages]  # type: ignore[attr-defined]


class Words(forms.Form):
    """The words of a draft."""

    subject = forms.CharField(label=_("Perihal"), max_length=200)
    words = forms.CharField(label=_("Isi"), widget=forms.Textarea(attrs={"rows": 16}))
    version = forms.IntegerField(widget=forms.HiddenInput)


class Sending(forms.Form):
    """How and when a letter left."""

    by = forms.ChoiceField(label=_("Dikirim lewat"), choices=SentBy.choices)
    on = forms.DateField(label=_("Hari kirim"), widget=_DAY)
    answer_by = forms.DateField(label=_("Batas jawab"), required=False, widget=_DAY)


class Answer(forms.Form):
    """What was answered."""

    on = forms.DateField(label=_("Hari jawaban"), widget=_DAY)
    answer = forms.CharField(label=_("Isi jawaban"), widget=forms.Textarea(attrs={"rows": 4}))


class ClaimForm(forms.Form):
    """What is owed."""

    kind = forms.ChoiceField(label=_("Yang dituntut"), choices=ClaimKind.choices)
    against = forms.ChoiceField(label=_("Kepada siapa"), choices=Addressee.choices)
    amount = forms.DecimalField(label=_("Jumlah"), max_digits=16, decimal_places=4)
    currency = forms.CharField(
        label=_("Mata uang"), min_length=3, max_length=3, help_text=_("Tiga huruf, misalnya HKD.")
    )
    since = forms.DateField(label=_("Sejak"), required=False, widget=_DAY)
    until = forms.DateField(label=_("Sampai"), required=False, widget=_DAY)
    how = forms.CharField(
        label=_("Cara menghitung"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    rule = forms.CharField(
        label=_("Peraturan"),
        required=False,
        max_length=120,
        help_text=_("Nomor aturan di halaman Peraturan."),
    )
    file_by = forms.DateField(
        label=_("Batas mengajukan"),
        required=False,
        widget=_DAY,
        help_text=_("Kosong berarti masih harus diperiksa."),
    )

    def clean_currency(self) -> str:
        """As capitals."""
        return str(self.cleaned_data["currency"]).upper()


class ClaimStep(forms.Form):
    """Where a claim goes next."""

    step = forms.ChoiceField(label=_("Langkah"))
    on = forms.DateField(label=_("Hari"), widget=_DAY)
    filed_with = forms.CharField(label=_("Diajukan di"), max_length=160, required=False)
    outside_number = forms.CharField(
        label=_("Nomor perkara di sana"), max_length=60, required=False
    )
    awarded = forms.DecimalField(
        label=_("Jumlah putusan"), max_digits=16, decimal_places=4, required=False
    )
    reason = forms.CharField(label=_("Alasan"), max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class PaymentForm(forms.Form):
    """Money that is said to have come in."""

    amount = forms.DecimalField(label=_("Jumlah"), max_digits=16, decimal_places=4)
    paid_on = forms.DateField(label=_("Hari dibayar"), widget=_DAY)
    how = forms.CharField(label=_("Cara dibayar"), max_length=160)


class Referring(forms.Form):
    """To whom, why, on which ground, and exactly what is told."""

    service_id = forms.ModelChoiceField(label=_("Layanan"), queryset=Service.objects.none())
    purpose = forms.CharField(label=_("Untuk apa"), max_length=300)
    legal_basis = forms.CharField(label=_("Dasar hukum pembagian"), max_length=200)
    consent = forms.ChoiceField(
        label=_("Persetujuan"), choices=Referral._meta.get_field("consent").flatchoices
    )
    fields_shared = forms.MultipleChoiceField(
        label=_("Yang dibagikan"),
        choices=FIELDS.items(),
        initial=USUAL,
        widget=forms.CheckboxSelectMultiple,
    )
    needs = forms.CharField(
        label=_("Yang dibutuhkan"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    phone = forms.CharField(label=_("Nomor telepon, bila dibagikan"), required=False, max_length=40)
    days = forms.IntegerField(label=_("Terbuka berapa hari"), initial=14)


class ServiceWord(forms.Form):
    """What the service says, behind its link."""

    result = forms.CharField(
        label=_("Hasil atau alasan"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class ServiceForm(forms.Form):
    """A service in the directory."""

    kind = forms.ChoiceField(label=_("Jenis layanan"), choices=ServiceKind.choices)
    name = forms.CharField(label=_("Nama"), max_length=160)
    phone = forms.CharField(label=_("Telepon"), max_length=40, required=False)
    email = forms.EmailField(label=_("Surel"), required=False)
    hours = forms.CharField(label=_("Jam layanan"), max_length=120, required=False)
    languages = forms.CharField(
        label=_("Bahasa"),
        required=False,
        help_text=_("Kode bahasa, dipisah koma: id, en, zh-Hant."),
    )
    source = forms.CharField(label=_("Sumber keterangan"), max_length=200)

    def clean_languages(self) -> list[str]:
        """As a list of codes."""
        return _codes(self.cleaned_data["languages"])


class ShelterForm(forms.Form):
    """A shelter of the post."""

    name = forms.CharField(label=_("Nama"), max_length=120)
    beds = forms.IntegerField(label=_("Tempat tidur"), min_value=1)
    takes = forms.ChoiceField(
        label=_("Untuk siapa"), choices=Shelter._meta.get_field("takes").flatchoices
    )
    address = forms.CharField(label=_("Alamat"), max_length=300, required=False)
    phone = forms.CharField(label=_("Telepon"), max_length=40, required=False)


class TakingIn(forms.Form):
    """Into which shelter, with how many beds."""

    shelter_id = forms.ChoiceField(label=_("Rumah aman"))
    on = forms.DateField(label=_("Hari masuk"), widget=_DAY)
    beds = forms.IntegerField(
        label=_("Tempat tidur"),
        initial=1,
        min_value=1,
        help_text=_("Bersama anak: satu per orang."),
    )
    needs = forms.CharField(label=_("Kebutuhan khusus"), max_length=300, required=False)


class Leaving(forms.Form):
    """When and where to."""

    on = forms.DateField(label=_("Hari keluar"), widget=_DAY)
    went_to = forms.CharField(label=_("Pergi ke"), max_length=200)


class InterpreterForm(forms.Form):
    """An interpreter in the directory."""

    name = forms.CharField(label=_("Nama"), max_length=160)
    phone = forms.CharField(label=_("Telepon"), max_length=40)
    languages = forms.CharField(
        label=_("Bahasa"), help_text=_("Kode bahasa, dipisah koma: id, en, zh-Hant.")
    )
    sex = forms.ChoiceField(label=_("Jenis kelamin"), choices=Sex.choices)
    sworn = forms.BooleanField(label=_("Tersumpah"), required=False)
    note = forms.CharField(label=_("Catatan"), max_length=200, required=False)

    def clean_languages(self) -> list[str]:
        """As a list of codes."""
        return _codes(self.cleaned_data["languages"])


class Calling(forms.Form):
    """Whom to call, when and where."""

    interpreter_id = forms.ModelChoiceField(
        label=_("Juru bahasa"), queryset=Interpreter.objects.none()
    )
    language = forms.CharField(label=_("Bahasa"), max_length=10)
    at = forms.DateTimeField(
        label=_("Waktu"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    minutes = forms.IntegerField(label=_("Lama (menit)"), initial=60, min_value=1)
    where = forms.CharField(label=_("Tempat, atau telepon/video"), max_length=200)


def _codes(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
