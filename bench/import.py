"""How long an older system's export takes to come in, beside a raw COPY of the same rows.

    ./lindung bench import [--people 3000] [--processes 2]

Writes an export of made-up people, each with a placement and a contract (one in ten with an earlier
placement too), into a folder of its own; then brings it in on a PostgreSQL of its own that keeps its
promises, with all indexes, checks and journal entries. The baseline is COPY of every row that came
of it, table by table, out of one file each and into tables of the same columns and indexes, by one
connection in the same run. It is done once: ``--seconds`` changes nothing.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql

from bench import _options
from bench._lines import Report
from bench._own_server import own_server
from bench._service import CLONE
from bench._timing import measuring

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
    parser = _options.parser(__doc__, name="import")
    parser.add_argument("--processes", type=int, default=2)
    options = _options.options(parser, people=(3_000, 1_000_000))
    name = "import"
    with (
        own_server() as (server, _),
        tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder,
        Report("import", options) as report,
    ):
        placements = write(Path(folder), options.people)
        server.database(name)
        with psycopg.connect(server.url("lindung_owner", name), autocommit=True) as owner:
            before = _counts(owner)
            order = (
                "import_legacy", folder, "--mapping", str(Path(folder) / "mapping.yaml"), "--json",
                "--processes", str(options.processes),
            )  # fmt: skip
            began = time.perf_counter()
            with measuring():
                told = json.loads(_manage(server.environment(name), *order).splitlines()[-1])
            seconds = time.perf_counter() - began
            if told["counts"]["placements brought in"] != placements:
                raise SystemExit(f"not all came in: {told}")
            made = {each: n for each, n in _counts(owner).items() if n > before.get(each, 0)}
            raw = _copied(owner, Path(folder), made)
        server.drop(name)
        report.say(
            "placements brought in, with people, contracts and journal", placements / seconds,
            "placements/s", better="more", target=round(1_000_000 / TARGET_SECONDS, 1),
            baseline=placements / raw, against="raw COPY of the same rows",
            placements=placements, rows=sum(made.values()),
        )  # fmt: skip


def _counts(owner: Any) -> dict[str, int]:
    """Rows of each table."""
    tables = owner.execute(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition"
    ).fetchall()
    return {
        name: owner.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(name))).fetchone()[0]
        for (name,) in tables
    }  # fmt: skip


def _copied(owner: Any, folder: Path, made: dict[str, int]) -> float:
    """Seconds for COPY of all rows of these tables into others like them."""
    owner.execute("create schema bench_raw")
    took = 0.0
    for table in made:
        there, here = sql.Identifier("bench_raw", table), sql.Identifier("public", table)
        owner.execute(sql.SQL("create table {} (like {} including all)").format(there, here))
        columns = owner.execute(
            "select string_agg(quote_ident(column_name), ', ' order by ordinal_position)"
            " from information_schema.columns where table_schema = 'public' and table_name = %s"
            " and is_generated = 'NEVER'",
            [table],
        ).fetchone()[0]
        listed = sql.SQL(columns)
        file = folder / f"{table}.copy"
        with file.open("wb") as out, owner.cursor() as cursor:
            select = sql.SQL("copy (select {} from {}) to stdout (format binary)")
            with cursor.copy(select.format(listed, here)) as copy:
                for piece in copy:
                    out.write(piece)
        began = time.perf_counter()
        with measuring(), file.open("rb") as ready, owner.cursor() as cursor:
            into = sql.SQL("copy {} ({}) from stdin (format binary)").format(there, listed)
            with cursor.copy(into) as copy:
                while piece := ready.read(1 << 20):
                    copy.write(piece)
        took += time.perf_counter() - began
        file.unlink()
    return took


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
        # Each number once, also in a country's worth of people: two of one would be one person.
        rest, serial = divmod(number, 9_999)
        regency, district = divmod(rest, 99)
        nik = f"{3502 + regency}{district + 1:02d}{born:%d%m%y}{serial + 1:04d}"
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
