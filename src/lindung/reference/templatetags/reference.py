"""``{% load reference %}``: codes as names, in the language of the page."""

from __future__ import annotations

from django import template

from lindung.reference import queries

register = template.Library()


@register.filter
def country_name(code: str | None) -> str:
    """``Korea Selatan`` for ``KR``; empty for nothing."""
    return queries.country_name(code) if code else ""


@register.filter
def region_name(code: str | None) -> str:
    """``Kabupaten Ponorogo`` for ``3502``; empty for nothing."""
    return queries.region_name(code) if code else ""


@register.filter
def currency_name(code: str | None) -> str:
    """``Dolar Hong Kong`` for ``HKD``; empty for nothing. Amounts: the filter ``money``."""
    return queries.currency_name(code) if code else ""


@register.filter
def language_name(code: str | None) -> str:
    """``Jawa`` for ``jv`` or ``jav``; empty for nothing."""
    return queries.language_name(code) if code else ""


@register.filter
def occupation_name(code: str | None) -> str:
    """Title of an ISCO-08 group; empty for nothing."""
    return queries.occupation_name(code) if code else ""
