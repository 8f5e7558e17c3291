"""The look: parts say what they should, nothing is written inline, pages stay light."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import path
from django.utils import translation

from lindung.site import charts, gallery
from lindung.site.look import clock_face, days_ago

SITE = Path(gallery.__file__).parent
SOURCE = SITE.parent
STATIC = SITE / "static"
TEMPLATES = sorted(SOURCE.glob("**/templates/**/*.html"))
urlpatterns = [*gallery.urlpatterns, path("", gallery.page)]


def page(name: str) -> str:
    """A gallery page as a browser gets it."""
    request = RequestFactory().get(f"/galeri/{name}/")
    request.user = type("Nobody", (), {"is_authenticated": False})()
    with override_settings(ROOT_URLCONF=__name__):
        return gallery.page(request, name).content.decode()


def weight(*files: str) -> int:
    """Bytes sent for these static files: fonts as they are, the rest by gzip."""
    total = 0
    for name in files:
        body = (STATIC / name).read_bytes()
        total += len(body) if name.endswith(".woff2") else len(gzip.compress(body, 6))
    return total


class TestClock:
    @pytest.mark.parametrize(
        ("days", "words", "tone", "group"),
        [
            (-9, "Lewat 9 hari", "merah", "late-far"),
            (-7, "Lewat 7 hari", "merah", "late"),
            (-1, "Lewat 1 hari", "merah", "late"),
            (0, "Hari ini", "kunyit", "soon"),
            (7, "7 hari lagi", "kunyit", "soon"),
            (8, "8 hari lagi", "abu", "later"),
        ],
    )
    def test_says_word_tone_and_group(self, days: int, words: str, tone: str, group: str) -> None:
        with translation.override("id"):
            face = clock_face(days)
        assert (face.words, face.tone, face.group) == (words, tone, group)

    def test_says_how_old_a_fact_is(self) -> None:
        with translation.override("id"):
            assert [days_ago(n) for n in (0, 1, 12)] == ["hari ini", "kemarin", "12 hari lalu"]


class TestCharts:
    def test_small_cells_are_not_told_in_picture_or_table(self) -> None:
        made = charts.density("t", "s", "Asal", ("A", "B"), [("x", (3, 40))], least=5)
        assert "< 5" in made.rows[0][1]
        assert ">3<" not in made.svg
        assert "&lt; 5" in made.svg

    def test_longest_bar_is_the_largest_value(self) -> None:
        made = charts.bars(
            "t", "s", ("a", "b"), [charts.Bar("x", 10, "10"), charts.Bar("y", 5, "5")]
        )
        widths = [float(w) for w in re.findall(r'width="([\d.]+)" height="18"', made.svg)]
        assert widths[0] == pytest.approx(2 * widths[1], rel=0.01)

    def test_refuses_a_bar_below_zero(self) -> None:
        with pytest.raises(ValueError, match="zero"):
            charts.bars("t", "s", ("a", "b"), [charts.Bar("x", -1, "-1")])

    def test_escapes_what_it_is_given(self) -> None:
        made = charts.bars("t", "<b>", ("a", "b"), [charts.Bar("<i>", 1, "1")])
        assert "<i>" not in made.svg
        assert "<b>" not in made.svg


class TestTemplates:
    @pytest.mark.parametrize("file", TEMPLATES, ids=lambda f: str(f.relative_to(SOURCE)))
    def test_hold_nothing_inline(self, file: Path) -> None:
        text = file.read_text()
        assert not re.search(r"\sstyle=", text), "style attribute"
        assert "<style" not in text
        assert not re.search(r"\son[a-z]+=", text), "event attribute"
        for tag in re.findall(r"<script[^>]*>", text):
            assert " src=" in tag or "application/json" in tag, tag

    @pytest.mark.parametrize("file", sorted((SITE / "templates/cotton").rglob("*.html")), ids=str)
    def test_every_part_says_how_it_is_used(self, file: Path) -> None:
        assert file.read_text().startswith("{% comment %}\n")

    @pytest.mark.parametrize("name", gallery.PAGES + gallery.ERRORS)
    def test_gallery_page_has_one_heading_one_main_and_a_neutral_title(self, name: str) -> None:
        html = page(name)
        assert len(re.findall(r"<h1[ >]", html)) == 1
        assert len(re.findall(r"<main[ >]", html)) == 1
        title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
        assert title
        assert "Siti" not in title[1]
        assert "PMI-" not in title[1]

    @pytest.mark.parametrize("name", gallery.PAGES + gallery.ERRORS)
    def test_demo_data_is_marked_in_demo_mode_only(self, name: str) -> None:
        with override_settings(DEMO=True):
            assert 'class="demo"' in page(name)
        with override_settings(DEMO=False):
            assert 'class="demo"' not in page(name)

    def test_a_verdict_shows_value_requirement_cure_and_source(self) -> None:
        html = page("contract")
        for words in ("HK$4.870", "HK$4.990", "naikkan paling sedikit HK$120", "HK-MAW-2024"):
            assert words in html

    def test_500_needs_nothing_around_it(self) -> None:
        assert "<h1>" in render_to_string("500.html")


@pytest.mark.skipif(
    not (STATIC / "vendor/htmx.min.js").exists(), reason="front-end files not fetched"
)
class TestWeight:
    def test_desk_first_load_is_within_120_kb(self) -> None:
        files = (
            "css/tokens.css",
            "css/ds-theme.css",
            "css/parts.css",
            "css/desk.css",
            "js/desk.js",
            "icon.svg",
            "vendor/designsystemet.css",
            "vendor/htmx.min.js",
            "vendor/plus-jakarta-sans-latin.woff2",
        )
        html = page("lifeline")
        loaded = set(re.findall(r'(?:href|src)="/static/([^"]+)"', html))
        assert {re.sub(r"\.[0-9a-f]{12}(?=\.)", "", name) for name in loaded} == set(files)
        assert weight(*files) + len(gzip.compress(html.encode())) <= 120 * 1024

    def test_worker_first_load_is_within_30_kb(self) -> None:
        files = ("css/tokens.css", "css/phone.css", "js/phone-store.js", "js/phone.js", "note.svg")
        html = page("phone")
        loaded = set(re.findall(r'(?:href|src)="/static/([^"]+)"', html))
        assert {re.sub(r"\.[0-9a-f]{12}(?=\.)", "", name) for name in loaded} == set(files)
        assert weight(*files) + len(gzip.compress(html.encode())) <= 30 * 1024
