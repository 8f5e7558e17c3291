"""Places: a point's cell, a footprint's cells, and nobody left off at the edge."""

from __future__ import annotations

from math import asin, atan2, cos, degrees, radians, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lindung.kernel import places
from lindung.kernel.places import NoSuchPlace

HUALIEN = (23.99, 121.60)

latitudes = st.floats(-89.9, 89.9)
longitudes = st.floats(-179.9, 179.9)


def box(lat: float, lon: float, half: float) -> dict[str, object]:
    west, east, south, north = lon - half, lon + half, lat - half, lat + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def moved(lat: float, lon: float, km: float, bearing: float) -> tuple[float, float]:
    """The point `km` away on a sphere of H3's radius, for small distances off the poles."""
    turn = km / 6371.007180918475
    north = sin(radians(lat)) * cos(turn) + cos(radians(lat)) * sin(turn) * cos(radians(bearing))
    there = asin(north)
    east = atan2(
        sin(radians(bearing)) * sin(turn) * cos(radians(lat)),
        cos(turn) - sin(radians(lat)) * sin(there),
    )
    return degrees(there), (lon + degrees(east) + 540) % 360 - 180


class TestCellOf:
    def test_is_the_published_index_of_a_known_point(self) -> None:
        # The example of H3's own documentation (San Francisco), at our resolution.
        cell = places.cell_of(37.775938728915946, -122.41795063018799)
        assert places.as_text(cell) == "872830828ffffff"

    @given(latitudes, longitudes)
    def test_fits_a_signed_bigint_and_survives_its_written_form(
        self, lat: float, lon: float
    ) -> None:
        cell = places.cell_of(lat, lon)
        assert 0 < cell < 2**63
        assert places.checked(cell) == cell
        assert places.from_text(places.as_text(cell)) == cell

    @given(latitudes, longitudes)
    def test_lies_within_reach_of_its_centre(self, lat: float, lon: float) -> None:
        cell = places.cell_of(lat, lon)
        assert places.distance_km((lat, lon), places.centre_of(cell)) <= places.REACH_KM
        assert places.cell_of(*places.centre_of(cell)) == cell

    @pytest.mark.parametrize(
        ("lat", "lon"),
        [(90.1, 0.0), (0.0, 180.1), (float("nan"), 0.0), (0.0, float("inf")), (121.6, 23.99)],
    )
    def test_refuses_what_is_no_point(self, lat: float, lon: float) -> None:
        with pytest.raises(NoSuchPlace):
            places.cell_of(lat, lon)

    def test_a_refusal_names_no_coordinates(self) -> None:
        with pytest.raises(NoSuchPlace) as refusal:
            places.cell_of(121.6543, 23.99)
        assert "121" not in str(refusal.value)


class TestChecked:
    @pytest.mark.parametrize("number", [0, -1, 2**63, 2**64 - 1, 1, 123456789])
    def test_refuses_other_numbers(self, number: int) -> None:
        with pytest.raises(NoSuchPlace):
            places.checked(number)

    def test_refuses_a_finer_cell(self) -> None:
        with pytest.raises(NoSuchPlace, match="resolution 7"):
            places.from_text("8928308280fffff")

    @pytest.mark.parametrize("text", ["", "zz", "872830828ffffff0"])
    def test_refuses_other_texts(self, text: str) -> None:
        with pytest.raises(NoSuchPlace):
            places.from_text(text)


class TestCoarseLabel:
    def test_is_no_finer_than_a_kilometre(self) -> None:
        assert places.coarse_label(places.cell_of(*HUALIEN)) == "23.98°N 121.60°E"

    def test_names_the_other_hemispheres(self) -> None:
        label = places.coarse_label(places.cell_of(-7.87, -46.5))
        assert "S" in label
        assert "W" in label


