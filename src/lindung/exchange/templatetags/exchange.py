"""Spans of time as people say them."""

from __future__ import annotations

from datetime import timedelta

from babel.dates import format_timedelta
from django import template
from django.utils.translation import get_language

register = template.Library()

MISSING = "–"


@register.filter
def span(value: timedelta | None) -> str:
    """``41 menit``, ``2 jam``; a dash where there is none."""
    if value is None:
        return MISSING
    locale = "en_GB" if (get_language() or "id").startswith("en") else "id"
    return format_timedelta(value, locale=locale, threshold=1.5)
