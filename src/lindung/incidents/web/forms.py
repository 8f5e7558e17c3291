"""Forms of incidents, each for one operation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.incidents import plans
from lindung.incidents.models import Certainty, Factor, Happening, IncidentKind, Party
from lindung.registry.models import Source

_DAY = {"type": "date"}
_AT = {"type": "datetime-local"}


class Report(forms.Form):
    """What happened, told by anyone."""

    kind = forms.ChoiceField(label=_("Yang terjadi"), choices=IncidentKind.choices)
    source = forms.ChoiceField(label=_("Siapa yang memberi tahu"), choices=Source.choices)
    happened_on = forms.DateField(
        label=_("Tanggal kejadian"), required=False, widget=forms.DateInput(attrs=_DAY)
    )
    place = forms.CharField(label=_("Tempat"), max_length=160, required=False)
    reason = forms.ChoiceField(label=_("Sebab pemulangan"), required=False)
    words = forms.CharField(
        label=_("Yang diketahui, tanpa keterangan kesehatan"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        reasons = plans.plan_of(IncidentKind.REPATRIATION).reasons
        field.choices = [("", "—"), *((key, plans.said(words)) for key, words in reasons.items())]


class Verifying(forms.Form):
    """By what the person was recognised."""

    factors = forms.MultipleChoiceField(
        label=_("Dikenali dari"),
        help_text=_("Paling sedikit dua yang berbeda. Nama bukan bukti."),
        choices=Factor.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("Bagaimana dicocokkan, nomor surat"), widget=forms.Textarea(attrs={"rows": 2})
    )


class Telling(forms.Form):
    """Who was told, and how."""

    name = forms.CharField(label=_("Siapa yang diberi tahu"), max_length=160)
    relation = forms.CharField(label=_("Hubungan"), max_length=40)
    language = forms.CharField(label=_("Bahasa yang dipakai"), max_length=10, initial="id")
    in_person = forms.BooleanField(label=_("Tatap muka"), required=False)
    why_not = forms.CharField(
        label=_("Bila tidak tatap muka, mengapa"), max_length=200, required=False
    )
    liaison = forms.CharField(label=_("Petugas yang memberi tahu"), max_length=120)
    trained = forms.BooleanField(label=_("Petugas terlatih untuk kabar duka"), required=False)


class Finding(forms.Form):
    """What a doctor or an examination says."""

    certainty = forms.ChoiceField(label=_("Tingkat kepastian"), choices=Certainty.choices)
    code = forms.CharField(
        label=_("Kode ICD-11"),
        max_length=16,
        required=False,
        help_text=_("Misalnya BA41."),
    )
    words = forms.CharField(label=_("Yang dinyatakan"), widget=forms.Textarea(attrs={"rows": 3}))
    work_history = forms.CharField(
        label=_("Riwayat kerja, jam, dan panas"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    stated_by = forms.CharField(label=_("Dinyatakan oleh"), max_length=160)
    fit_to_travel = forms.TypedChoiceField(
        label=_("Layak terbang"),
        required=False,
        choices=[("", "—"), ("yes", _("Layak")), ("no", _("Tidak layak"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
    )


class Copying(forms.Form):
    """Who received the copy."""

    to = forms.CharField(label=_("Penerima salinan"), max_length=160)


class Spending(forms.Form):
    """What something cost, and who pays."""

    what = forms.CharField(label=_("Untuk apa"), max_length=120)
    amount = forms.DecimalField(label=_("Jumlah"), min_value=0, max_digits=14, decimal_places=2)
    currency = forms.CharField(label=_("Mata uang"), max_length=3, initial="IDR")
    payer = forms.ChoiceField(
        label=_("Dibayar oleh"),
        choices=[*Party.choices, ("family", _("Keluarga (tidak diterima)"))],
    )
    on = forms.DateField(label=_("Tanggal"), widget=forms.DateInput(attrs=_DAY))
    reference = forms.CharField(label=_("Nomor kuitansi"), max_length=120, required=False)


class Dated(forms.Form):
    """A court date, a visit, a search."""

    kind = forms.ChoiceField(label=_("Jenis"), choices=Happening.Kind.choices)
    at = forms.DateTimeField(label=_("Kapan"), widget=forms.DateTimeInput(attrs=_AT))
    words = forms.CharField(
        label=_("Apa, di mana, dengan siapa"), widget=forms.Textarea(attrs={"rows": 2})
    )
    lawyer = forms.CharField(label=_("Pengacara"), max_length=120, required=False)
    interpreter = forms.CharField(label=_("Penerjemah"), max_length=120, required=False)
    outcome = forms.CharField(label=_("Hasil"), max_length=300, required=False)


class Receiving(forms.Form):
    """The hand-over at home."""

    place = forms.CharField(label=_("Tempat serah terima"), max_length=120)
    received_by = forms.CharField(label=_("Diterima oleh"), max_length=120)
    next_place = forms.CharField(label=_("Selanjutnya ke mana, dengan siapa"), max_length=160)


class Closing(forms.Form):
    """How it ended."""

    outcome = forms.CharField(label=_("Hasil"), widget=forms.Textarea(attrs={"rows": 2}))


class Dismissing(forms.Form):
    """Why it was not so."""

    reason = forms.CharField(
        label=_("Mengapa laporan ini tidak benar"), widget=forms.Textarea(attrs={"rows": 2})
    )


class Answering(forms.Form):
    """What the recruiter did."""

    answer = forms.CharField(
        label=_("Yang dilakukan, kapan, oleh siapa"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
