"""Numbers, money, days and shares as people of the page's language write them, by Babel.

The active language decides: ``4.870,50`` in Indonesian, ``4,870.50`` in English. A value that is
missing is shown as a dash, never as zero. Values of another type are a mistake in the template and
raise ``TypeError``.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, format_percent
from django import template
from django.utils import timezone
from django.utils.translation import get_language

from lindung.kernel.money import Money

register = template.Library()

MISSING = "–"
SOURCE_LANGUAGE = "id"
# English as written in Asia: day before month, 24 hours.
LOCALES = {"en": "en_GB"}
Amount = int | float | Decimal


@register.filter
def money(value: Money | None, decimals: str = "") -> str:
    """``Rp4.870.000``, ``HK$4.990``: without decimals for a whole amount.

    Args:
        decimals: ``"full"`` writes the currency's decimals even for a whole amount, for columns.
    """
    if value is None:
        return MISSING
    if not isinstance(value, Money):
        raise TypeError(f"money formats Money, not {type(value).__name__}")
    locale = _locale()
    shown = value.rounded()
    whole = decimals != "full" and shown.amount == shown.amount.to_integral_value()
    if not whole:
        return format_currency(shown.amount, shown.currency, locale=locale)
    pattern = re.sub(r"\.0+", "", locale.currency_formats["standard"].pattern)
    return format_currency(
        shown.amount, shown.currency, pattern, locale=locale, currency_digits=False
    )


@register.filter
def number(value: Amount | None, decimals: int | None = None) -> str:
    """``12.345``; with `decimals`, exactly so many, and at most three without."""
    if value is None:
        return MISSING
    _check_number(value)
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, pattern, locale=_locale())


@register.filter
def percent(value: Amount | None, decimals: int = 0) -> str:
    """A share as a percentage: 0.826 is ``83%``, and ``82,6%`` with one decimal."""
    if value is None:
        return MISSING
    _check_number(value)
    pattern = _locale().percent_formats[None].pattern
    if decimals:
        pattern = re.sub(r"#,##0", "#,##0." + "0" * decimals, pattern)
    return format_percent(value, pattern, locale=_locale())


@register.filter
def day(value: date | None, style: str = "medium") -> str:
    """A day: ``24 Nov 2026``. An instant is taken at the active time zone.

    Args:
        style: ``short``, ``medium``, ``long`` or ``full`` (with the day of the week).
    """
    if value is None:
        return MISSING
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    elif not isinstance(value, date):
        raise TypeError(f"day formats dates, not {type(value).__name__}")
    return format_date(value, style, locale=_locale())


@register.filter
def month(value: date | None) -> str:
    """A month: ``Oktober 2026``."""
    return MISSING if value is None else format_date(value, "LLLL y", locale=_locale())


@register.filter
def instant(value: datetime | None, style: str = "medium") -> str:
    """An instant in the active time zone, to the minute: ``24 Nov 2026 09.31 WIB``."""
    if value is None:
        return MISSING
    if not isinstance(value, datetime):
        raise TypeError(f"instant formats instants, not {type(value).__name__}")
    here = timezone.localtime(value)
    locale = _locale()
    return " ".join(
        (
            format_date(here, style, locale=locale),
            format_time(here, "short", locale=locale),
            _zone(here),
        )
    )


def _zone(value: datetime) -> str:
    """The zone as people there call it, else its distance from UTC: ``KST``, ``UTC+08:00``."""
    name = value.tzname() or ""
    if name.isalpha():
        return name
    offset = value.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:]}"


def _check_number(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError(f"a number is needed, not {type(value).__name__}")


def _locale() -> Locale:
    return _locale_of(get_language() or SOURCE_LANGUAGE)


@cache
def _locale_of(language: str) -> Locale:
    """Babel's locale; the source language's for a language Babel holds no data of."""
    try:
        return Locale.parse(LOCALES.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE_LANGUAGE)
