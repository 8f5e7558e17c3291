"""Where an event reaches: published areas, a radius, regions or cells, as hexagons of the register.

Read are GeoJSON (RFC 7946) polygons, and the intensity contours of a ShakeMap as the U.S. Geological
Survey publishes them (product file ``cont_mmi.json``: a FeatureCollection of MultiLineStrings, each
with ``value`` and ``units`` "mmi"; inside a contour it shook at least that much). What cannot be used is
refused feature by feature, with what to do; the rest stands.

A cell is *inside* when its middle lies in an area, and *maybe* when an area only touches it: somebody
whose place is known to 5 km² may be on either side of such an edge.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import cos, pi, radians
from typing import Any

from django.utils.translation import gettext_noop
from shapely import MultiPolygon, Polygon, is_valid, is_valid_reason
from shapely.errors import ShapelyError
from shapely.geometry import GeometryCollection, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from lindung.crisis.practice import practice
from lindung.kernel.places import (
    NoSuchPlace,
    cells_within,
    cells_within_km,
    centre_of,
    distance_km,
    from_text,
    ranges_of,
)
from lindung.kernel.refusals import Refusal

_MMI = {"mmi", "mi", "intensity"}
_HALF_TURN = 180.0
_DEGREE_KM = 111.2
_CELL_KM2 = 5.16
_WORDS = {
    "not_json": gettext_noop("Berkas ini bukan GeoJSON. Unduh lagi dari sumbernya."),
    "no_feature": gettext_noop("Bukan bidang GeoJSON (type Feature)."),
    "no_polygon": gettext_noop("Bukan poligon atau garis tertutup."),
    "open": gettext_noop(
        "Garisnya tidak tertutup; mungkin terpotong tepi peta. Pakai poligon atau radius."
    ),
    "crosses": gettext_noop("Batasnya memotong dirinya sendiri. Perbaiki di program peta."),
    "off_earth": gettext_noop("Titik di luar bumi: urutan bujur lalu lintang, dalam derajat."),
    "antimeridian": gettext_noop("Melintasi bujur 180: bagi menjadi dua poligon."),
    "no_value": gettext_noop("Tanpa nilai intensitas (value)."),
    "not_mmi": gettext_noop("Satuannya bukan intensitas MMI; pakai berkas cont_mmi.json."),
    "too_weak": gettext_noop("Di bawah intensitas yang dipilih: tidak dipakai."),
    "no_cell": gettext_noop("Bukan sel H3 resolusi 7."),
    "no_region": gettext_noop("Bukan wilayah yang kami kenal batasnya."),
    "too_large": gettext_noop("Terlalu luas. Naikkan intensitasnya, atau periksa satuannya."),
    "nothing": gettext_noop("Tidak ada satu pun bidang yang dapat dipakai."),
}
# A row that is left out by the officer's own choice is no fault of the file.
CHOSEN = {"too_weak"}


class NoFootprint(Refusal):
    """Nothing of what was given can be used as a footprint; says why, row by row."""

    status = 422
    slug = "no-footprint"
    title = "Wilayah kejadian tidak terbaca."
    advice = "Perbaiki yang disebut, atau pakai radius atau wilayah."


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a footprint.

    Attributes:
        label: as it is shown: ``MMI 6``, ``≤ 45 km``, the name of a region.
        level: intensity, where there is one; higher is worse.
        geometry: GeoJSON.
        touched: every cell that it touches. inside: those whose middle lies in it.
    """

    label: str
    level: Decimal | None
    geometry: Mapping[str, Any]
    touched: frozenset[int]
    inside: frozenset[int]


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers of cells from ``lo`` to ``hi``, each included."""

    lo: int
    hi: int
    level: Decimal | None
    inside: bool


@dataclass(slots=True)
class Footprint:
    """The areas, and the rows that were refused: their number from 1, and why by code."""

    areas: list[Area] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def cells(self) -> frozenset[int]:
        """Every cell of the footprint."""
        return frozenset[int]().union(*(each.touched for each in self.areas))

    def spans(self) -> list[Span]:
        """Each cell once, by its worst level and whether its middle lies inside, as spans."""
        return spans_of(self.areas)


def reason(code: str) -> str:
    """Why a row was refused, as a msgid."""
    return _WORDS[code]


def spans_of(areas: Iterable[Area]) -> list[Span]:
    """See :meth:`Footprint.spans`."""
    worst: dict[int, Decimal | None] = {}
    inside: set[int] = set()
    for area in areas:
        inside |= area.inside
        for cell in area.touched:
            known = worst.get(cell)
            if cell not in worst or (area.level is not None and (known or 0) < area.level):
                worst[cell] = area.level
    groups: dict[tuple[Decimal | None, bool], list[int]] = defaultdict(list)
    for cell, level in worst.items():
        groups[level, cell in inside].append(cell)
    return [
        Span(lo, hi, level, within)
        for (level, within), cells in groups.items()
        for lo, hi in ranges_of(cells)
    ]


def read_file(raw: bytes, *, least: int) -> Footprint:
    """A footprint from a published file: ShakeMap contours, or polygons with or without a level.

    Args:
        raw: GeoJSON, UTF-8.
        least: the intensity (MMI) from which on an area counts, where areas have one.
    Raises:
        NoFootprint: nothing in it can be used.
    """
    try:
        told = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise NoFootprint(rows=[(0, "not_json")]) from None
    made = Footprint()
    for number, row in enumerate(_features(told), 1):
        try:
            made.areas.append(_area(row, least=least))
        except _Wrong as wrong:
            made.refused.append((number, wrong.code))
    return _whole(made)


def around(lat: float, lon: float, km: float, *, level: Decimal | None = None) -> Footprint:
    """Everything within a radius in kilometres of a point in degrees.

    Raises:
        NoFootprint: no point, or a radius beyond what a footprint may have.
    """
    if pi * km**2 / _CELL_KM2 > practice().most_cells:
        raise NoFootprint(rows=[(0, "too_large")])
    try:
        touched = cells_within_km(lat, lon, km)
    except NoSuchPlace:
        raise NoFootprint(rows=[(0, "off_earth")]) from None
    inside = frozenset(
        cell for cell in touched if distance_km((lat, lon), centre_of(cell)) <= max(km, 0.1)
    )
    geometry = {"type": "Point", "coordinates": [lon, lat], "radius_km": km}
    return _whole(Footprint([Area(f"≤ {km:g} km", level, geometry, touched, inside)]))


def of_regions(regions: Iterable[tuple[str, str, Mapping[str, Any] | None]]) -> Footprint:
    """Whole regions, by code, name and GeoJSON geometry.

    Raises:
        NoFootprint: none has a geometry.
    """
    made = Footprint()
    for number, (_code, name, geometry) in enumerate(regions, 1):
        try:
            if not geometry:
                raise _Wrong("no_region")
            made.areas.append(_of_polygon(geometry, label=name, level=None))
        except _Wrong as wrong:
            made.refused.append((number, wrong.code))
    return _whole(made)


def of_cells(texts: Iterable[str]) -> Footprint:
    """Cells by their written form (fifteen hexadecimal digits), as maps hand them on.

    Raises:
        NoFootprint: none is a cell of ours.
    """
    made, cells = Footprint(), set()
    for number, text in enumerate(texts, 1):
        try:
            cells.add(int(from_text(text.strip())))
        except NoSuchPlace:
            made.refused.append((number, "no_cell"))
    if cells:
        # Drawn by hand: whoever ticked a cell meant all of it.
        whole = frozenset(cells)
        geometry = {"type": "Cells", "cells": sorted(cells)[:500]}
        made.areas.append(Area("H3", None, geometry, whole, whole))
    return _whole(made)


class _Wrong(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _whole(made: Footprint) -> Footprint:
    if not made.areas:
        raise NoFootprint(rows=made.refused or [(0, "nothing")])
    if len(made.cells) > practice().most_cells:
        raise NoFootprint(rows=[(0, "too_large")])
    return made


def _features(told: object) -> Iterator[object]:
    if not isinstance(told, Mapping):
        raise NoFootprint(rows=[(0, "not_json")])
    if told.get("type") == "FeatureCollection":
        rows = told.get("features")
        yield from rows if isinstance(rows, list) else ()
    elif told.get("type") == "Feature":
        yield told
    else:
        yield {"type": "Feature", "geometry": told, "properties": {}}


def _area(row: object, *, least: int) -> Area:
    if not isinstance(row, Mapping) or row.get("type") != "Feature":
        raise _Wrong("no_feature")
    geometry, said = row.get("geometry"), row.get("properties") or {}
    if not isinstance(geometry, Mapping) or not isinstance(said, Mapping):
        raise _Wrong("no_feature")
    lines = geometry.get("type") in {"LineString", "MultiLineString"}
    level = _level(said, needed=lines)
    if level is not None and level < least:
        raise _Wrong("too_weak")
    label = f"MMI {level.normalize():f}" if level is not None else str(said.get("name", ""))[:80]
    return _of_polygon(_closed(geometry) if lines else geometry, label=label, level=level)


def _level(said: Mapping[str, Any], *, needed: bool) -> Decimal | None:
    units = str(said.get("units", "mmi")).lower()
    value = said.get("value", said.get("mmi"))
    if value is None and not needed:
        return None
    if units not in _MMI:
        raise _Wrong("not_mmi")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 12:
        raise _Wrong("no_value")
    return Decimal(str(value)).quantize(Decimal("0.1"))


def _closed(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """The area inside contour lines of one level; a ring within a ring is a hole."""
    lines = geometry.get("coordinates")
    if geometry.get("type") == "LineString":
        lines = [lines]
    if not isinstance(lines, list) or not lines:
        raise _Wrong("no_polygon")
    inside: BaseGeometry = Polygon()
    for line in lines:
        if not isinstance(line, list) or len(line) < 4 or line[0] != line[-1]:
            raise _Wrong("open")
        inside = inside.symmetric_difference(_checked({"type": "Polygon", "coordinates": [line]}))
    found: dict[str, Any] = json.loads(json.dumps(mapping(inside)))
    return found


def _of_polygon(geometry: Mapping[str, Any], *, label: str, level: Decimal | None) -> Area:
    shaped = _checked(geometry)
    # Asked before it is cut into cells: a polygon around half the Earth would take hours.
    middle = cos(radians((shaped.bounds[1] + shaped.bounds[3]) / 2))
    if shaped.area * _DEGREE_KM**2 * max(middle, 0.2) / _CELL_KM2 > practice().most_cells * 1.5:
        raise _Wrong("too_large")
    plain: dict[str, Any] = json.loads(json.dumps(mapping(shaped)))
    try:
        return Area(label, level, plain, cells_within(plain), cells_within(plain, whole_cells=True))
    except NoSuchPlace:
        raise _Wrong("no_polygon") from None


def _checked(geometry: Mapping[str, Any]) -> BaseGeometry:
    try:
        shaped = shape(dict(geometry))
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise _Wrong("no_polygon") from None
    parts = list(shaped.geoms) if isinstance(shaped, GeometryCollection) else [shaped]
    if not parts or not all(isinstance(each, Polygon | MultiPolygon) for each in parts):
        raise _Wrong("no_polygon")
    if shaped.is_empty:
        raise _Wrong("no_polygon")
    _rings_closed(geometry)
    west, south, east, north = shaped.bounds
    if not (-_HALF_TURN <= west <= east <= _HALF_TURN and -90 <= south <= north <= 90):
        raise _Wrong("off_earth")
    if east - west > _HALF_TURN:
        raise _Wrong("antimeridian")
    for each in parts:
        if not is_valid(each):
            why = is_valid_reason(each)
            raise _Wrong("crosses" if "ntersect" in why else "no_polygon")
    return unary_union(parts)


def _rings_closed(geometry: Mapping[str, Any]) -> None:
    """RFC 7946 3.1.6: a ring ends where it begins. The library would close it, and hide a cut."""
    kind, told = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection":
        for part in geometry.get("geometries") or ():
            _rings_closed(part)
        return
    polygons: list[Any] = [told] if kind == "Polygon" else list(told or ())
    for polygon in polygons:
        for ring in polygon:
            if len(ring) < 4 or list(ring[0]) != list(ring[-1]):
                raise _Wrong("open")
