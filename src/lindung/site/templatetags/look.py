"""``{% load look %}``: the rail, languages on offer, clocks and initials for templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context

from lindung.site import translations
from lindung.site.look import PLACES, ClockFace, answered, clock_face, days_ago, is_current

register = template.Library()


@register.simple_tag(takes_context=True)
def rail(context: Context) -> list[dict[str, Any]]:
    """Places of the rail for whoever is signed in, each with its count where the view gave one.

    A view or middleware puts counts on ``request.rail_counts`` as ``{path: number}``.
    """
    request = context.get("request")
    path = request.path if request else ""
    counts = getattr(request, "rail_counts", {})
    actor = getattr(request, "actor", None)
    kind = str(actor.kind) if actor else ""
    return [
        {
            "path": place.path,
            "label": place.label,
            "key": place.key,
            "current": is_current(place, path),
            "count": counts.get(place.path),
        }
        for place in PLACES
        if answered(place.path) and (not place.kinds or not kind or kind in place.kinds)
    ]


@register.simple_tag
def languages_offered(pages: str = "public") -> list[translations.Offer]:
    """Languages complete on these pages: ``phone``, ``public`` or ``desk``."""
    return translations.offered_languages(pages)


@register.simple_tag
def is_demo() -> bool:
    """True when the people on these pages are made up."""
    return bool(getattr(settings, "DEMO", False))


@register.filter
def clock(days: int) -> ClockFace:
    """Face of a clock due in so many whole days (negative: past)."""
    return clock_face(int(days))


@register.filter
def ago(days: int) -> str:
    """So many whole days ago, in words."""
    return days_ago(int(days))


@register.filter
def initials(name: str) -> str:
    """First letters of the first two words; one letter for a single name."""
    return "".join(word[0] for word in str(name).split()[:2]).upper()


@register.filter
def is_answered(path: str) -> bool:
    """True where a page answers this path, so that no link leads nowhere."""
    return answered(path)


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, split at blanks."""
    return str(text).split()


@register.filter
def icon_path(name: str) -> str:
    """Template of a drawn icon."""
    return f"icons/{name}.svg"
