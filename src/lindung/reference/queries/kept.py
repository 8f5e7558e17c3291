"""Small tables kept in the process after the first look."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TypeVar

from django.db.models import QuerySet

from lindung.kernel.places import Cell, cells_of_regions
from lindung.reference.models import Country, Currency, Language, Occupation, Region, Town
from lindung.reference.shapes import Shapes

M = TypeVar("M")


class NotLoaded(RuntimeError):
    """A reference table is empty: ``manage.py load_reference`` fills it. Never kept."""


def _filled(rows: dict[str, M], table: str) -> dict[str, M]:
    if not rows:
        raise NotLoaded(f"{table} is empty; run `manage.py load_reference`.")
    return rows


@cache
def countries() -> dict[str, Country]:
    """By ISO 3166-1 alpha-2 code."""
    return _filled({each.code: each for each in Country.objects.all()}, "reference_country")


@cache
def currencies() -> dict[str, Currency]:
    """By ISO 4217 code."""
    return _filled({each.code: each for each in Currency.objects.all()}, "reference_currency")


@cache
def languages() -> dict[str, Language]:
    """By ISO 639-3 code, and by the two-letter code where there is one."""
    known = list(Language.objects.all())
    return _filled(
        {each.alpha2: each for each in known if each.alpha2} | {each.code: each for each in known},
        "reference_language",
    )


@cache
def occupations() -> dict[str, Occupation]:
    """By ISCO-08 code, in the order of the codes; without definitions."""
    known = Occupation.objects.defer("definition").order_by("code")
    return _filled({each.code: each for each in known}, "reference_occupation")


@cache
def regions() -> dict[str, Region]:
    """By code, in the order of the codes; without polygons."""
    return _filled({each.code: each for each in _regions()}, "reference_region")


@cache
def shapes() -> Shapes:
    """The polygons of the regions, for finding the one that holds a point."""
    drawn = Region.objects.filter(polygon__isnull=False).order_by("code")
    found = list(drawn.values_list("code", "country_id", "polygon"))
    if not found:
        raise NotLoaded("reference_region has no polygons; run `manage.py load_reference`.")
    return Shapes(found)


@cache
def towns() -> dict[str, tuple[Town, ...]]:
    """By country, the largest first."""
    found: dict[str, list[Town]] = {}
    for town in Town.objects.order_by("-population", "geonames_id"):
        found.setdefault(town.country_id, []).append(town)
    return _filled({code: tuple(them) for code, them in found.items()}, "reference_town")


@lru_cache(maxsize=32)
def cells(country: str) -> dict[str, frozenset[Cell]]:
    """The cells of each region that has a polygon; some seconds for a large country."""
    drawn = Region.objects.filter(country_id=country, polygon__isnull=False).order_by("code")
    return cells_of_regions(
        (code, polygon) for code, polygon in drawn.values_list("code", "polygon") if polygon
    )


def _regions() -> QuerySet[Region]:
    return Region.objects.defer("polygon").order_by("code")
