"""What is read of a published footprint, and what is refused of it, row by row."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lindung.crisis import footprint
from lindung.crisis.footprint import NoFootprint
from lindung.crisis.practice import equation, felt_within_km
from lindung.kernel.places import (
    as_text,
    cell_of,
    cells_within_km,
    checked,
    ranges_of,
)

HUALIEN = (24.13, 121.65)


def ring(lat: float, lon: float, half: float) -> list[list[float]]:
    """A square, longitude first, closed."""
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return [[lon + half * x, lat + half * y] for x, y in corners]


def contour(value: float, *lines: list[list[float]], **said: Any) -> dict[str, Any]:
    """One contour as cont_mmi.json has it."""
    return {
        "type": "Feature",
        "properties": {"value": value, "units": "mmi", "color": "#aaff00", "weight": 2} | said,
        "geometry": {"type": "MultiLineString", "coordinates": list(lines)},
    }


def shakemap(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def polygon(*rings: list[list[float]], **said: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": said,
        "geometry": {"type": "Polygon", "coordinates": list(rings)},
    }


class TestReadFile:
    def test_reads_contours_as_the_area_that_shook_at_least_so_much(self) -> None:
        read = footprint.read_file(
            shakemap(contour(5, ring(*HUALIEN, 0.6)), contour(6.5, ring(*HUALIEN, 0.2))), least=5
        )
        assert [(each.label, each.level) for each in read.areas] == [
            ("MMI 5", Decimal("5.0")), ("MMI 6.5", Decimal("6.5")),
        ]  # fmt: skip
        middle = cell_of(*HUALIEN)
        assert all(middle in each.inside for each in read.areas)

    def test_gives_each_cell_its_worst_level_once(self) -> None:
        read = footprint.read_file(
            shakemap(contour(5, ring(*HUALIEN, 0.6)), contour(7, ring(*HUALIEN, 0.2))), least=5
        )
        spans = read.spans()

        def levels(cell: int) -> list[Decimal | None]:
            return [each.level for each in spans if each.lo <= cell <= each.hi]

        assert levels(cell_of(*HUALIEN)) == [Decimal("7.0")]
        assert levels(cell_of(HUALIEN[0] + 0.4, HUALIEN[1])) == [Decimal("5.0")]
        assert levels(cell_of(10, 10)) == []

    def test_a_ring_within_a_contour_is_a_hole(self) -> None:
        read = footprint.read_file(
            shakemap(contour(6, ring(*HUALIEN, 0.6), ring(*HUALIEN, 0.2))), least=5
        )
        assert cell_of(*HUALIEN) not in read.cells
        assert cell_of(HUALIEN[0] + 0.4, HUALIEN[1]) in read.cells

    def test_leaves_out_what_is_weaker_than_asked(self) -> None:
        read = footprint.read_file(
            shakemap(contour(4, ring(*HUALIEN, 0.9)), contour(6, ring(*HUALIEN, 0.2))), least=5
        )
        assert [each.label for each in read.areas] == ["MMI 6"]
        assert read.refused == [(1, "too_weak")]

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            (contour(6, ring(*HUALIEN, 0.2)[:-1]), "open"),
            (contour(6, ring(*HUALIEN, 0.2), units="pga"), "not_mmi"),
            (contour(True, ring(*HUALIEN, 0.2)), "no_value"),
            (contour(99, ring(*HUALIEN, 0.2)), "no_value"),
            (polygon(ring(*HUALIEN, 0.2)[:-1]), "open"),
            (polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "crosses"),
            (polygon(ring(121.65, 24.13, 0.2)), "off_earth"),
            (polygon([[-179, 0], [179, 0], [179, 1], [-179, 1], [-179, 0]]), "antimeridian"),
            (polygon(), "no_polygon"),
            (polygon([[-85, -60], [85, -60], [85, 60], [-85, 60], [-85, -60]]), "too_large"),
            ({"type": "Feature", "properties": {}, "geometry": None}, "no_feature"),
            (
                {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}},
                "no_polygon",
            ),
            ("text", "no_feature"),
            (polygon([["a", "b"]] * 4), "no_polygon"),
            (polygon([[None, 1.0]] * 4), "no_polygon"),
            (polygon(ring(*HUALIEN, float("nan"))), "no_polygon"),
        ],
    )
    def test_refuses_a_row_and_keeps_the_others(self, row: Any, code: str) -> None:
        read = footprint.read_file(shakemap(row, contour(6, ring(*HUALIEN, 0.2))), least=5)
        assert read.refused == [(1, code)]
        assert len(read.areas) == 1
        assert footprint.reason(code)

    @pytest.mark.parametrize(
        "raw",
        [b"", b"\xff\xfe", b"[1, 2]", b"{", b'"x"', b'{"type":"FeatureCollection","features":5}',
         b'{"type":"Topology"}', b"[" * 5_000],
    )  # fmt: skip
    def test_refuses_what_is_no_footprint_at_all(self, raw: bytes) -> None:
        with pytest.raises(NoFootprint) as refused:
            footprint.read_file(raw, least=5)
        assert refused.value.facts["rows"]

    def test_refuses_one_larger_than_any_disaster(self) -> None:
        with pytest.raises(NoFootprint) as refused:
            footprint.around(0, 100, 1_000)
        assert refused.value.facts["rows"] == [(0, "too_large")]

    @given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
    @settings(max_examples=100, deadline=None)
    def test_whatever_the_bytes_it_reads_or_refuses(self, raw: bytes) -> None:
        with contextlib.suppress(NoFootprint):
            assert footprint.read_file(raw, least=5).areas


class TestInsideAndMaybe:
    def test_a_cell_that_the_edge_only_touches_is_a_maybe(self) -> None:
        read = footprint.around(*HUALIEN, 20)
        area = read.areas[0]
        assert area.inside < area.touched
        assert {each.inside for each in read.spans()} == {True, False}

    def test_cells_ticked_by_hand_are_inside_and_others_refused(self) -> None:
        cell = cell_of(*HUALIEN)
        read = footprint.of_cells([as_text(cell), "xyz"])
        assert read.areas[0].inside == {cell}
        assert read.refused == [(2, "no_cell")]

    def test_regions_without_a_border_are_refused(self) -> None:
        with pytest.raises(NoFootprint):
            footprint.of_regions([("ZZ-1", "Nowhere", None)])


class TestSpans:
    @given(st.floats(-80, 80), st.floats(-179, 179), st.floats(0, 25))
    @settings(max_examples=25, deadline=None)
    def test_hold_the_cells_and_no_other(self, lat: float, lon: float, km: float) -> None:
        cells = cells_within_km(lat, lon, km)
        spans = ranges_of(cells)
        near = cells_within_km(lat, lon, km + 8)
        assert {each for each in near if any(lo <= each <= hi for lo, hi in spans)} == set(cells)
        assert all(checked(lo) for lo, _hi in spans)

    def test_are_fewer_than_the_cells(self) -> None:
        cells = cells_within_km(*HUALIEN, 60)
        assert len(ranges_of(cells)) < len(cells) / 5


class TestRadius:
    @pytest.mark.parametrize(
        # Worked by hand from the equation as published: M 6, R 50 km, without a step.
        ("magnitude", "km", "intensity"),
        [(6.0, 50.0, 2.085 + 1.428 * 6 - 1.402 * 3.917365)],
    )
    def test_gives_the_published_intensity(
        self, magnitude: float, km: float, intensity: float
    ) -> None:
        assert equation().intensity(magnitude, km) == pytest.approx(intensity, abs=0.002)

    def test_grows_with_magnitude_and_shrinks_with_intensity_and_depth(self) -> None:
        assert felt_within_km(7, 10, intensity=6) > felt_within_km(6, 10, intensity=6)
        assert felt_within_km(7, 10, intensity=6) > felt_within_km(7, 10, intensity=7)
        assert felt_within_km(7, 10, intensity=6) > felt_within_km(7, 60, intensity=6)

    def test_is_nothing_where_it_shakes_so_much_nowhere(self) -> None:
        assert felt_within_km(4, 100, intensity=8) == 0

    @given(st.floats(4.5, 8.5), st.floats(0, 100), st.integers(4, 7))
    @settings(max_examples=50, deadline=None)
    def test_ends_where_the_intensity_does(
        self, magnitude: float, depth: float, intensity: int
    ) -> None:
        km = felt_within_km(magnitude, depth, intensity=intensity)
        wanted = intensity - 0.5
        if km:
            assert equation().intensity(magnitude, max((km**2 + depth**2) ** 0.5, 0.1)) == (
                pytest.approx(wanted, abs=0.05)
            )
