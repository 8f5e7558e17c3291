"""How fast a made-up population is drawn and loaded, beside a raw COPY of the same bytes.

    ./lindung bench population [--people 10000] [--full]

Runs on copies of the tables in a schema of its own, indexes and keys included, and drops it. The
baseline of each core table is COPY of the very same bytes, drawn beforehand, into an unlogged table
without any index, by one connection in the same run. A process of ours draws, seals and copies, so
a ratio of 1 would mean that drawing cost nothing. It is done once: ``--seconds`` changes nothing.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from bench import _options
from bench._lines import Report
from bench._service import ready
from bench._timing import measuring, timed

_SAMPLE_BATCHES = 2
TARGET = 20_000


def main() -> None:
    """Draw, load, compare, print."""
    parser = _options.parser(__doc__, name="population")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--full", action="store_true", help="check-ins, cases and the rest as well")
    options = _options.options(parser, people=(10_000, 5_000_000))
    ready(owner=True)
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
    extent = tables.Extent(0.2, 10, 1) if options.profile == "national" else tables.Extent()
    asked = load.Asked(options.people, options.seed, on, options.full, extent)
    with psycopg.connect(here, autocommit=True) as connection:
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        try:
            _copy_tables(connection, schema, dict.fromkeys((*tables.CORE, *tables.HISTORIES)))
            stage = world.build(asked.seed, asked.on.year)
            with measuring():
                done = load.load(
                    there, asked, ring, say=lambda line: print(line, file=sys.stderr),
                    processes=options.processes, stage=stage,
                )  # fmt: skip
            baselines, each = _raw_copy(there, stage, asked, ring)
        finally:
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
    with Report("population", options) as report:
        for line in measures(done):
            metric, unit = line["metric"], line["unit"]
            facts: dict[str, Any] = {"better": "more" if unit.endswith("/s") else "less"}
            if unit == "rows/s of one process" and metric in baselines:
                facts |= {"baseline": baselines[metric], "against": "raw COPY"}
            elif metric == "generation and load, core tables":
                facts |= {"baseline": each, "against": "raw COPY", "target": TARGET}
            elif unit.startswith("rows"):
                metric = f"{metric}, {unit.replace('rows/s of one process', 'rate')}"
            report.say(metric, line["value"], unit, **facts)


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
                    sql.SQL(
                        "create unlogged table if not exists {} (like {} including defaults)"
                    ).format(sql.Identifier(raw), sql.Identifier(made.table))
                )
                ready = tables.Ready(made.table, made.count, made.columns, made.encoded())
                seconds[made.table] += timed(partial(load.copy_rows, connection, ready, into=raw))
                rows[made.table] += made.count
    return {table: rows[table] / seconds[table] for table in rows}, people / sum(seconds.values())


if __name__ == "__main__":
    main()
