"""Forms of placements and contracts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lindung.regulations.lawbook import law
from lindung.regulations.pathways import pathways
from lindung.regulations.sentences import pick


class Opening(forms.Form):
    """Which way a person sets out."""

    pathway_id = forms.ChoiceField(label=_("Jalur"))
    sector = forms.ChoiceField(label=_("Sektor"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        way, sector = self.fields["pathway_id"], self.fields["sector"]
        assert isinstance(way, forms.ChoiceField)
        assert isinstance(sector, forms.ChoiceField)
        ways = pathways()
        way.choices = [(each.id, pick(each.title)) for each in ways.values()]
        served = {code for each in ways.values() for code in each.sectors}
        sector.choices = [(code, pick(law().words.sectors[code])) for code in sorted(served)]


class Settling(forms.Form):
    """What an officer says of the ticked requirements."""

    requirements = forms.MultipleChoiceField()
    state = forms.ChoiceField(
        label=_("Keputusan"),
        choices=[
            ("accepted", _("Terima")),
            ("waived", _("Kecualikan (dengan alasan)")),
            ("refused", _("Tolak (dengan alasan)")),
        ],
    )
    given_on = forms.DateField(
        label=_("Tanggal terbit bukti"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reference = forms.CharField(label=_("Nomor bukti"), max_length=120, required=False)
    reason = forms.CharField(label=_("Alasan"), max_length=200, required=False)

    def __init__(self, *args: Any, requirements: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["requirements"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = requirements


class Departure(forms.Form):
    """By what the person leaves."""

    flight = forms.CharField(label=_("Nomor penerbangan"), max_length=20)
