"""Forms of rights over data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.exchange.models import Partner
from lindung.privacy import schedule
from lindung.privacy.breaches import Search
from lindung.privacy.labels import REQUEST_STATES
from lindung.privacy.lifecycles import RequestState
from lindung.privacy.models import HoldKind, RequestKind

_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _instant() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class Asking(forms.Form):
    """What a person asks about their data."""

    kind = forms.ChoiceField(
        label=_("Yang diminta"), choices=RequestKind.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Keterangan"),
        max_length=1000,
        required=False,
        help_text=_("Untuk perbaikan: apa yang salah, dan apa yang benar."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Answering(forms.Form):
    """The answer to a request."""

    state = forms.ChoiceField(
        label=_("Jawaban"),
        choices=[
            (str(each), REQUEST_STATES[each])
            for each in (RequestState.GRANTED, RequestState.PARTLY, RequestState.REFUSED)
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Alasan dan tindakan"),
        max_length=1000,
        help_text=_("Pekerja membacanya di ponselnya."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Holding(forms.Form):
    """A hold on erasing."""

    kind = forms.ChoiceField(label=_("Sebab"), choices=HoldKind.choices)
    reason = forms.CharField(label=_("Alasan"), max_length=300)
    basis = forms.CharField(
        label=_("Dasar"), max_length=160, help_text=_("Nomor perkara, surat, atau aturan.")
    )
    until = forms.DateField(label=_("Sampai"), widget=_DAY)


class Reason(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Alasan"), max_length=300)


class Deciding(forms.Form):
    """How long a kind of record is kept."""

    kind = forms.ChoiceField(label=_("Jenis catatan"))
    years = forms.IntegerField(label=_("Masa simpan dalam tahun"), min_value=1, max_value=200)
    basis = forms.CharField(
        label=_("Dasar"),
        max_length=160,
        help_text=_("Peraturan, keputusan, atau jadwal retensi arsip."),
    )
    reason = forms.CharField(label=_("Alasan"), max_length=300)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = kinds


class ErasingKind(forms.Form):
    """Which kind of record to erase, and why."""

    kind = forms.ChoiceField(label=_("Jenis catatan"))
    reason = forms.CharField(label=_("Alasan"), max_length=300)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = kinds


class Searching(forms.Form):
    """A breach: when, by what, how, what is done."""

    drill = forms.BooleanField(
        label=_("Latihan: semua ditandai, tidak ada yang dikirim"), required=False, initial=True
    )
    window_from = forms.DateTimeField(label=_("Dari"), widget=_instant())
    window_to = forms.DateTimeField(label=_("Sampai sebelum"), widget=_instant())
    known_at = forms.DateTimeField(
        label=_("Diketahui pada"),
        widget=_instant(),
        help_text=_("Jam hukum dihitung dari sini."),
    )
    accounts = forms.CharField(
        label=_("Akun petugas"), required=False, help_text=_("Nama pengguna, dipisah spasi.")
    )
    sources = forms.CharField(
        label=_("Alamat IP"), required=False, help_text=_("Dipisah spasi; dicari di sesi masuk.")
    )
    partner = forms.ChoiceField(label=_("Mitra pertukaran"), required=False)
    apps = forms.MultipleChoiceField(
        label=_("Bagian data"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tables = forms.CharField(
        label=_("Seluruh tabel yang bocor"),
        required=False,
        help_text=_("Misalnya registry.Identifier; dipisah spasi."),
    )
    how = forms.CharField(
        label=_("Bagaimana terungkap"), max_length=600, widget=forms.Textarea(attrs={"rows": 2})
    )
    remedy = forms.CharField(
        label=_("Penanganan dan pemulihan"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partner, apps = self.fields["partner"], self.fields["apps"]
        assert isinstance(partner, forms.ChoiceField)
        assert isinstance(apps, forms.MultipleChoiceField)
        names = Partner.objects.order_by("name").values_list("code", "name")
        partner.choices = [("", "–"), *names]
        apps.choices = schedule.parts()

    def search(self) -> Search:
        """What is looked for."""
        told = self.cleaned_data
        return Search(
            accounts=tuple(told["accounts"].split()),
            sources=tuple(told["sources"].split()),
            partner=told["partner"],
            apps=tuple(told["apps"]),
            tables=tuple(told["tables"].split()),
        )

    def window(self) -> tuple[datetime, datetime]:
        """First instant, and the first one after it."""
        return self.cleaned_data["window_from"], self.cleaned_data["window_to"]
