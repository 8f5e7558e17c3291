"""Nothing is shipped without its origin and licence, and the page shows them all."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from lindung.reference import files, licences
from lindung.reference.web import views

MOST_BYTES = 1_000_000


class TestShippedFiles:
    def test_each_is_named_with_its_licence(self) -> None:
        named = {name for source in licences.sources() for name in source.files}
        assert set(files.shipped()) == named

    @pytest.mark.parametrize("name", files.shipped())
    def test_each_stands_in_the_readme_and_is_small(self, name: str) -> None:
        assert f"`{name}`" in (files.FOLDER / "README.md").read_text(encoding="utf-8")
        assert 0 < (files.FOLDER / name).stat().st_size < MOST_BYTES

    def test_a_file_without_licence_is_noticed(self, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
        (tmp_path / "codes").mkdir()
        (tmp_path / "codes" / "stray.csv").write_text("code\n")
        monkeypatch.setattr(files, "FOLDER", tmp_path)
        assert files.shipped() == ("codes/stray.csv",)


class TestSources:
    @pytest.mark.parametrize("source", licences.sources(), ids=lambda source: source.id)
    def test_each_says_what_its_licence_asks(self, source: licences.Source) -> None:
        assert source.origin
        assert source.licence
        assert source.attribution.endswith(".")
        assert source.url.startswith("https://")
        assert set(source.titles) == set(source.changes) == {"id", "en"}
        assert date(2000, 1, 1) < source.as_of <= date(2027, 1, 1)
        assert source.licence_url.startswith("https://") or source.text or "Facts" in source.licence

    @pytest.mark.parametrize("source", licences.sources(), ids=lambda source: source.id)
    def test_a_licence_that_must_travel_with_the_data_does(self, source: licences.Source) -> None:
        if source.licence.startswith(("MIT", "Unicode")):
            assert "Copyright" in source.text or "COPYRIGHT" in source.text


class TestPage:
    @pytest.mark.parametrize(("language", "title"), [("id", "Sumber data"), ("en", "Data sources")])
    def test_shows_every_attribution_and_this_software(self, language: str, title: str) -> None:
        with translation.override(language):
            request = RequestFactory().get("/lisensi/")
            page = views.licences(request).content.decode()
        assert title in page
        for source in licences.sources():
            assert f'id="{source.id}"' in page
        for words in ("geonames.org", "European Central Bank", "World Bank", "United Nations"):
            assert words in page
        assert "Babel" in page
        assert not re.search(r"<script|style=", page.split("<main")[-1])

    @pytest.mark.django_db
    def test_takes_no_query(self, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
        context = {"sources": licences.sources(), "software": licences.software()}
        with django_assert_num_queries(0):
            render_to_string("reference/licences.html", context)
