"""Names, places, clocks and rates as the rest of the service asks for them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.template import Context, Template
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lindung.kernel.money import Money
from lindung.kernel.places import cell_of
from lindung.reference import queries
from lindung.reference.queries import NoPublishedRate, NotLoaded, UnknownPlace, kept
from lindung.reference.row_policies import OPEN_TABLES

pytestmark = pytest.mark.usefixtures("reference")


def money(amount: str, currency: str) -> Money:
    return Money(Decimal(amount), currency)


class TestNames:
    @pytest.mark.parametrize(
        ("language", "name"),
        [
            ("id", "Korea Selatan"),
            ("en", "South Korea"),
            ("ko", "대한민국"),
            ("jv", "Korea Selatan"),
        ],
    )
    def test_follow_the_page(self, language: str, name: str) -> None:
        with translation.override(language):
            assert queries.country_name("KR") == name

    def test_chinese_is_traditional(self) -> None:
        assert queries.country_name("TW", "zh-hant") == "台灣"

    def test_an_occupation_without_translation_is_english(self) -> None:
        assert queries.occupation_name("9111", "id") == "Pembantu dan pembersih rumah tangga"
        assert queries.occupation_name("2631", "id") == "Economists"

    def test_an_unknown_code_is_shown_as_it_stands(self) -> None:
        assert queries.country_name("XX") == "XX"
        assert queries.region_name("9999") == "9999"
        assert queries.occupation_name("9999") == "9999"

    def test_in_templates(self) -> None:
        page = Template(
            "{% load reference %}{{ 'KR'|country_name }}, {{ '3502'|region_name }},"
            " {{ 'HKD'|currency_name }}, {{ 'jv'|language_name }}, {{ ''|region_name }}."
        )
        with translation.override("id"):
            text = page.render(Context())
        assert text == "Korea Selatan, Kabupaten Ponorogo, Dolar Hong Kong, Jawa, ."

    def test_a_list_costs_one_query_and_then_none(self, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
        queries.forget()
        with django_assert_num_queries(1):
            assert len({queries.country_name(each.code) for each in queries.countries()}) > 240
        with django_assert_num_queries(0):
            queries.country_name("KR")


class TestNotLoaded:
    def test_an_empty_table_is_said_and_not_kept(self) -> None:
        queries.forget()
        with pytest.raises(NotLoaded, match="load_reference"):
            kept._filled({}, "reference_country")
        assert kept.countries()


class TestRegionForNikPrefix:
    def test_is_the_regency(self) -> None:
        found = queries.region_for_nik_prefix("350214")
        assert found is not None
        assert found.issued == found.today
        assert found.today.code == "3502"

    def test_a_retired_code_leads_to_where_the_place_belongs_now(self) -> None:
        found = queries.region_for_nik_prefix("910101")
        assert found is not None
        assert (found.issued.code, found.today.code) == ("9101", "9301")
        assert found.today.parent_id == "93"

    @pytest.mark.parametrize("digits", ["540101", "35", "99", "", "KR-1"])
    def test_an_unknown_code_is_a_question_not_a_guess(self, digits: str) -> None:
        assert queries.region_for_nik_prefix(digits) is None

    def test_every_retired_code_has_a_living_successor(self) -> None:
        assert len(queries.retired_codes()) == 26
        for code in queries.retired_codes():
            found = queries.region_for_nik_prefix(code)
            assert found is not None
            assert not found.today.is_retired


class TestRegions:
    def test_lists_leave_retired_codes_out(self) -> None:
        assert len(queries.provinces()) == 38
        assert len(queries.regencies()) == 514
        assert "9101" not in {each.code for each in queries.regencies("91")}

    @pytest.mark.parametrize(
        ("lat", "lon", "code"),
        [
            (25.0375, 121.5637, "TW-TPE"),
            (37.5665, 126.978, "KR-11"),
            (35.6895, 139.6917, "JP-13"),
            (24.7136, 46.6753, "SA-01"),
        ],
    )
    def test_a_point_has_its_region(self, lat: float, lon: float, code: str) -> None:
        found = queries.region_of(lat, lon)
        assert found is not None
        assert found.code == code

    def test_at_sea_and_at_home_there_is_none(self) -> None:
        assert queries.region_of(0.0, 0.0) is None
        assert queries.region_of(-6.2, 106.8) is None

    def test_a_beach_belongs_to_the_nearest_but_not_to_another_country(self) -> None:
        # Woodlands looks over the strait at Johor Bahru, a kilometre away.
        assert (
            getattr(queries.region_of(1.4655, 103.7578, country_code="MY"), "country_id", 0) == "MY"
        )
        assert queries.region_of(1.4655, 103.7578, country_code="KR") is None

    def test_cells_of_neighbours_are_apart_and_each_has_some(self) -> None:
        taken: set[int] = set()
        for region in queries.regions_of("SG"):
            cells = set(queries.cells_of_region(region.code))
            assert cells
            assert not cells & taken
            taken |= cells

    def test_a_region_without_polygon_has_no_cells(self) -> None:
        assert not queries.cells_of_region("3502")
        with pytest.raises(UnknownPlace):
            queries.cells_of_region("9999")


class TestPlaceLabel:
    def test_names_town_and_region(self) -> None:
        with translation.override("id"):
            label = queries.place_label(cell_of(23.99, 121.6))
        assert label == "Hualien City, Kabupaten Hualien"

    def test_at_sea_gives_rough_coordinates(self) -> None:
        assert "°" in queries.place_label(cell_of(0.0, 0.0))


class TestTimeZoneOf:
    @pytest.mark.parametrize(
        ("place", "zone"),
        [
            ("KR", "Asia/Seoul"),
            ("ID", "Asia/Jakarta"),
            ("52", "Asia/Makassar"),
            ("9371", "Asia/Jayapura"),
            ("6171", "Asia/Pontianak"),
            ("MY", "Asia/Kuala_Lumpur"),
            ("MY-12", "Asia/Kuching"),
        ],
    )
    def test_is_the_clock_there(self, place: str, zone: str) -> None:
        if place == "9371":
            place = queries.regencies("93")[0].code
        assert queries.time_zone_of(place).key == zone

    @pytest.mark.parametrize("place", ["XX", "FR"])
    def test_is_never_guessed(self, place: str) -> None:
        with pytest.raises(UnknownPlace):
            queries.time_zone_of(place)


class TestConvert:
    def test_uses_the_nearest_day_before_and_says_so(self) -> None:
        # 2026-10-31 and 11-01 are a weekend: the rate is Friday's.
        answer = queries.convert(money("1000", "EUR"), "IDR", date(2026, 11, 1))
        assert answer.money == money("20275170.00", "IDR")
        assert answer.rate_day == date(2026, 10, 30)
        assert answer.days_old == 2
        assert answer.sources == ("European Central Bank, daily reference rate",)

    def test_joins_two_currencies_through_the_euro(self) -> None:
        answer = queries.convert(money("4990", "HKD"), "IDR", date(2026, 10, 30))
        by_hand = Decimal(4990) / Decimal("8.7652") * Decimal("20275.17")
        assert abs(answer.exact - by_hand) < Decimal("0.0001")
        assert [leg.quote for leg in answer.legs] == ["HKD", "IDR"]

    def test_a_currency_the_bank_does_not_quote_comes_from_monthly_means(self) -> None:
        answer = queries.convert(money("29500", "TWD"), "IDR", date(2026, 7, 15))
        assert answer.legs[0].source == "fed"
        assert answer.rate_day == date(2026, 6, 30)

    def test_a_month_is_not_used_before_it_ended(self) -> None:
        answer = queries.convert(money("1", "USD"), "TWD", date(2026, 6, 29))
        assert answer.rate_day == date(2026, 5, 31)

    def test_fixed_rates_meet_at_the_dollar(self) -> None:
        answer = queries.convert(money("1500", "SAR"), "AED", date(2026, 1, 1))
        assert answer.money == money("1469.00", "AED")
        assert all(leg.is_fixed for leg in answer.legs)
        assert answer.days_old == 0

    def test_the_same_currency_needs_no_rate(self) -> None:
        answer = queries.convert(money("10", "IDR"), "IDR", date(1950, 1, 1))
        assert answer.legs == ()

    @pytest.mark.parametrize(
        ("base", "quote", "on"),
        [
            ("USD", "IDR", date(2005, 3, 31)),
            ("SAR", "KWD", date(2026, 1, 1)),
            ("XXX", "IDR", date(2026, 1, 1)),
            ("SAR", "USD", date(2009, 12, 31)),
        ],
    )
    def test_never_invents(self, base: str, quote: str, on: date) -> None:
        with pytest.raises(NoPublishedRate) as refusal:
            queries.convert(money("1", base), quote, on)
        assert refusal.value.problem()["type"] == "/problems/no-published-rate"

    def test_an_old_rate_can_be_refused(self) -> None:
        day = date(2027, 6, 1)
        assert queries.convert(money("1", "EUR"), "IDR", day).days_old > 200
        with pytest.raises(NoPublishedRate) as refusal:
            queries.convert(money("1", "EUR"), "IDR", day, no_older_than=timedelta(days=31))
        assert refusal.value.problem()["last"] == "2026-10-30"

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.sampled_from(["IDR", "KRW", "MYR", "SGD", "HKD", "JPY", "TWD", "SAR", "AED", "BND"]),
        st.sampled_from(["IDR", "KRW", "MYR", "SGD", "HKD", "JPY", "TWD", "SAR", "AED", "BND"]),
        st.dates(date(2010, 1, 1), date(2026, 11, 24)),
        st.decimals(1, 10**8, places=2),
    )
    def test_there_and_back_is_the_same_money(
        self, base: str, quote: str, on: date, amount: Decimal
    ) -> None:
        there = queries.convert(Money(amount, base), quote, on)
        back = queries.convert(Money(there.exact, quote), base, on)
        assert abs(back.exact - amount) < Decimal("0.000001")
        assert all(leg.day <= on for leg in there.legs)

    def test_a_page_of_amounts_costs_one_query(self, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
        queries.forget()
        with django_assert_num_queries(1):
            for amount in range(50):
                queries.convert(Money(Decimal(amount), "KRW"), "IDR", date(2026, 1, 5))


class TestFigures:
    def test_a_breakdown_is_by_that_alone(self) -> None:
        found = list(queries.figures("placements", area="ID", by="country", year=2024))
        assert found[0].dimensions == {"country": "HK"}
        assert all(set(each.dimensions) == {"country"} for each in found)

    def test_the_best_supported_figure_of_a_year(self) -> None:
        found = queries.figure("placements", area="ID", year=2024)
        assert found is not None
        assert found.value == 297434
        assert found.sources

    def test_nothing_published_is_none(self) -> None:
        assert queries.figure("placements", area="ID", year=1999) is None


class TestOpenTables:
    def test_are_all_tables_of_this_app(self) -> None:
        tables = {model._meta.db_table for model in apps.get_app_config("reference").get_models()}
        assert set(OPEN_TABLES) == tables
