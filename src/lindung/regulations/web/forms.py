"""What a visitor may ask of the law: which rules, on which day, and "what about my number?"."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.regulations.lawbook import law
from lindung.regulations.sentences import pick


class Search(forms.Form):
    """Filters of the list; every one may stay empty."""

    q = forms.CharField(label=_("Cari"), required=False, max_length=100)
    negara = forms.ChoiceField(label=_("Negara"), required=False)
    tema = forms.ChoiceField(label=_("Tema"), required=False)
    pada = forms.DateField(
        label=_("Berlaku pada"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        book = law()
        countries = [(code, pick(each.name)) for code, each in book.jurisdictions.items()]
        themes = [(code, pick(label)) for code, label in book.words.categories.items()]
        self._offer("negara", _("Semua negara"), countries)
        self._offer("tema", _("Semua tema"), themes)

    def _offer(self, name: str, everything: Any, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", everything), *sorted(choices, key=lambda each: each[1])]


class OnDay(forms.Form):
    """The day that a rule's page speaks of."""

    pada = forms.DateField(
        label=_("Berlaku pada"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class Try(forms.Form):
    """A visitor's own value for a rule."""

    nilai = forms.CharField(label=_("Nilai dalam kontrak"), max_length=200)
    sektor = forms.ChoiceField(label=_("Sektor"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sektor"]
        assert isinstance(field, forms.ChoiceField)
        labels = law().words.sectors.items()
        field.choices = [("", _("Tidak disebut")), *((code, pick(name)) for code, name in labels)]
