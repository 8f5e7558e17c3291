"""How long an older system's export takes to come in.

    ./lindung bench import_legacy [--people 100000] [--processes 2]

Writes an export of made-up people, each with a placement and a contract (one in ten with an earlier
placement too), into a folder of its own; then brings it in on a PostgreSQL of its own that keeps its
promises, with all indexes, checks and journal entries. Prints one object a line.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from bench._two_nodes import CLONE
from launcher import home as homes
from launcher import testing
from launcher.say import Voice

TARGET_SECONDS = 15 * 60  # for a million placements
FIELDS: dict[str, tuple[str, ...]] = {
    "persons": ("id", "full_name", "birth_date", "sex", "region", "nik", "passport"),
    "placements": (
        "id", "person", "country", "pathway", "sector", "state", "employer_name", "opened_on",
        "cleared_on", "departed_on", "arrived_on", "ended_on",
    ),
    "contracts": ("id", "placement", "signed_on", "ends_on", "wage", "currency"),
}  # fmt: skip
_SYLLABLES = ("su", "ri", "ta", "dewi", "ra", "ni", "wa", "ti", "bu", "di", "sa", "ko", "yo", "no")


def main() -> None:
    """Write, bring in, count, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()
    with (
        testing.server(homes.find(), Voice(out=sys.stderr), durable=True) as postgres,
        tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder,
    ):
        placements = write(Path(folder), options.people)
        environment = os.environ | {
            "DATABASE_URL": postgres.url("lindung_app"),
            "LINDUNG_OWNER_DATABASE_URL": postgres.url("lindung_owner"),
            "LINDUNG_ENV": "demo",
            "LINDUNG_HOME": folder,
            "LINDUNG_KEYS": str(Path(folder) / "keys"),
            "PYTHONPATH": str(CLONE / "src"),
        }
        for words in (("make_keys",), ("migrate", "--no-input", "-v", "0"), ("load_reference",)):
            _manage(environment, *words)
        order: tuple[str, ...] = (
            "import_legacy", folder, "--mapping", str(Path(folder) / "mapping.yaml"), "--json",
        )  # fmt: skip
        began = time.perf_counter()
        told = json.loads(
            _manage(environment, *order, "--processes", str(options.processes)).splitlines()[-1]
        )
        seconds = time.perf_counter() - began
    assert told["counts"]["placements brought in"] == placements, told
    print(
        json.dumps(
            {
                "metric": "placements brought in, with people, contracts and journal",
                "value": round(placements / seconds, 1),
                "unit": "placements/s",
                "placements": placements,
                "seconds": round(seconds, 1),
                "target": round(1_000_000 / TARGET_SECONDS, 1),
            }
        )
    )


def write(folder: Path, people: int) -> int:
    """The export and its mapping; how many placements there are."""
    chance = random.Random(1)
    files = {name: (folder / f"{name}.csv").open("w", newline="") for name in FIELDS}
    writers = {name: csv.writer(file) for name, file in files.items()}
    for name, writer in writers.items():
        writer.writerow(FIELDS[name])
    placements = 0
    for number in range(people):
        born = date(1975, 1, 1) + timedelta(days=chance.randrange(11_000))
        name = " ".join(
            "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 3))).title() for _ in range(2)
        )
        region = "3502"
        nik = f"{region}01{born:%d%m%y}{number % 9999 + 1:04d}"
        writers["persons"].writerow(
            [number, name, born, chance.choice("FM"), region, nik, f"X{number:07d}"]
        )
        for turn in range(1 + (number % 10 == 0)):
            placements += 1
            began = date(2024, 1, 1) - timedelta(days=1_500 * turn + chance.randrange(300))
            ended = began + timedelta(days=900) if turn else ""
            state = "ended" if turn else "arrived"
            key = f"{number}-{turn}"
            writers["placements"].writerow(
                [key, number, "HK", "p2p-hk-domestic", "domestic", state, "Keluarga contoh",
                 began, began, began, began, ended]
            )  # fmt: skip
            ends = began + timedelta(days=900)
            writers["contracts"].writerow([f"K{key}", key, began, ends, "5100", "HKD"])
    for file in files.values():
        file.close()
    parents = {"placements": "person", "contracts": "placement"}
    plan: dict[str, Any] = {"source": "bench", "title": "Bench"}
    for kind, fields in FIELDS.items():
        own = [each for each in fields[1:] if each != parents.get(kind)]
        plan[kind] = {"file": f"{kind}.csv", "key": "id", "columns": {f: f for f in own}}
        if kind in parents:
            plan[kind][parents[kind]] = parents[kind]
    (folder / "mapping.yaml").write_text(yaml.safe_dump(plan))
    return placements


def _manage(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=CLONE, env=environment,
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"manage.py {words[0]} failed")
    return done.stdout


if __name__ == "__main__":
    main()
