"""The law's pages, for everyone."""

from __future__ import annotations

import gzip
import re

import pytest
from django.urls import reverse

from lindung.regulations.lawbook import law

pytestmark = pytest.mark.django_db


def text(response) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", plain)


def get(client, name, *args, **query):
    response = client.get(reverse(f"regulations:{name}", args=args), query)
    assert response.status_code == 200
    return response


class TestList:
    def test_finds_by_words_country_and_theme(self, client):
        found = text(get(client, "index", q="upah minimum per jam", negara="KR", pada="2026-03-01"))
        assert "2 peraturan" in found
        assert "₩10.320" in found
        assert "Berlaku" in found

    def test_shows_all_in_pages(self, client):
        response = get(client, "index", pada="2026-03-01")
        assert "505 peraturan" in text(response)
        assert "halaman=2" in response.content.decode()
        last = get(client, "index", pada="2026-03-01", halaman="11")
        assert "501–505 / 505" in text(last)

    def test_stays_small(self, client):
        page = get(client, "index", pada="2026-03-01").content
        assert len(gzip.compress(page)) < 12_000

    def test_an_empty_result_says_what_to_do(self, client):
        assert "Tidak ada peraturan yang cocok" in text(get(client, "index", q="xyzzy"))

    def test_a_wrong_day_is_named_and_breaks_nothing(self, client):
        get(client, "index", pada="kemarin")
        get(client, "index", halaman="-3")
        get(client, "index", halaman="x")


class TestRule:
    ID = "kr.minimum_wage.hourly"

    def test_shows_the_value_of_the_day_with_its_source(self, client):
        response = get(client, "rule", self.ID, pada="2026-03-01")
        found = text(response)
        for words in ("₩10.320", "per jam", "keyakinan tinggi", "Minimum Wage Act", "Berlaku"):
            assert words in found
        assert 'href="http://world.kbs.co.kr/' in response.content.decode()

    def test_explains_what_needs_a_check_and_shows_the_hint(self, client):
        found = text(get(client, "rule", self.ID, pada="2027-03-01"))
        assert "Perlu diperiksa" in found
        assert "tidak menyatakan kontrak sesuai atau melanggar" in found
        assert "₩10.320" in found

    def test_shows_every_dated_row(self, client):
        response = get(client, "rule", self.ID, pada="2026-03-01")
        rows = re.findall(r"<tr", response.content.decode())
        assert len(rows) == 1 + len(law().parameters[self.ID].values)

    @pytest.mark.parametrize(("value", "word"), [("10320", "Sesuai"), ("10319", "Melanggar")])
    def test_tries_a_visitors_number(self, client, value, word):
        response = get(client, "rule", self.ID, pada="2026-03-01", nilai=value)
        verdict = re.search(
            r"<article class=\"verdict\".*?</article>", response.content.decode(), re.DOTALL
        )
        assert word in verdict.group()

    def test_an_empty_number_is_named(self, client):
        get(client, "rule", self.ID, pada="2026-03-01", nilai=" ")
        get(client, "rule", self.ID, pada="2026-03-01", nilai="Infinity")

    def test_escapes_what_a_visitor_typed(self, client):
        response = get(client, "rule", "hk.wage.channel", nilai="<script>x</script>")
        assert "<script>x" not in response.content.decode()

    def test_an_unknown_rule_is_not_found(self, client):
        assert client.get("/peraturan/kr.no.such/").status_code == 404
        assert client.get("/peraturan/negara/ZZ/").status_code == 404

    @pytest.mark.parametrize("language", ["id", "en"])
    def test_every_rule_has_a_page(self, client, language):
        for id_ in list(law().parameters)[::7]:
            address = reverse("regulations:rule", args=[id_])
            response = client.get(address, headers={"accept-language": language})
            assert response.status_code == 200, id_
            assert f'lang="{language}"' in response.content.decode()


class TestCountry:
    def test_says_what_to_know_first(self, client):
        found = text(get(client, "country", "KR"))
        assert "74 peraturan" in found
        assert "EPS reform" in found
