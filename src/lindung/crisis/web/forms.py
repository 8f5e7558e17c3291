"""Forms of the muster."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lindung.crisis.lifecycles import AnswerState
from lindung.crisis.models import EventKind, Way
from lindung.crisis.operations import Given
from lindung.crisis.practice import practice
from lindung.outreach.models import Channel
from lindung.reference.models import Region
from lindung.reference.queries import country_name, region_name
from lindung.registry.models import Source


class Declaring(forms.Form):
    """An event, and what its footprint is made from."""

    kind = forms.ChoiceField(label=_("Yang terjadi"), choices=EventKind.choices)
    title = forms.CharField(
        label=_("Judul"),
        max_length=80,
        help_text=_("Apa dan di mana, misalnya: Gempa Hualien. Ikut terkirim dalam pesan."),
    )
    happened_at = forms.DateTimeField(
        label=_("Waktu kejadian (jam Jakarta)"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    source = forms.CharField(
        label=_("Sumber"),
        max_length=200,
        help_text=_("Siapa yang menerbitkan, dan alamat halamannya."),
    )
    source_on = forms.DateField(
        label=_("Dibaca pada"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    way = forms.ChoiceField(
        label=_("Wilayah kejadian dari"), choices=Way.choices, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=_("Berkas GeoJSON"),
        required=False,
        help_text=_("Poligon, atau cont_mmi.json dari ShakeMap USGS."),
    )
    least = forms.TypedChoiceField(
        label=_("Mulai intensitas (MMI)"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Untuk berkas berintensitas dan untuk magnitudo."),
    )
    lat = forms.FloatField(label=_("Lintang pusat"), required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(label=_("Bujur pusat"), required=False, min_value=-180, max_value=180)
    magnitude = forms.FloatField(label=_("Magnitudo"), required=False)
    depth = forms.FloatField(label=_("Kedalaman (km)"), required=False)
    km = forms.FloatField(label=_("Radius (km)"), required=False)
    regions = forms.MultipleChoiceField(
        label=_("Wilayah"), required=False, widget=forms.CheckboxSelectMultiple
    )
    cells = forms.CharField(
        label=_("Sel H3 resolusi 7"),
        required=False,
        help_text=_("Satu per baris, misalnya 874ba4a81ffffff."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, countries: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least, regions = self.fields["least"], self.fields["regions"]
        assert isinstance(least, forms.TypedChoiceField)
        assert isinstance(regions, forms.MultipleChoiceField)
        least.choices = [(each, f"MMI {each}") for each in practice().intensities]
        least.initial = practice().least_intensity
        regions.choices = _regions(countries)

    def given(self) -> Given:
        """What the footprint is made from."""
        told = self.cleaned_data
        file = told["file"]
        return Given(
            way=Way(told["way"]),
            raw=file.read(practice().most_bytes + 1) if file else b"",
            least=told["least"],
            lat=told["lat"],
            lon=told["lon"],
            magnitude=told["magnitude"],
            depth=told["depth"],
            km=told["km"],
            regions=tuple(told["regions"]),
            cells=tuple(told["cells"].split()),
        )


class Answering(forms.Form):
    """What an officer learned of one person."""

    state = forms.ChoiceField(
        label=_("Keadaannya"),
        choices=[
            (AnswerState.SAFE.value, pgettext_lazy("sesudah bencana", "Aman")),
            (AnswerState.NEEDS_HELP.value, _("Perlu bantuan")),
        ],
        widget=forms.RadioSelect,
    )
    source = forms.ChoiceField(
        label=_("Menurut"),
        choices=[each for each in Source.choices if each[0] != Source.AGENCY],
        initial=Source.WORKER,
    )
    over = forms.ChoiceField(
        label=_("Diketahui lewat"),
        choices=[(each.value, each.label) for each in Channel if each is not Channel.WEB],
        initial=Channel.CALL,
    )
    words = forms.CharField(
        label=_("Keterangan"),
        max_length=300,
        required=False,
        help_text=_("Bila perlu bantuan: apa, dan di mana."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    household = forms.ChoiceField(
        label=_("Keluarga yang tinggal bersamanya"),
        required=False,
        choices=[
            ("", _("tidak ditanyakan")),
            ("yes", _("semua aman")),
            ("no", _("ada yang belum ditemukan atau perlu bantuan")),
        ],
    )


class Ending(forms.Form):
    """Why nobody is asked any more."""

    reason = forms.CharField(
        label=_("Mengapa ditutup, dan apa dengan yang belum menjawab"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _regions(countries: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Regions with a border, by country."""
    drawn = Region.objects.filter(country_id__in=countries, polygon__isnull=False).defer("polygon")
    found: dict[str, list[tuple[str, str]]] = {}
    for each in drawn.order_by("country_id", "code"):
        found.setdefault(each.country_id, []).append((each.code, region_name(each.code)))
    return [(country_name(code), rows) for code, rows in found.items()]
