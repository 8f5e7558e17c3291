"""Forms of the return home."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.reintegration.models import ReturnReason


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
