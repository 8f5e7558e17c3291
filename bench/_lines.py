"""What every bench prints: one JSON object a line with the same fields, and a table at the end."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from bench._timing import Meter, p50, p95, quiet

# Of every line, and the type of each; a bench may add facts of its own after them.
FIELDS: dict[str, tuple[type, ...]] = {
    "bench": (str,),
    "metric": (str,),
    "value": (int, float),
    "unit": (str,),
    "better": (str,),  # less or more
    "quiet": (int, float),  # what a tenth is as good as: nearest to a machine of its own
    "p50": (int, float),
    "p95": (int, float),  # what 95 of 100 samples are as good as, or better
    "runs": (int,),  # samples behind p50 and p95; 1: it was done once
    "baseline": (int, float, type(None)),  # in the same unit, from the same run
    "against": (str,),  # what the baseline is
    "ratio": (int, float, type(None)),  # value to baseline
    "target": (int, float, type(None)),  # of the value
    "ratio_target": (int, float, type(None)),
    "met": (bool, type(None)),  # of both targets; null: there is none
    "people": (int,),  # how many of what the bench counts were there
    "profile": (str,),
    "measured": (int, float),  # seconds that this program has measured up to here
}


def faults(line: Mapping[str, Any]) -> list[str]:
    """What is not as declared in a line."""
    found = [f"{name} is missing" for name in FIELDS.keys() - line.keys()]
    found += [
        f"{name} is {line[name]!r}"
        for name, types in FIELDS.items()
        if name in line and (type(line[name]) not in types)
    ]
    if not found:
        if line["better"] not in {"less", "more"}:
            found.append(f"better is {line['better']!r}")
        if (line["baseline"] is None) != (line["against"] == ""):
            found.append("a baseline without a name, or a name without one")
        if (line["ratio"] is None) != (line["baseline"] is None):
            found.append("a ratio to nothing, or a baseline without a ratio")
    return found


class Report:
    """Says each line as soon as it is known, and all of them as a table at the end."""

    def __init__(self, bench: str, options: argparse.Namespace) -> None:
        self.bench, self.options = bench, options
        self.lines: list[dict[str, Any]] = []

    def say(
        self,
        metric: str,
        value: float,
        unit: str,
        *,
        better: str = "less",
        samples: Sequence[float] = (),
        baseline: float | None = None,
        against: str = "",
        ratio: float | None = None,
        target: float | None = None,
        ratio_target: float | None = None,
        people: int | None = None,
        **facts: Any,
    ) -> None:
        """Print one line.

        Args:
            better: ``less`` or ``more``.
            samples: of the value, in its unit; none: it was measured once.
            baseline: of the same unit, measured in the same run; ``against`` says what it is.
            ratio: where it is not just value to baseline, as of pairs.
        """
        of = samples or (value,)
        if baseline and ratio is None:
            ratio = value / baseline
        line: dict[str, Any] = {
            "bench": self.bench, "metric": metric, "value": _short(value), "unit": unit,
            "better": better, "quiet": _short(quiet(of, better=better)), "p50": _short(p50(of)), "p95": _short(p95(of, better=better)),
            "runs": len(of), "baseline": _short(baseline), "against": against,
            "ratio": _short(ratio), "target": target, "ratio_target": ratio_target,
            "met": _met(better, (value, target), (ratio, ratio_target)),
            "people": self.options.people if people is None else people,
            "profile": self.options.profile, "measured": round(Meter.seconds, 2), **facts,
        }  # fmt: skip
        if found := faults(line):
            raise ValueError(f"{metric}: {'; '.join(found)}")
        self.lines.append(line)
        print(json.dumps(line), flush=True)

    def __enter__(self) -> Report:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Print the table, unless it went wrong or is not wanted."""
        if kind is None and not self.options.json:
            print(table(self.lines), file=sys.stderr)


def _met(better: str, *pairs: tuple[float | None, float | None]) -> bool | None:
    said = [
        value <= target if better == "less" else value >= target
        for value, target in pairs
        if value is not None and target is not None
    ]
    return all(said) if said else None


def _short(value: float | None) -> float | None:
    """Four digits that mean something; whole from a hundred on."""
    if value is None or isinstance(value, int):
        return value
    return round(value) if abs(value) >= 1_000 else float(f"{value:.4g}")


_HEADS = ("", "value", "unit", "p50", "p95", "baseline", "ratio", "target", "against")


def table(lines: Sequence[Mapping[str, Any]]) -> str:
    """The lines for people, a block for each bench."""
    rows: list[tuple[str, ...]] = []
    bench = None
    for line in lines:
        if line["bench"] != bench:
            bench = line["bench"]
            rows.append((bench.upper(), *_HEADS[1:]))
        goal = "".join(
            f"{'≤' if line['better'] == 'less' else '≥'} {_words(line[name])}{sign} "
            for name, sign in (("target", ""), ("ratio_target", "×"))
            if line[name] is not None
        )
        mark = {True: "✓", False: "✗", None: ""}[line["met"]]
        rows.append(
            (
                f"  {line['metric']}", _words(line["value"]), line["unit"], _words(line["p50"]),
                _words(line["p95"]), _words(line["baseline"]), _words(line["ratio"]),
                f"{goal}{mark}", line["against"],
            )
        )  # fmt: skip
    wide = [max(len(row[at]) for row in rows) for at in range(len(_HEADS))] if rows else []
    left = {0, 2, 7, 8}
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, wide, strict=True))
        ).rstrip()
        for row in rows
    )


def _words(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:g}"
