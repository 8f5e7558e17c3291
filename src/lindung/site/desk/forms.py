"""Forms of the return home."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.registry.models import Sex
from lindung.reintegration.models import ReturnReason


class PersonData(forms.Form):
    """A person's own data, as the papers say it."""

    full_name = forms.CharField(label=_("Nama lengkap"), max_length=160)
    call_name = forms.CharField(label=_("Nama panggilan"), max_length=60, required=False)
    sex = forms.ChoiceField(label=_("Jenis kelamin"), choices=Sex.choices)
    birth_date = forms.DateField(
        label=_("Tanggal lahir"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    birth_place = forms.CharField(label=_("Tempat lahir"), max_length=80, required=False)


class ReturnHome(forms.Form):
    """A return that an officer heard of."""

    on = forms.DateField(label=_("Tanggal pulang"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.ChoiceField(label=_("Sebab"), choices=ReturnReason.choices)


class AfterPlan(forms.Form):
    """What the person needs and the next step agreed."""

    needs = forms.MultipleChoiceField(
        label=_("Kebutuhan"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("training", _("Pelatihan")),
            ("work", _("Pekerjaan")),
            ("capital", _("Modal usaha")),
            ("health", _("Kesehatan")),
            ("legal", _("Bantuan hukum")),
            ("savings", _("Uang yang tertinggal di negara tujuan")),
        ],
    )
    next_step = forms.CharField(label=_("Langkah berikut yang disepakati"), max_length=200)


class WorkEnded(forms.Form):
    """Work for an employer ended; from that day the time to ask for another one runs."""

    on = forms.DateField(
        label=_("Hari terakhir bekerja"), widget=forms.DateInput(attrs={"type": "date"})
    )
    known_on = forms.DateField(
        label=_("Hari majikan mengetahuinya"), widget=forms.DateInput(attrs={"type": "date"})
    )


class ChangeAsked(forms.Form):
    """The worker asked for another workplace; the reason decides whether it counts."""

    ended_on = forms.DateField(
        label=_("Hari terakhir bekerja"), widget=forms.DateInput(attrs={"type": "date"})
    )
    requested_on = forms.DateField(
        label=_("Hari mengajukan"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.ChoiceField(
        label=_("Alasan"),
        widget=forms.RadioSelect,
        help_text=_("Pilih yang terbukti; simpan buktinya di berkas pekerja."),
    )

    def __init__(self, *args: Any, reasons: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = reasons


class ClockPause(forms.Form):
    """A time limit stops for a reason that the law knows."""

    clock = forms.ChoiceField(label=_("Batas waktu"))
    reason = forms.ChoiceField(
        label=_("Sebab"),
        choices=[
            ("injury", _("cedera")),
            ("illness", _("sakit")),
            ("pregnancy", _("hamil")),
            ("birth", _("melahirkan")),
        ],
    )

    def __init__(self, *args: Any, clocks: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["clock"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = clocks
