"""Amounts, days and shares as the reader of the page writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from lindung.kernel.money import Money
from lindung.site.templatetags import formats

NINE = datetime(2026, 11, 24, 2, 31, 59, tzinfo=UTC)


def plain(text: str) -> str:
    """Spaces that may not break, and marks of direction, as a reader sees them."""
    return text.replace("\xa0", " ").replace("\u202f", " ").replace("\u200f", "")


@pytest.mark.parametrize(
    ("language", "amount", "currency", "shown"),
    [
        ("id", "4870000", "IDR", "Rp4.870.000"),
        ("id", "4870.5", "HKD", "HK$4.870,50"),
        ("id", "4990.00", "HKD", "HK$4.990"),
        ("en", "4990", "HKD", "HK$4,990"),
        ("en", "4870.555", "HKD", "HK$4,870.56"),
        ("id", "1500.4", "KRW", "₩1.500"),
        ("id", "-12", "HKD", "-HK$12"),
        ("id", "1.2345", "BHD", "BHD 1,235"),
    ],
)
def test_money(language: str, amount: str, currency: str, shown: str) -> None:
    with translation.override(language):
        written = plain(formats.money(Money(Decimal(amount), currency)))
    assert written.replace("BHD ", "BHD") == shown.replace("BHD ", "BHD")


def test_money_in_columns_keeps_its_decimals() -> None:
    with translation.override("id"):
        assert formats.money(Money(Decimal(3), "HKD"), "full") == "HK$3,00"


@pytest.mark.parametrize(
    ("language", "value", "decimals", "shown"),
    [
        ("id", 12345, None, "12.345"),
        ("en", 12345, None, "12,345"),
        ("id", Decimal("1.5"), 2, "1,50"),
        ("id", 12345.6, 0, "12.346"),
    ],
)
def test_number(language: str, value: float, decimals: int | None, shown: str) -> None:
    with translation.override(language):
        assert formats.number(value, decimals) == shown


def test_percent() -> None:
    with translation.override("id"):
        assert plain(formats.percent(0.826)) == "83%"
        assert plain(formats.percent(Decimal("0.826"), 1)) == "82,6%"


def test_day() -> None:
    with translation.override("id"):
        assert formats.day(date(2026, 8, 17)) == "17 Agu 2026"
        assert formats.day(date(2026, 8, 17), "full") == "Senin, 17 Agustus 2026"
    with translation.override("en"):
        assert formats.day(date(2026, 8, 17)) == "17 Aug 2026"


def test_an_instant_is_told_on_the_clock_of_the_reader() -> None:
    with translation.override("id"), timezone.override(ZoneInfo("Asia/Jakarta")):
        assert formats.instant(NINE) == "24 Nov 2026 09.31 WIB"
    with translation.override("en"), timezone.override(ZoneInfo("Asia/Riyadh")):
        assert formats.instant(NINE) == "24 Nov 2026 05:31 UTC+03:00"


def test_the_day_of_an_instant_is_the_readers() -> None:
    late = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    with translation.override("id"), timezone.override(ZoneInfo("Asia/Seoul")):
        assert formats.day(late) == "25 Nov 2026"


@pytest.mark.parametrize(
    "write", [formats.money, formats.number, formats.percent, formats.day, formats.instant]
)
def test_nothing_is_a_dash_and_a_wrong_type_an_error(write) -> None:  # type: ignore[no-untyped-def]
    assert write(None) == formats.MISSING
    with pytest.raises(TypeError):
        write("12")
    with pytest.raises(TypeError):
        write(True)


def test_every_offered_language_has_a_way_of_writing() -> None:
    for language in ("id", "en", "jv", "ko", "zh-hant", "ar", "xx"):
        with translation.override(language if language != "xx" else None):
            assert formats.number(1234)
            assert formats.day(date(2026, 11, 24))


def test_in_templates() -> None:
    page = Template(
        "{% load formats %}{{ wage|money }} · {{ share|percent:1 }} · {{ on|day:'long' }}"
    )
    context = {"wage": Money(Decimal(4990), "HKD"), "share": 0.5, "on": date(2026, 11, 24)}
    with translation.override("id"):
        assert plain(page.render(Context(context))) == "HK$4.990 · 50,0% · 24 November 2026"