class TestCellsWithinKm:
    def test_is_the_own_cell_at_least(self) -> None:
        assert places.cell_of(*HUALIEN) in places.cells_within_km(*HUALIEN, 0)

    def test_has_the_area_of_the_circle_and_its_rim(self) -> None:
        cells = places.cells_within_km(*HUALIEN, 50)
        inner = 3.14159 * 50**2 / 5.16
        assert inner * 0.85 < len(cells) < inner * 1.4

    @settings(max_examples=60, deadline=None)
    @given(st.floats(-75, 75), longitudes, st.floats(0, 30), st.floats(0, 360), st.floats(0, 1))
    def test_leaves_nobody_off(
        self, lat: float, lon: float, km: float, bearing: float, share: float
    ) -> None:
        cells = places.cells_within_km(lat, lon, km)
        assert places.cell_of(*moved(lat, lon, km * share, bearing)) in cells

    @settings(max_examples=30, deadline=None)
    @given(st.floats(-75, 75), longitudes, st.floats(0, 20))
    def test_takes_nobody_far_outside(self, lat: float, lon: float, km: float) -> None:
        for cell in places.cells_within_km(lat, lon, km):
            away = places.distance_km((lat, lon), places.centre_of(cell))
            assert away <= km + places.REACH_KM

    @pytest.mark.parametrize("km", [-0.1, 1000.1, float("nan")])
    def test_refuses_a_radius_that_is_a_mistake(self, km: float) -> None:
        with pytest.raises(NoSuchPlace):
            places.cells_within_km(*HUALIEN, km)


class TestCellsWithin:
    @settings(max_examples=60, deadline=None)
    @given(
        st.floats(-60, 60),
        st.floats(-170, 170),
        st.floats(0.001, 0.2),
        st.floats(-0.98, 0.98),
        st.floats(-0.98, 0.98),
    )
    def test_a_footprint_leaves_nobody_off(
        self, lat: float, lon: float, half: float, up: float, right: float
    ) -> None:
        cells = places.cells_within(box(lat, lon, half))
        assert places.cell_of(lat + up * half, lon + right * half) in cells

    @settings(max_examples=30, deadline=None)
    @given(st.floats(-60, 60), st.floats(-170, 170), st.floats(0.05, 0.2))
    def test_dividing_land_counts_no_cell_twice(self, lat: float, lon: float, half: float) -> None:
        left = places.cells_within(box(lat, lon - half, half), whole_cells=True)
        right = places.cells_within(box(lat, lon + half, half), whole_cells=True)
        assert left
        assert not left & right
        assert left <= places.cells_within(box(lat, lon - half, half))

    def test_a_hole_is_left_out(self) -> None:
        outer = box(24.0, 121.0, 0.3)["coordinates"]
        hole = box(24.0, 121.0, 0.1)["coordinates"]
        ringed = {"type": "Polygon", "coordinates": [*outer, *hole]}  # type: ignore[misc]
        assert places.cell_of(24.0, 121.0) not in places.cells_within(ringed)
        assert places.cell_of(24.2, 121.2) in places.cells_within(ringed)

    def test_several_parts_are_one_footprint(self) -> None:
        one, two = box(24.0, 121.0, 0.05), box(35.0, 135.0, 0.05)
        both = {"type": "MultiPolygon", "coordinates": [one["coordinates"], two["coordinates"]]}
        together = places.cells_within(one) | places.cells_within(two)
        assert places.cells_within(both) == together
        assert places.cells_within({"type": "Feature", "geometry": both}) == together
        collection = {"type": "GeometryCollection", "geometries": [one, two]}
        assert places.cells_within(collection) == together

    @pytest.mark.parametrize(
        "shape",
        [
            {},
            {"type": "Point", "coordinates": [121, 24]},
            {"type": "Feature", "geometry": None},
            {"type": "Polygon", "coordinates": []},
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]},
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 99], [0, 0]]]},
            {"type": "Polygon", "coordinates": [["a", "b", "c", "a"]]},
        ],
    )
    def test_refuses_what_is_no_polygon(self, shape: dict[str, object]) -> None:
        with pytest.raises(NoSuchPlace):
            places.cells_within(shape)


class TestCellsOfRegions:
    def test_neighbours_share_no_cell_and_a_small_one_has_some(self) -> None:
        big, small = box(24.0, 121.0, 0.2), box(24.0, 121.2035, 0.003)
        cells = places.cells_of_regions([("big", big), ("small", small)])
        assert cells["big"]
        assert not cells["big"] & cells["small"]
        alone = places.cells_of_regions([("small", small)])
        assert alone["small"]
