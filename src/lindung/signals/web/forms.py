"""Forms of early warning."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.regulations.sentences import pick
from lindung.signals.catalogue import Signal, signals
from lindung.signals.labels import PICK_LABELS, UNITS
from lindung.signals.lifecycles import PickState
from lindung.signals.models import Outcome


class Looked(forms.Form):
    """What an officer found."""

    outcome = forms.ChoiceField(
        label=_("Yang ditemukan"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Keterangan"),
        max_length=400,
        required=False,
        help_text=_("Untuk alarm palsu: apa yang sebenarnya terjadi."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    harm_on = forms.DateField(
        label=_("Masalahnya mulai"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class Filing(forms.Form):
    """On what law or agreement a party is heard."""

    basis = forms.CharField(label=_("Dasar hukum atau perjanjian"), max_length=160)


class Asked(forms.Form):
    """What one of the quiet people answered."""

    state = forms.ChoiceField(
        label=_("Jawabannya"),
        choices=[(s.value, PICK_LABELS[s]) for s in PickState if s is not PickState.WAITING],
    )
    found = forms.MultipleChoiceField(
        label=_("Bila bermasalah: sinyal yang seharusnya melihatnya"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = forms.CharField(label=_("Keterangan"), max_length=400, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = self.fields["found"]
        assert isinstance(found, forms.MultipleChoiceField)
        found.choices = [
            (each.id, pick(each.title)) for each in signals().values() if each.about == "person"
        ]


class Tuning(forms.Form):
    """Another value of one threshold."""

    name = forms.ChoiceField(label=_("Ambang"))
    value = forms.DecimalField(
        label=_("Nilai baru"),
        max_digits=10,
        decimal_places=2,
        min_value=0,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    valid_from = forms.DateField(
        label=_("Berlaku sejak"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=_("Alasan"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, known: Signal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        assert isinstance(name, forms.ChoiceField)
        name.choices = [
            (code, f"{pick(each.title)} ({UNITS[each.unit]})")
            for code, each in known.thresholds.items()
        ]
