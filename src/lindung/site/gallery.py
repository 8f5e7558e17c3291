"""Every part of the look on a few pages with made-up data, to be photographed and checked.

Exists in demo mode and tests only; the sample words stand in templates and are not translated,
as data would not be.
"""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from lindung.site import charts
from lindung.site.outage import Away

PAGES = ("parts", "queue", "contract", "lifeline", "phone", "public", "problem", "empty")
ERRORS = ("400", "403", "404", "429", "500", "503")


class SampleForm(forms.Form):
    """A form with one field of every sort; sent empty it shows its errors."""

    name = forms.CharField(label="Nama seperti di paspor", help_text="Satu kata pun boleh.")
    born_on = forms.DateField(label="Tanggal lahir", required=False)
    channel = forms.ChoiceField(
        label="Cara menghubungi", choices=[("wa", "WhatsApp"), ("sms", "SMS"), ("call", "Telepon")]
    )
    story = forms.CharField(label="Cerita", widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label="Pekerja setuju ceritanya dicatat")


def _charts() -> dict[str, charts.Chart]:
    months = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep")
    reports = (41, 44, 39, 52, 58, 49, 47, 61, 66)
    return {
        "bars": charts.bars(
            "Kasus terbuka menurut masalah",
            "Gaji yang belum dibayar adalah masalah terbanyak: 41 dari 96 kasus.",
            ("Masalah", "Kasus"),
            [
                charts.Bar("Gaji belum dibayar", 41, "41", hot=True),
                charts.Bar("Paspor ditahan", 23, "23"),
                charts.Bar("Jam kerja berlebih", 19, "19"),
                charts.Bar("Ingin pulang", 13, "13"),
            ],
        ),
        "line": charts.line(
            "Lapor diri tiap bulan",
            "Lapor diri naik dari 41 pada Januari menjadi 66 pada September.",
            ("Bulan", "Lapor diri"),
            [
                charts.Point(month, value, str(value))
                for month, value in zip(months, reports, strict=True)
            ],
        ),
        "density": charts.density(
            "Pekerja menurut asal dan pekerjaan",
            "Terbanyak perawat lansia dari Ponorogo; angka di bawah 5 tidak dirinci.",
            "Asal",
            ("Rumah tangga", "Perawatan", "Pabrik"),
            [
                ("Ponorogo", (212, 480, 90)),
                ("Indramayu", (310, 120, 44)),
                ("Kupang", (64, 3, None)),
            ],
            least=5,
        ),
    }


def page(request: HttpRequest, name: str = "parts") -> HttpResponse:
    """One page of the gallery.

    Raises:
        Http404: outside demo mode and tests, or no such page.
    """
    if not (getattr(settings, "DEMO", False) or getattr(settings, "MODE", "") == "test"):
        raise Http404
    if name in ERRORS:
        words = {"title": Away.title, "advice": Away.advice, "back": "/"}
        return render(request, f"{name}.html", words, status=200)
    if name not in PAGES:
        raise Http404
    context = {
        "pages": PAGES + ERRORS,
        "page": name,
        "form": SampleForm(request.POST if "isi" in request.POST else None),
        "wrong_form": SampleForm({"name": "", "born_on": "kemarin"}),
        "groups": ("Lewat jauh", "Lewat", "Segera"),
        "people": ("Sumarni, Sha Tin", "Yuliana, Tuen Mun"),
        "charts": _charts(),
        "spark": charts.spark("Naik dalam sembilan bulan", (41, 44, 39, 52, 58, 49, 47, 61, 66)),
    }
    return render(request, f"pages/{name}_sample.html", context)


urlpatterns = [
    path("galeri/", page, name="gallery"),
    path("galeri/<slug:name>/", page, name="gallery_page"),
]
