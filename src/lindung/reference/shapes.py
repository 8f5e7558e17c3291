"""Which region's polygon holds a point.

The polygons are simplified to about a kilometre, so a harbour or a beach may lie just outside every
one of them; a point within a twentieth of a degree (5 km) of the coast belongs to the nearest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from shapely import STRtree
from shapely.geometry import MultiPolygon, Point, Polygon, shape
from shapely.geometry import box as bounds

COAST_DEGREES = 0.05


class Shapes:
    """An index over the polygons of regions.

    Args:
        regions: code, country's code and GeoJSON geometry of each.
    """

    def __init__(self, regions: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
        known = list(regions)
        self._codes = [code for code, _, _ in known]
        self._countries = [country for _, country, _ in known]
        self._polygons = [shape(dict(geometry)) for _, _, geometry in known]
        self._tree = STRtree(self._polygons)

    def at(self, lat: float, lon: float, *, country: str | None = None) -> str | None:
        """The code of the region at a point in degrees, or None at sea and elsewhere.

        Where simplified borders overlap, the smaller region wins: a city inside its province.

        Args:
            country: look among this country's regions only; the better known fact corrects the
                worse known one near a border.
        """
        point = Point(lon, lat)
        near = [
            int(index)
            for index in self._tree.query(point, predicate="dwithin", distance=COAST_DEGREES)
            if country is None or self._countries[index] == country
        ]
        if not near:
            return None
        best = min(
            near,
            key=lambda index: (
                self._polygons[index].distance(point),
                self._polygons[index].area,
                self._codes[index],
            ),
        )
        return self._codes[best]

    def touching(self, rings: Iterable[Sequence[tuple[float, float]]]) -> set[str]:
        """Codes of the regions that any of these polygons touches.

        Args:
            rings: outlines, longitude first.
        """
        found: set[str] = set()
        for ring in rings:
            polygon = Polygon(ring)
            for index in self._tree.query(polygon, predicate="intersects"):
                found.add(self._codes[int(index)])
        return found

    def within(self, box: tuple[float, float, float, float]) -> Iterator[list[tuple[float, float]]]:
        """Outlines of regions that touch a box, longitude first, for a picture's ground.

        Args:
            box: west, south, east, north, in degrees.
        """
        for index in self._tree.query(bounds(*box)):
            found = self._polygons[int(index)]
            for part in found.geoms if isinstance(found, MultiPolygon) else (found,):
                if isinstance(part, Polygon):
                    yield [(point[0], point[1]) for point in part.exterior.coords]
