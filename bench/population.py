"""How fast a made-up population is drawn and loaded, beside a raw COPY of the same bytes.

    ./lindung bench population [--people 100000]

Runs on copies of the tables in a schema of its own, indexes and keys included, and drops it. Prints one object a line. The
baseline of each core table is COPY of the very same bytes, drawn beforehand, into an unlogged table
without any index, by one connection in the same run; `ratio` is ours to that. A process of ours draws,
seals and copies, so 1 would mean that drawing cost nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[1] / "src"
_SAMPLE_BATCHES = 2


def main() -> None:
    """Draw, load, compare, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--full", action="store_true", help="check-ins, cases and the rest as well")
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()

    sys.path.insert(0, str(SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
    os.environ["LINDUNG_CONNECT_AS"] = "owner"
    import django

    django.setup()
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import make_conninfo

    from lindung.kernel.secrets import Keyring
    from lindung.site.management.commands.population import measures, owner_conninfo
    from lindung.site.population import load, tables, world

    here = owner_conninfo()
    schema = f"bench_population_{os.getpid()}"
    # Only tables of the bench's own are in reach of its connections.
    there = make_conninfo(here, options=f"-c search_path={schema}")
    # The bench's own throw-away keys: it must run where no key file was made yet.
    ring = Keyring([(1, os.urandom(32), os.urandom(32))], current=1)
    on = datetime.now(tz=UTC).date()
    asked = load.Asked(options.people, options.seed, on, histories=options.full)
    with psycopg.connect(here, autocommit=True) as connection:
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        try:
            _copy_tables(connection, schema, dict.fromkeys((*tables.CORE, *tables.HISTORIES)))
            stage = world.build(asked.seed, asked.on.year)
            report = load.load(
                there,
                asked,
                ring,
                say=lambda line: print(line, file=sys.stderr),
                processes=options.processes,
                stage=stage,
            )
            baselines, each = _raw_copy(there, stage, asked, ring)
        finally:
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
    for line in measures(report):
        if line["unit"] == "rows/s of one process" and line["metric"] in baselines:
            line["baseline"] = round(baselines[line["metric"]], 2)
        elif line["metric"] == "generation and load, core tables":
            line["baseline"] = round(each, 2)
        if line["baseline"]:
            line["ratio"] = round(line["value"] / line["baseline"], 3)
        print(json.dumps(line))


def _copy_tables(connection: Any, schema: str, names: Iterable[str]) -> None:
    """The tables with all their indexes and keys, empty, in another schema."""
    from psycopg import sql

    keys = connection.execute(
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
        "where contype = 'f' and conrelid = any (%(names)s::regclass[]) "
        "and confrelid = any (%(names)s::regclass[])",
        {"names": list(names)},
    ).fetchall()
    for name in names:
        connection.execute(
            sql.SQL("create table {}.{} (like public.{} including all)").format(
                *map(sql.Identifier, (schema, name, name))
            )
        )
    with connection.transaction():
        connection.execute(sql.SQL("set local search_path = {}").format(sql.Identifier(schema)))
        for table, name, definition in keys:
            connection.execute(
                sql.SQL("alter table {} add constraint {} ").format(
                    sql.Identifier(table), sql.Identifier(name)
                )
                + sql.SQL(definition)
            )


def _raw_copy(conninfo: str, stage: Any, asked: Any, ring: Any) -> tuple[dict[str, float], float]:
    """Rows a second of each core table, and people a second of all, for bytes that are ready."""
    import psycopg
    from psycopg import sql

    from lindung.site.population import lives, load, tables

    rows: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = defaultdict(float)
    people = 0
    day = (asked.on - date(1970, 1, 1)).days
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for number, size in list(enumerate(asked.batches))[:_SAMPLE_BATCHES]:
            people += size
            for made in tables.core(stage, lives.draw(stage, number, size, on=day), ring):
                raw = f"raw_{made.table}"
                connection.execute(
                    sql.SQL("create unlogged table if not exists {} (like {})").format(
                        sql.Identifier(raw), sql.Identifier(made.table)
                    )
                )
                ready = tables.Ready(made.table, made.count, made.columns, made.encoded())
                began = time.perf_counter()
                load.copy_rows(connection, ready, into=raw)
                seconds[made.table] += time.perf_counter() - began
                rows[made.table] += made.count
    return {table: rows[table] / seconds[table] for table in rows}, people / sum(seconds.values())


if __name__ == "__main__":
    main()
