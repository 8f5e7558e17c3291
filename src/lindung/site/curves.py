"""Curves over sizes as an SVG file that stands alone: both axes by tens, each line named at its end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 760, 340
_LEFT, _RIGHT, _TOP, _BASE = 64, 470, 20, 292
_LINE = 15  # between two names, so that none lies on another
# Told apart by those who do not see colours too: by the dashes, and by the names at the ends.
_INKS = ("#1b5e8a", "#a3430f", "#2f6d3a", "#7a3a86", "#6b5a00", "#444444")
_DASHES = ("none", "6 3", "2 3")


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its name and its value at each size."""

    name: str
    points: Mapping[int, float]


def curves(title: str, unit: str, data: Sequence[Curve]) -> str:
    """The picture; values of zero have no place on an axis by tens and are left out.

    Args:
        title: what is shown, read out in its place.
    """
    drawn = [Curve(each.name, {x: y for x, y in each.points.items() if y > 0}) for each in data]
    drawn = [each for each in drawn if each.points]
    sizes = sorted({x for each in drawn for x in each.points})
    values = [y for each in drawn for y in each.points.values()]
    low, high = _tens(values)
    span = math.log10(sizes[-1] / sizes[0]) if len(sizes) > 1 else 0.0

    def x_of(size: int) -> float:
        at = math.log10(size / sizes[0]) / span if span else 0.5
        return round(_LEFT + at * (_RIGHT - _LEFT), 1)

    def y_of(value: float) -> float:
        return round(_BASE - (math.log10(value) - low) / (high - low) * (_BASE - _TOP), 1)

    parts = [
        f'<line x1="{_LEFT}" y1="{y_of(10.0**ten)}" x2="{_RIGHT}" y2="{y_of(10.0**ten)}"'
        f' stroke="#ddd"/><text x="{_LEFT - 8}" y="{y_of(10.0**ten) + 4}" text-anchor="end">'
        f"{_number(10.0**ten)}</text>"
        for ten in range(low, high + 1)
    ]
    parts += [
        f'<text x="{x_of(size)}" y="{_BASE + 20}" text-anchor="middle">{size:,}</text>'
        for size in sizes
    ]
    parts.append(f'<text x="{_LEFT}" y="{HEIGHT - 6}">people; {escape(unit)}, both by tens</text>')
    ends = _spread([y_of(each.points[max(each.points)]) for each in drawn])
    for number, (each, end) in enumerate(zip(drawn, ends, strict=True)):
        ink, dash = _INKS[number % len(_INKS)], _DASHES[number // len(_INKS) % len(_DASHES)]
        places = [(x_of(size), y_of(each.points[size])) for size in sorted(each.points)]
        line = " ".join(f"{x},{y}" for x, y in places)
        last_x, last_y = places[-1]
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{ink}" stroke-width="2"'
            f' stroke-dasharray="{dash}"/>'
            + "".join(f'<circle cx="{x}" cy="{y}" r="3" fill="{ink}"/>' for x, y in places)
            + f'<line x1="{last_x + 4}" y1="{last_y}" x2="{_RIGHT + 14}" y2="{end}" stroke="{ink}"'
            f' stroke-width="0.5"/><text x="{_RIGHT + 18}" y="{end + 4}" fill="{ink}">'
            f"{escape(each.name)}</text>"
        )
    bottom = max(HEIGHT, int(max(ends, default=0)) + 20)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom}" role="img"'
        f' aria-label="{escape(title)}" font-family="sans-serif" font-size="12" fill="#333">'
        f"<title>{escape(title)}</title>"
        f'<rect width="{WIDTH}" height="{bottom}" fill="#fff"/>' + "".join(parts) + "</svg>\n"
    )


def _tens(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten below the least and above the greatest."""
    low = math.floor(math.log10(min(values)))
    return low, max(low + 1, math.ceil(math.log10(max(values))))


def _spread(wanted: Sequence[float]) -> list[float]:
    """Places near those wanted, in their order, a line apart."""
    placed = [0.0] * len(wanted)
    free = float(_TOP - _LINE)
    for at in sorted(range(len(wanted)), key=lambda at: wanted[at]):
        placed[at] = free = max(wanted[at], free + _LINE)
    return placed


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"
