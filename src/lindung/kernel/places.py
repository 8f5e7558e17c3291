"""Places, coarse by design: hexagonal cells of about five square kilometres.

Where a person is, is kept as an H3 cell of resolution 7 (mean area 5.16 km², edge 1.4 km) and a
region code, never as a point. An index of H3 has its highest bit clear, so the same 64-bit number
is a valid signed ``bigint`` in PostgreSQL; no conversion stands between the two.

Degrees are WGS 84, latitude first where both are named. Polygons come as GeoJSON geometries
(longitude first), as the disaster feeds publish them.

Source: H3, a hexagonal hierarchical geospatial indexing system, https://h3geo.org (library ``h3``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil, isfinite
from typing import Any, NewType

from h3.api import basic_int as h3

Cell = NewType("Cell", int)

RESOLUTION = 7
# From a cell's centre to its farthest corner; the largest of 20,000 cells drawn over the globe
# measures 1.55 km.
REACH_KM = 1.6
# Each further ring of cells lies at least this much farther out: neighbouring centres are 1.75 km
# apart or more, and a ring's nearest side stands at 0.87 of that.
RING_KM = 1.4
# A larger footprint is a mistake in the units far more often than a disaster.
WIDEST_KM = 1_000.0
_HALF_TURN = 180.0
_QUARTER_TURN = 90.0


class NoSuchPlace(ValueError):
    """No point on Earth, no cell of ours, or no polygon. Holds no coordinates: logs may show it."""


def cell_of(lat: float, lon: float) -> Cell:
    """The cell that holds a point given in degrees.

    Raises:
        NoSuchPlace: a latitude beyond 90, a longitude beyond 180, or not a number.
    """
    _check_point(lat, lon)
    return Cell(h3.latlng_to_cell(lat, lon, RESOLUTION))


def checked(cell: int) -> Cell:
    """The same number, known to be one of our cells.

    Raises:
        NoSuchPlace: no H3 cell, or one of another resolution.
    """
    if not 0 < cell < 2**63 or not h3.is_valid_cell(cell):
        raise NoSuchPlace("Not a cell.")
    if h3.get_resolution(cell) != RESOLUTION:
        raise NoSuchPlace(f"Cells are kept at resolution {RESOLUTION}.")
    return Cell(cell)


def centre_of(cell: Cell) -> tuple[float, float]:
    """Latitude and longitude in degrees of the middle of a cell."""
    lat, lon = h3.cell_to_latlng(checked(cell))
    return lat, lon


def as_text(cell: Cell) -> str:
    """The usual written form of a cell: fifteen hexadecimal digits, as maps and files have it."""
    return str(h3.int_to_str(checked(cell)))


def from_text(text: str) -> Cell:
    """A cell from its written form.

    Raises:
        NoSuchPlace: anything else.
    """
    try:
        number = int(text, 16)
    except ValueError as wrong:
        raise NoSuchPlace("Not a cell.") from wrong
    return checked(number)


def coarse_label(cell: Cell) -> str:
    """Where a cell lies to a hundredth of a degree (about 1 km): ``24.01°N 121.60°E``.

    For places without a name; with the region tables at hand, name the region instead.
    """
    lat, lon = centre_of(cell)
    return f"{abs(lat):.2f}°{'N' if lat >= 0 else 'S'} {abs(lon):.2f}°{'E' if lon >= 0 else 'W'}"


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance in kilometres between two points in degrees, latitude first."""
    _check_point(*one)
    _check_point(*other)
    return float(h3.great_circle_distance(one, other, unit="km"))


def cells_within_km(lat: float, lon: float, km: float) -> frozenset[Cell]:
    """Every cell that comes within `km` of a point.

    Errs towards more: a cell counts when any part of it may be that near, so that nobody at the
    edge of a disaster is left off the list. At least the point's own cell, even for 0 km.

    Args:
        km: radius in kilometres, at most 1,000.
    Raises:
        NoSuchPlace: not a point, or a radius below 0 or above 1,000.
    """
    if not 0 <= km <= WIDEST_KM:
        raise NoSuchPlace(f"A radius is 0 to {WIDEST_KM:.0f} km.")
    middle = cell_of(lat, lon)
    limit = km + REACH_KM
    rings = ceil((km + 2 * REACH_KM) / RING_KM)
    point = (lat, lon)
    return frozenset(
        Cell(cell)
        for cell in h3.grid_disk(middle, rings)
        if cell == middle
        or h3.great_circle_distance(point, h3.cell_to_latlng(cell), unit="km") <= limit
    )


