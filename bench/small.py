"""The whole suite at its smallest, one bench after the other on one throw-away PostgreSQL.

    ./lindung bench small [NAME …] [--people 2000] [--seconds 1]

Every bench that is not a trial of endurance or a runner itself, in the small profile: it shows that
each one runs and reproduces the ratios; what grows with the country is seen with `curves` alone.
`measured` in the last line counts the seconds that were measured; set-up is not among them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench import _options
from bench._lines import table
from bench._own_server import own_server
from bench._service import CLONE, manage

# Runners, and what goes on for many minutes by its nature.
APART = {
    "small", "curves", "exchange_chaos", "incoming_chaos", "faults", "failover", "fuzz",
}  # fmt: skip
NAME, BUDGET = "small", 50.0


def names() -> list[str]:
    """The benches of the suite."""
    found = {file.stem for file in Path(__file__).parent.glob("*.py")}
    return sorted(name for name in found - APART if not name.startswith("_"))


def main() -> None:
    """Set up once, run each, say all."""
    parser = _options.parser(__doc__, name="small")
    parser.add_argument("only", nargs="*", metavar="NAME", help="only these")
    options = _options.options(parser, people=(2_000, 2_000), about="of the population at the desk")
    if options.profile != "small":
        raise SystemExit("The national profile goes by `./lindung bench curves`.")
    seconds = min(options.seconds, 1.0)
    if unknown := set(options.only) - set(names()):
        raise SystemExit(f"No bench of the suite: {', '.join(sorted(unknown))}.")
    began = time.monotonic()
    lines: list[dict[str, Any]] = []
    failed: list[str] = []
    measured = 0.0
    with own_server() as (server, _):
        server.database(NAME)
        environment = server.environment(NAME)
        manage("population", "--people", str(options.people), "--json", environment=environment)
        manage("demo", environment=environment)
        for name in options.only or names():
            made, code = run(name, environment, "--seconds", f"{seconds:g}", "--json")
            lines += made
            measured += max((line["measured"] for line in made), default=0.0)
            if code or not made:
                failed.append(name)
    if not options.json:
        print(table(lines), file=sys.stderr)
    said = {
        "bench": "small", "lines": len(lines), "measured": round(measured, 1), "budget": BUDGET,
        "whole": round(time.monotonic() - began, 1), "failed": failed,
        "not_met": [f"{line['bench']}: {line['metric']}" for line in lines if line["met"] is False],
    }  # fmt: skip
    print(json.dumps(said, ensure_ascii=False))
    if failed:
        sys.exit(1)


def run(name: str, environment: dict[str, str], *words: str) -> tuple[list[dict[str, Any]], int]:
    """The lines of one bench, passed on as they come, and its exit."""
    child = subprocess.Popen(
        [sys.executable, "-m", f"bench.{name}", *words], cwd=CLONE, env=environment,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    lines = []
    for text in child.stdout or ():
        print(text, end="", flush=True)
        lines.append(json.loads(text))
    return lines, child.wait()


if __name__ == "__main__":
    main()
