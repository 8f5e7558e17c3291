"""The same benches over 50 thousand, 500 thousand and 5 million people, kept as figures.

    ./lindung bench curves [--sizes 50000,500000] [--only desk policies …] [--busy "why"]

Each size gets a database of its own in a throw-away PostgreSQL that keeps its promises, with the
country's proportions (two placements, ten check-ins a person, a case for every fifth). The lines go
with date, machine and versions to docs/performance/figures.jsonl; `./lindung manage write_docs`
draws docs/performance.md and its curves from there. Take it on a quiet machine, or say with
``--busy`` why it was not.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import _options
from bench._machine import facts
from bench._own_server import Server, own_server
from bench._service import CLONE, manage
from bench.small import run

FIGURES = CLONE / "docs" / "performance" / "figures.jsonl"
# What grows with the country, and what of it there is for each person.
GROWS = {
    "desk": 1.0, "policies": 1.0, "register": 1.0, "muster": 1.0, "signals": 1.0, "impact": 0.2,
    "reconciliation": 0.2,
}  # fmt: skip
NAME = "curve"
# Measured at 50,000 people, indexes, write-ahead log and copies of single benches included.
BYTES_A_PERSON = 16_000
_KEPT = (
    "bench", "metric", "unit", "better", "value", "quiet", "p50", "p95", "runs", "baseline", "against",
    "ratio", "target", "ratio_target", "met", "people", "queries",
)  # fmt: skip


def main() -> None:
    """Load each size, run what grows, keep the figures."""
    parser = _options.parser(__doc__, name="curves")
    parser.add_argument("--sizes", default="50000,500000,5000000", help="with commas")
    parser.add_argument("--only", nargs="*", default=list(GROWS), metavar="NAME")
    parser.add_argument("--busy", default="", help="what else the machine did")
    parser.add_argument("--file", type=Path, default=FIGURES)
    parser.add_argument(
        "--loaded", action="store_true",
        help="the server named in BENCH_SERVER holds this size since an earlier run; it stays",
    )  # fmt: skip
    options = _options.options(parser, people=(0, 0), about="left to --sizes")
    for size in map(int, options.sizes.split(",")):
        free = shutil.disk_usage(tempfile.gettempdir()).free
        if not options.loaded and free < size * BYTES_A_PERSON:
            raise SystemExit(
                f"{size:,} people need {size * BYTES_A_PERSON / 1e9:.0f} GB and"
                f" {free / 1e9:.0f} are free: name another folder in TMPDIR."
            )
        with own_server() as (server, _):
            _one(server, size, options)


def _one(server: Server, size: int, options: Any) -> None:
    header = {
        "run": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"), "size": size,
        "date": datetime.now(UTC).date().isoformat(), "busy": options.busy,
        "machine": facts(server.superuser_url),
    }  # fmt: skip
    environment = server.environment(NAME)
    kept: list[dict[str, Any]] = []
    if not options.loaded:
        loaded = _load(server, size, environment)
        header["loaded_seconds"] = round(loaded, 1)
        kept = [_of_load(size, loaded)]
    _write(options.file, header, kept)
    for name in options.only:
        people = int(size * GROWS.get(name, 1.0))
        words = ("--people", str(people), "--seconds", f"{options.seconds:g}", "--json")
        lines, code = run(name, environment, *words)
        if code:
            print(f"{name} failed at {size:,} people", file=sys.stderr)
            continue
        _write(options.file, header, lines)
    if not options.loaded:
        server.drop(NAME)


def _load(server: Server, size: int, environment: dict[str, str]) -> float:
    """Make the database and load it; the seconds of the load alone."""
    server.database(NAME)
    began = time.monotonic()
    manage(
        "population", "--people", str(size), "--json", *_options.COUNTRY, environment=environment
    )
    loaded = time.monotonic() - began
    manage("demo", environment=environment)
    return loaded


def _of_load(size: int, seconds: float) -> dict[str, Any]:
    rate = round(size / seconds)
    return {
        "bench": "population", "metric": "population loaded, indexes included", "unit": "people/s",
        "better": "more", "value": rate, "quiet": rate, "p50": rate, "p95": rate, "runs": 1,
        "people": size,
    }  # fmt: skip


def _write(file: Path, header: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """The header once for each run, then each figure with the run's name."""
    file.parent.mkdir(parents=True, exist_ok=True)
    there = file.read_text() if file.exists() else ""
    with file.open("a") as out:
        if f'"run": "{header["run"]}"' not in there:
            out.write(json.dumps(header) + "\n")
        for line in lines:
            short = {name: line[name] for name in _KEPT if line.get(name) is not None}
            out.write(json.dumps({"run": header["run"], **short}) + "\n")


if __name__ == "__main__":
    main()