def cells_within(geometry: Mapping[str, Any], *, whole_cells: bool = False) -> frozenset[Cell]:
    """Cells of a GeoJSON Polygon, MultiPolygon, GeometryCollection of these, or Feature.

    Args:
        geometry: with positions ``[longitude, latitude]`` in degrees; further elements of a
            position (altitude) are ignored.
        whole_cells: False takes every cell the polygon touches: right for a footprint, nobody at
            its edge is missed. True takes cells whose centre lies inside: right for dividing land
            among regions, no cell is counted twice.
    Raises:
        NoSuchPlace: another kind of geometry, an open or too short ring, a point off the Earth.
    """
    contain = "center" if whole_cells else "overlap"
    found: set[int] = set()
    for rings in _polygons(geometry):
        shape = h3.LatLngPoly(*rings)
        found.update(h3.h3shape_to_cells_experimental(shape, RESOLUTION, contain=contain))
    return frozenset(Cell(cell) for cell in found)


def cells_of_regions(
    regions: Iterable[tuple[str, Mapping[str, Any]]],
) -> dict[str, frozenset[Cell]]:
    """The cells of each region from its code and GeoJSON geometry, each cell in one region only.

    A region smaller than a cell may hold no cell's centre; it then takes the cells it touches that
    no other region holds, so that every region has at least one cell where land allows it.
    """
    given = dict(regions)
    cells = {code: cells_within(shape, whole_cells=True) for code, shape in given.items()}
    taken = frozenset[Cell]().union(*cells.values())
    for code, shape in given.items():
        if not cells[code]:
            cells[code] = cells_within(shape) - taken
            taken |= cells[code]
    return cells


def joined(cells: Iterable[int]) -> list[int]:
    """The same land in fewer cells: seven that fill a larger one are that one, and so on."""
    return [int(cell) for cell in h3.compact_cells(set(cells))]


def ranges_of(cells: Iterable[int]) -> list[tuple[int, int]]:
    """The cells as spans of numbers, each end included, so that an index on the number finds them.

    Seven cells that fill a larger one become one span of it, and so on. Cells are numbered so that
    all that lie in a larger cell stand in one span, and no other cell of our resolution with them.
    """
    found = []
    for cell in joined(cells):
        coarse = h3.get_resolution(cell)
        first = h3.cell_to_center_child(cell, RESOLUTION) if coarse < RESOLUTION else cell
        # Three bits a digit, the digit of resolution 15 the lowest; six is the last child.
        last = first
        for resolution in range(coarse + 1, RESOLUTION + 1):
            last += 6 << 3 * (15 - resolution)
        found.append((int(first), int(last)))
    return sorted(found)


def _check_point(lat: float, lon: float) -> None:
    if not (isfinite(lat) and isfinite(lon)):
        raise NoSuchPlace("A point needs two numbers.")
    if abs(lat) > _QUARTER_TURN or abs(lon) > _HALF_TURN:
        raise NoSuchPlace("Latitude goes to 90 degrees, longitude to 180.")


def _polygons(geometry: Mapping[str, Any]) -> Iterator[list[list[tuple[float, float]]]]:
    match geometry.get("type"):
        case "Feature" if isinstance(geometry.get("geometry"), Mapping):
            yield from _polygons(geometry["geometry"])
        case "GeometryCollection":
            for part in geometry.get("geometries", ()):
                yield from _polygons(part)
        case "Polygon":
            yield _rings(geometry.get("coordinates"))
        case "MultiPolygon":
            for part in geometry.get("coordinates") or ():
                yield _rings(part)
        case _:
            raise NoSuchPlace("A footprint is a polygon or several.")


def _rings(coordinates: object) -> list[list[tuple[float, float]]]:
    """Rings as H3 takes them: latitude first, the closing point left off."""
    if not isinstance(coordinates, Sequence) or not coordinates:
        raise NoSuchPlace("A polygon has at least one ring.")
    rings = []
    for ring in coordinates:
        try:
            points = [(float(position[1]), float(position[0])) for position in ring]
        except (TypeError, ValueError, IndexError, KeyError) as wrong:
            raise NoSuchPlace("A ring is a list of longitude and latitude.") from wrong
        if len(points) < 4 or points[0] != points[-1]:
            raise NoSuchPlace("A ring has four or more points and ends where it begins.")
        for point in points:
            _check_point(*point)
        rings.append(points[:-1])
    return rings


def wider(cell: int, resolution: int) -> int:
    """The larger cell around one, at a coarser H3 resolution (0 to 7)."""
    return int(h3.cell_to_parent(cell, resolution))


def outline_of(cell: int) -> list[tuple[float, float]]:
    """The corners of a cell of any resolution in degrees, latitude first."""
    return [(lat, lon) for lat, lon in h3.cell_to_boundary(cell)]
