"""``docs/performance.md`` and its curves, drawn from the figures that ``./lindung bench curves`` kept."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lindung.site.curves import Curve, curves

SIZES = (50_000, 500_000, 5_000_000)
# Beyond this, what an answer of the same size costs has grown with the whole.
GROWN = 2.0
_TITLES = {
    "population": "Loading a population",
    "desk": "The desk's pages over HTTP",
    "policies": "Row policies",
    "register": "The register's totals",
    "muster": "Who is inside a footprint",
    "signals": "Early warning",
    "impact": "A change of law over live contracts",
    "reconciliation": "Two books compared",
}
# What works on everybody grows with everybody; growth is told of the others.
_WHOLE = {"population", "signals", "impact", "reconciliation"}
# Told in the table; a curve of them says nothing more.
_COUNTS = {"bytes", "requests", "differences"}
_INTRO = """# How fast, and how it grows

What `./lindung bench curves` measured over populations of growing size, from
[figures.jsonl](performance/figures.jsonl); what each bench does is said in [bench](../bench/README.md).
Where the answer is as long for a large country as for a small one, its cost should not grow.

In each cell stand p50 and p95, and after × the ratio to the baseline of the same run: policies off,
a bare request, a plain scan. A ratio holds on any machine; milliseconds are this machine's, and on
a busy one they are longer than they would be alone. *Growth* is the largest size to the smallest, each
by the tenth of its samples that was disturbed least.
"""


@dataclass(frozen=True)
class Figure:
    """One line of one bench at one size, the newest that was kept."""

    size: int
    told: Mapping[str, Any]
    run: Mapping[str, Any]


def pages(root: Path) -> Iterator[tuple[Path, str]]:
    """The page and its pictures; nothing where no figures were kept."""
    file = root / "docs" / "performance" / "figures.jsonl"
    if not file.exists():
        return
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    figures = newest(lines)
    yield root / "docs" / "performance.md", _page(figures)
    for bench, metrics in figures.items():
        for number, (unit, those) in enumerate(_pictures(metrics).items()):
            title = f"{_title(bench)}, undisturbed, over the number of people"
            picture = curves(title, unit, [Curve(name, points) for name, points in those.items()])
            yield root / "docs" / "performance" / _file(bench, number), picture


def newest(lines: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, dict[int, Figure]]]:
    """Bench, metric and size of each figure; a later run takes the place of an earlier one."""
    runs: dict[str, Mapping[str, Any]] = {}
    found: dict[str, dict[str, dict[int, Figure]]] = defaultdict(lambda: defaultdict(dict))
    for line in lines:
        if "machine" in line:
            runs[line["run"]] = line
            continue
        run = runs[line["run"]]
        found[line["bench"]][line["metric"]][run["size"]] = Figure(run["size"], line, run)
    return {bench: dict(metrics) for bench, metrics in found.items()}


def growth(figures: Mapping[int, Figure]) -> float | None:
    """The largest size to the smallest, undisturbed; for rates the other way round."""
    if len(figures) < 2:
        return None
    first, last = figures[min(figures)].told, figures[max(figures)].told
    if not first["quiet"] or not last["quiet"]:
        return None
    grown: float = last["quiet"] / first["quiet"]
    return 1 / grown if first["better"] == "more" else grown


def _page(figures: Mapping[str, Mapping[str, Mapping[int, Figure]]]) -> str:
    runs = {
        each.run["run"]: each.run
        for metrics in figures.values()
        for sizes in metrics.values()
        for each in sizes.values()
    }
    sizes = sorted({*SIZES, *(run["size"] for run in runs.values())})
    parts = [_INTRO, _machines(runs)]
    missing = [size for size in sizes if all(run["size"] != size for run in runs.values())]
    if missing:
        told = " and ".join(f"{size:,}" for size in missing)
        parts.append(f"**Not measured yet:** {told} people. Their columns are empty.\n")
    for bench, metrics in figures.items():
        parts.append(f"## {_title(bench)}\n")
        parts += [
            f"![{_title(bench)}, {unit}](performance/{_file(bench, number)})\n"
            for number, unit in enumerate(_pictures(metrics))
        ]
        parts.append(_table(bench, metrics, sizes))
    return "\n".join(parts)


def _machines(runs: Mapping[str, Mapping[str, Any]]) -> str:
    rows = ["## Where\n", "| people | day | machine | disk | versions | at the time |"]
    rows.append("| ---: | --- | --- | --- | --- | --- |")
    for run in sorted(runs.values(), key=lambda run: (run["size"], run["run"])):
        of = run["machine"]
        busy = f"; {run['busy']}" if run["busy"] else ""
        took = run.get("loaded_seconds")
        loaded = f"loaded in {took:,.0f} s" if took else "loaded before"
        rows.append(
            f"| {run['size']:,} | {run['date']} | {of['cores']} cores ({of['processor']}),"
            f" {of['memory_gb']:g} GB | {of['disk_free_gb']} of {of['disk_gb']} GB free, a promised"
            f" write {of['sync_ms']:g} ms, fsync {of['fsync']} | PostgreSQL {of['postgresql']},"
            f" Python {of['python']}, commit {of['commit']} | load {of['load']:g}{busy}; {loaded} |"
        )
    return "\n".join(rows) + "\n"


def _table(bench: str, metrics: Mapping[str, Mapping[int, Figure]], sizes: list[int]) -> str:
    heads = "".join(f" {size:,} |" for size in sizes)
    rows = [f"| |{heads} growth | target |", "| --- |" + " ---: |" * (len(sizes) + 1) + " --- |"]
    for metric, those in metrics.items():
        cells = "".join(f" {_cell(those.get(size))} |" for size in sizes)
        told = next(iter(those.values())).told
        rows.append(f"| {metric} |{cells} {_growth(bench, those)} | {_target(told)} |")
    units = sorted({each.told["unit"] for those in metrics.values() for each in those.values()})
    against = sorted(
        {each.told.get("against", "") for those in metrics.values() for each in those.values()}
        - {""}
    )
    rows.append(
        f"\nUnits: {', '.join(units)}." + (f" × is to {'; '.join(against)}." * bool(against))
    )
    return "\n".join(rows) + "\n"


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    told = figure.told
    ratio = f" ×{_number(told['ratio'])}" if "ratio" in told else ""
    if told["runs"] == 1:
        return f"{_number(told['value'])}{ratio}"
    return f"{_number(told['p50'])} / {_number(told['p95'])}{ratio}"


def _growth(bench: str, those: Mapping[int, Figure]) -> str:
    grown = growth(those)
    if grown is None:
        return ""
    mark = " ⚠" if grown > GROWN and bench not in _WHOLE else ""
    return f"×{_number(grown)}{mark}"


def _target(told: Mapping[str, Any]) -> str:
    sign = "≤" if told["better"] == "less" else "≥"
    said = [f"{sign} {told['target']:,g} {told['unit']}"] if "target" in told else []
    if "ratio_target" in told:
        said.append(f"{sign} ×{told['ratio_target']:g}")
    return ", ".join(said)


def _pictures(
    metrics: Mapping[str, Mapping[int, Figure]],
) -> dict[str, dict[str, dict[int, float]]]:
    """What is drawn together: of each unit, what was measured at two sizes or more."""
    found: dict[str, dict[str, dict[int, float]]] = defaultdict(dict)
    for metric, those in metrics.items():
        points = {
            size: each.told["quiet"] for size, each in those.items() if each.told["quiet"] > 0
        }
        if len(points) > 1 and next(iter(those.values())).told["unit"] not in _COUNTS:
            unit = next(iter(those.values())).told["unit"].removesuffix(" p95")
            found[unit][metric] = points
    return dict(found)


def _title(bench: str) -> str:
    return _TITLES.get(bench, bench.capitalize())


def _file(bench: str, number: int) -> str:
    return f"{bench}{'' if not number else f'-{number + 1}'}.svg"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
