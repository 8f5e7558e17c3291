"""Countries, regions, towns and their clocks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lindung.kernel.places import Cell, centre_of, coarse_label, distance_km
from lindung.kernel.refusals import NotFound
from lindung.reference.models import Country, Region, Town
from lindung.reference.queries import kept
from lindung.reference.queries.words import in_language

# Provinces and regencies are the origin's; the digits of their codes tell them from other regions.
_PROVINCE_DIGITS = 2
_REGENCY_DIGITS = 4
# A town farther off than this says little about where a cell lies.
_NEAR_KM = 25.0


class UnknownPlace(NotFound):
    """No such country or region, or one whose clock we do not hold."""

    slug = "unknown-place"
    title = "Negara atau wilayah ini tidak dikenal."
    advice = "Pilih dari daftar yang tersedia."


@dataclass(frozen=True, slots=True)
class NikRegion:
    """The region inside an identity number.

    Attributes:
        issued: as it was when the number was given; may be retired.
        today: where that place belongs now; the same region when nothing changed.
    """

    issued: Region
    today: Region


def countries() -> tuple[Country, ...]:
    """All countries, by their name in the active language."""
    return tuple(sorted(kept.countries().values(), key=lambda each: in_language(each.names)))


def country(code: str) -> Country:
    """By alpha-2 code.

    Raises:
        UnknownPlace: no such country.
    """
    try:
        return kept.countries()[code]
    except KeyError:
        raise UnknownPlace(country=code) from None


def is_country(code: str) -> bool:
    """Whether a two-letter code is a country's."""
    return code in kept.countries()


def country_name(code: str, language: str | None = None) -> str:
    """In the active language, or `language`; the code itself for one we do not know."""
    found = kept.countries().get(code)
    return in_language(found.names, language) if found else code


def region(code: str) -> Region:
    """By code, retired ones too; its polygon is fetched when read.

    Raises:
        UnknownPlace: no such region.
    """
    try:
        return kept.regions()[code]
    except KeyError:
        raise UnknownPlace(region=code) from None


def region_name(code: str, language: str | None = None) -> str:
    """In the active language, or `language`; the code itself for one we do not know."""
    found = kept.regions().get(code)
    return in_language(found.names, language) if found else code


def regions_of(country_code: str, *, level: int = 1) -> tuple[Region, ...]:
    """Regions in use of a country, by name in the active language."""
    return _by_name(
        each
        for each in kept.regions().values()
        if each.country_id == country_code and each.level == level and not each.is_retired
    )


def provinces() -> tuple[Region, ...]:
    """The provinces of the origin, by name."""
    return _by_name(
        each
        for each in kept.regions().values()
        if len(each.code) == _PROVINCE_DIGITS and each.code.isdigit()
    )


def regencies(province: str | None = None) -> tuple[Region, ...]:
    """Regencies and cities in use, of one province or all, by name."""
    return _by_name(
        each
        for each in kept.regions().values()
        if each.level == 2
        and not each.is_retired
        and (province is None or each.parent_id == province)
    )


def retired_codes() -> frozenset[str]:
    """Codes of regencies that are no longer given but stay inside identity numbers."""
    return frozenset(code for code, each in kept.regions().items() if each.is_retired)


def region_for_nik_prefix(digits: str) -> NikRegion | None:
    """The regency or city in the first four digits of a NIK; the rest is ignored.

    None for a code we do not know: a divided regency or the former East Timor, say. That is a
    question for an officer, never a reason to turn somebody away.
    """
    issued = kept.regions().get(digits[:_REGENCY_DIGITS])
    if issued is None or issued.level != 2:
        return None
    today = kept.regions()[issued.successor_id] if issued.successor_id else issued
    return NikRegion(issued, today)


def region_of(lat: float, lon: float, *, country_code: str | None = None) -> Region | None:
    """The destination region that holds a point in degrees; within 5 km of a coast, the nearest.

    None at sea, and in countries whose polygons we do not hold, the origin among them. An address
    knows better than a point near a border: simplified lines are off by up to a kilometre or two.

    Args:
        country_code: look in this country only.
    """
    code = kept.shapes().at(lat, lon, country=country_code)
    return kept.regions()[code] if code else None


def time_zone_of(place: str) -> ZoneInfo:
    """The clock of a region, or of a country at its capital.

    Args:
        place: a region's code, or a country's alpha-2 code.
    Raises:
        UnknownPlace: no such place, or a country whose clock we do not hold.
    """
    if place in kept.regions():
        return ZoneInfo(kept.regions()[place].time_zone)
    zones = country(place).time_zones
    if not zones:
        raise UnknownPlace(country=place)
    return ZoneInfo(zones[0])


def towns_of(country_code: str, *, region_code: str | None = None) -> tuple[Town, ...]:
    """Towns of more than 15,000 people, the largest first."""
    found = kept.towns().get(country_code, ())
    return tuple(each for each in found if region_code in (None, each.region_id))


def cells_of_region(code: str) -> Collection[Cell]:
    """The cells of a region that has a polygon, each cell in one region of the country only.

    Empty where we hold no polygon. The first call for a large country takes some seconds.

    Raises:
        UnknownPlace: no such region.
    """
    return kept.cells(region(code).country_id).get(code, frozenset())


def place_label(cell: Cell, *, country_code: str | None = None) -> str:
    """Where a cell lies, in words: ``Hualien, Kabupaten Hualien``; else its rough coordinates.

    Names the nearest town within 25 km and the region; never finer than the cell.
    """
    point = centre_of(cell)
    where = region_of(*point, country_code=country_code)
    if where is None:
        return coarse_label(cell)
    name = in_language(where.names)
    ranked = (
        (distance_km(point, (each.lat, each.lon)), each) for each in towns_of(where.country_id)
    )
    near, town = min(ranked, key=lambda pair: pair[0], default=(_NEAR_KM, None))
    if town is None or near >= _NEAR_KM or town.name == name:
        return name
    return f"{town.name}, {name}"


def _by_name(regions: Iterable[Region]) -> tuple[Region, ...]:
    return tuple(sorted(regions, key=lambda each: (in_language(each.names), each.code)))
