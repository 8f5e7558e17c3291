"""The loader: everything arrives, twice does no harm, what left the files leaves the tables."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from lindung.reference import files, loading
from lindung.reference.models import (
    Country,
    ExchangeRate,
    LoadedTable,
    Occupation,
    Region,
    Statistic,
    Town,
)

pytestmark = pytest.mark.usefixtures("reference")


@pytest.fixture
def _owner(reference: None) -> None:
    """As the loader runs in service; the test's transaction takes it back."""
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = 'lindung_owner'")
        if cursor.fetchone():
            cursor.execute("set local role lindung_owner")


class TestLoad:
    def test_every_country_and_occupation_arrives(self) -> None:
        assert Country.objects.count() == sum(1 for _ in files.rows_of("codes/countries.csv"))
        levels = Counter(Occupation.objects.values_list("level", flat=True))
        assert levels == {1: 10, 2: 43, 3: 130, 4: 436}

    def test_indonesia_is_whole(self) -> None:
        kinds = Counter(
            Region.objects.filter(country="ID", last_edition=None).values_list("kind", flat=True)
        )
        assert kinds == {"province": 38, "regency": 416, "city": 98}
        assert Region.objects.filter(last_edition__isnull=False).count() == 26

    def test_every_regency_has_a_province_and_a_clock(self) -> None:
        assert not Region.objects.filter(country="ID", level=2, parent=None).exists()
        assert not Region.objects.filter(time_zone="").exists()

    def test_every_town_abroad_lies_in_a_region_of_its_country(self) -> None:
        abroad = Town.objects.exclude(country="ID")
        assert abroad.count() == 2363
        assert not abroad.filter(region=None).exists()
        assert not abroad.exclude(region__country=F("country")).exists()

    def test_rates_are_the_published_figures(self) -> None:
        rate = ExchangeRate.objects.get(source="ecb", quote="IDR", day="2026-10-30")
        assert f"{rate.rate:.2f}" == "20275.17"
        assert not ExchangeRate.objects.filter(source="peg", quote="HKD").exists()

    def test_publications_that_agree_stand_together(self) -> None:
        agreed = Statistic.objects.get(
            series="placements", period_to="2024-12-31", dimensions={"country": "KR"}
        )
        assert agreed.value == 10750
        assert len(agreed.sources) == 2

    def test_publications_that_disagree_stand_side_by_side(self) -> None:
        found = Statistic.objects.filter(
            series="placements", period_from="2023-01-01", period_to="2023-12-31", dimensions={}
        )
        assert {each.value for each in found} == {274965, 297108}

    def test_no_row_of_the_statistics_is_dropped(self) -> None:
        files_rows = sum(
            1
            for name in ("indonesia", "destinations")
            for _ in files.rows_of(f"statistics/{name}.csv")
        )
        own = Statistic.objects.exclude(
            series__in=["migrant_stock", "ppp", "consumer_price_inflation"]
        )
        kept = sum(len(each.sources) for each in own)
        # Rows that repeat both figure and source are one entry.
        repeated = 0
        seen = set()
        for name in ("indonesia", "destinations"):
            for row in files.rows_of(f"statistics/{name}.csv"):
                key = tuple(row.values())
                repeated += key in seen
                seen.add(key)
        assert kept == files_rows - repeated


@pytest.mark.usefixtures("_owner")
class TestLoadAgain:
    def test_changes_nothing(self) -> None:
        assert [done.changed for done in loading.load(timezone.now())] == [False] * 8

    def test_mends_what_was_altered_and_removes_what_left(self) -> None:
        Country.objects.filter(code="KR").update(dial="999")
        Country.objects.create(code="ZZ", alpha3="ZZZ", numeric="999", names={"en": "Nowhere"})
        LoadedTable.objects.filter(name="reference_country").update(digest="older")
        done = {each.table: each for each in loading.load(timezone.now())}
        assert done["reference_country"].changed
        assert not done["reference_region"].changed
        assert Country.objects.get(code="KR").dial == "82"
        assert not Country.objects.filter(code="ZZ").exists()

    def test_the_command_reports_one_object_a_line(self) -> None:
        out = StringIO()
        call_command("load_reference", "--json", stdout=out)
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        assert len(lines) == 8
        assert all(line["rows"] > 0 and line["seconds"] >= 0 for line in lines)
