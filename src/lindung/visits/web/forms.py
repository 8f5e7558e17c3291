"""Forms of visits."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.registry.models import Employer
from lindung.visits.checklists import Checklist, all_checklists
from lindung.visits.models import Answer, Reason

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_SEEN = Answer._meta.get_field("seen").flatchoices


class Planning(forms.Form):
    """Whom, why, when and who goes."""

    checklist_id = forms.ChoiceField(label=_("Daftar periksa"))
    employer_id = forms.ModelChoiceField(
        label=_("Pemberi kerja"),
        queryset=Employer.objects.none(),
        required=False,
        empty_label=_("bukan pemberi kerja yang tercatat"),
    )
    name = forms.CharField(label=_("Nama yang dikunjungi"), max_length=160, required=False)
    place = forms.CharField(label=_("Tempat"), max_length=300)
    reason = forms.ChoiceField(
        label=_("Alasan"),
        choices=Reason.choices,
        help_text=_("Hanya dibaca kantor Anda dan kementerian."),
    )
    planned_for = forms.DateField(label=_("Hari kunjungan"), widget=_DAY)
    announced = forms.BooleanField(label=_("Diberitahukan sebelumnya"), required=False)
    visitors = forms.CharField(
        label=_("Yang berangkat"),
        help_text=_("Satu nama setiap baris."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = all_checklists().values()
        self.fields["checklist_id"].choices = [(each.id, each.title) for each in known]  # type: ignore[attr-defined]
        self.fields["employer_id"].label_from_instance = lambda each: (  # type: ignore[attr-defined]
            f"{each.name} ({each.number})"
        )

    def clean_visitors(self) -> list[str]:
        """One name each."""
        return str(self.cleaned_data["visitors"]).splitlines()

    def clean_employer_id(self) -> Any:
        """The id alone."""
        chosen = self.cleaned_data["employer_id"]
        return chosen.id if chosen else None


class Holding(forms.Form):
    """The check-list: each item seen, not seen, with a note and a day to cure it."""

    on = forms.DateField(label=_("Hari berlangsung"), widget=_DAY)
    workers_there = forms.IntegerField(label=_("Pekerja kita di sana"), min_value=0, required=False)
    spoken_alone = forms.IntegerField(label=_("Diajak bicara sendiri"), min_value=0, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, asked: Checklist, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for each in asked.items:
            self.fields[each.id] = forms.ChoiceField(
                label=each.ask, choices=_SEEN, widget=forms.RadioSelect
            )
            self.fields[f"{each.id}_note"] = forms.CharField(
                label=_("Catatan"), max_length=400, required=False
            )
            self.fields[f"{each.id}_cure"] = forms.DateField(
                label=_("Diperbaiki paling lambat"), required=False, widget=_DAY
            )

    def head(self) -> list[forms.BoundField]:
        """The fields before the list."""
        return [self[name] for name in ("on", "workers_there", "spoken_alone")]

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Question, note and day to cure, item by item."""
        return [
            (self[each.id], self[f"{each.id}_note"], self[f"{each.id}_cure"])
            for each in self.asked.items
        ]

    def given(self) -> dict[str, Any]:
        """What the operation takes."""
        data = self.cleaned_data
        items = [each.id for each in self.asked.items]
        cures: dict[str, date | None] = {each: data[f"{each}_cure"] for each in items}
        return {
            "on": data["on"],
            "workers_there": data["workers_there"],
            "spoken_alone": data["spoken_alone"],
            "version": data["version"],
            "answers": {each: data[each] for each in items},
            "notes": {each: data[f"{each}_note"] for each in items},
            "cure_by": cures,
        }


class Meeting(forms.Form):
    """A worker who was spoken with, by public number."""

    number = forms.CharField(label=_("Nomor pekerja"), max_length=20)
    alone = forms.BooleanField(label=_("Bicara tanpa orang lain"), required=False)


class Reporting(forms.Form):
    """The report."""

    summary = forms.CharField(label=_("Ringkasan"), widget=forms.Textarea(attrs={"rows": 6}))
