"""Charts and small pictures made on the server as SVG.

Each carries one sentence and the same numbers as a table, so that it can be read, heard and
printed. No style attribute is used: the content policy forbids it; looks come from parts.css.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 640
ROW = 30


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its sentence and its table, for ``<c-chart :chart="…" />``.

    Attributes:
        title: what the numbers are, without a verb.
        sentence: what the picture says.
        heads, rows: the table; the first cell of a row names it.
        svg: the picture; ``<table>`` for a density table.
    """

    title: str
    sentence: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    svg: SafeString


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its value, how the value is written, and whether it stands out."""

    label: str
    value: float
    words: str
    hot: bool = False


def bars(title: str, sentence: str, heads: tuple[str, str], data: Sequence[Bar]) -> Chart:
    """Horizontal bars from zero, in the order given.

    Raises:
        ValueError: a value is negative; a bar from zero could not show it.
    """
    if any(bar.value < 0 for bar in data):
        raise ValueError("bars start at zero: negative values need a line")
    top = max((bar.value for bar in data), default=0) or 1
    start, room = 190, WIDTH - 190 - 90
    pieces = [
        (
            _short(bar.label, 26),
            index * ROW + 20,
            start,
            index * ROW + 6,
            round(max(bar.value / top * room, 1), 1),
            "bar hot" if bar.hot else "bar",
            round(start + bar.value / top * room + 8, 1),
            index * ROW + 20,
            bar.words,
        )
        for index, bar in enumerate(data)
    ]
    body = format_html_join(
        "",
        '<text x="0" y="{}">{}</text><rect x="{}" y="{}" width="{}" height="18" rx="2" class="{}">'
        '</rect><text x="{}" y="{}">{}</text>',
        ((p[1], p[0], p[2], p[3], p[4], p[5], p[6], p[7], p[8]) for p in pieces),
    )
    svg = _svg(WIDTH, max(len(data), 1) * ROW, sentence, body)
    rows = tuple((bar.label, bar.words) for bar in data)
    return Chart(title, sentence, heads, rows, svg)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a line: label of its day or month, value, how the value is written."""

    label: str
    value: float
    words: str


def line(title: str, sentence: str, heads: tuple[str, str], data: Sequence[Point]) -> Chart:
    """A line from the first point to the last; the axis starts at zero or the least value."""
    height, left, right, base = 200, 8, WIDTH - 70, 168
    low = min((point.value for point in data), default=0)
    low = min(low, 0)
    high = max((point.value for point in data), default=1)
    span = (high - low) or 1
    step = (right - left) / max(len(data) - 1, 1)
    places = [
        (round(left + index * step, 1), round(base - (point.value - low) / span * 140, 1))
        for index, point in enumerate(data)
    ]
    path = " ".join(f"{x},{y}" for x, y in places)
    body = format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" class="axis"></line>'
        '<polyline points="{}" class="line"></polyline>',
        left,
        base,
        right,
        base,
        path,
    )
    if data:
        last_x, last_y = places[-1]
        body = format_html(
            '{}<circle cx="{}" cy="{}" r="4" class="dot"></circle><text x="{}" y="{}">{}</text>'
            '<text x="{}" y="190" class="soft">{}</text>'
            '<text x="{}" y="190" text-anchor="end" class="soft">{}</text>',
            body,
            last_x,
            last_y,
            last_x + 8,
            last_y + 4,
            data[-1].words,
            left,
            data[0].label,
            right,
            data[-1].label,
        )
    svg = _svg(WIDTH, height, sentence, body)
    return Chart(title, sentence, heads, tuple((p.label, p.words) for p in data), svg)


def spark(sentence: str, values: Sequence[float]) -> SafeString:
    """A line without axes, as wide as a few words; its sentence is its only label."""
    low, high = min(values, default=0), max(values, default=1)
    span = (high - low) or 1
    step = 116 / max(len(values) - 1, 1)
    path = " ".join(
        f"{round(2 + index * step, 1)},{round(26 - (value - low) / span * 22, 1)}"
        for index, value in enumerate(values)
    )
    body = format_html('<polyline points="{}" class="line"></polyline>', path)
    return format_html(
        '<svg class="spark" viewBox="0 0 120 30" role="img" aria-label="{}">{}</svg>',
        sentence,
        body,
    )


def density(
    title: str,
    sentence: str,
    corner: str,
    columns: Sequence[str],
    data: Sequence[tuple[str, Sequence[float | None]]],
    least: float = 0,
) -> Chart:
    """A table whose cells are shaded in four levels; the number stands in the cell.

    Args:
        corner: heading of the first column.
        data: a label and its values; ``None`` is shown as unknown.
        least: values under it are shown as "< least" so that nobody is found by counting.
    """
    top = max((v for _label, values in data for v in values if v is not None), default=0) or 1

    def words(value: float | None) -> str:
        if value is None:
            return "?"
        return f"{value:g}" if value >= least else f"< {least:g}"

    def level(value: float | None) -> int:
        if value is None or value < least or value == 0:
            return 0
        return min(4, 1 + int(value / top * 3.999))

    head = format_html_join("", '<th scope="col">{}</th>', ((column,) for column in columns))
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (
                label,
                format_html_join(
                    "", '<td data-level="{}">{}</td>', ((level(v), words(v)) for v in values)
                ),
            )
            for label, values in data
        ),
    )
    table = format_html(
        '<div class="scroll-x" tabindex="0" role="region" aria-label="{}">'
        '<table class="table density"><thead><tr><th scope="col">{}</th>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        title,
        corner,
        head,
        body,
    )
    rows = tuple((label, *(words(v) for v in values)) for label, values in data)
    return Chart(title, sentence, (corner, *columns), rows, table)


def _svg(width: int, height: int, sentence: str, body: SafeString) -> SafeString:
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        width,
        height,
        sentence,
        body,
    )


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
