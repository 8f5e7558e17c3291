"""Bring made-up lives into the database: processes that draw and COPY, batch by batch.

What was loaded is written down with each batch, in the batch's own transaction, so a load that was cut
off goes on where it stopped. A large load takes indexes and constraints off first and puts them back at
the end; what was taken off is written down too, until it is back. These books are three tables of the
loader's own, in the schema where the tables are: they hold no person.

Runs as the owner, who is above the row policies; memory stays that of a few batches.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date
from queue import Empty
from typing import Any

import psycopg
from psycopg import sql

from lindung.kernel.secrets import Keyring
from lindung.site.population import copying, lives, tables, world

_EPOCH = date(1970, 1, 1)
# From this many people on, indexes are built afterwards: below, it would cost more than it saves.
LARGE = 25_000
_LOCK = 7_301_190_541
_REPORT_EVERY = 2.0

_BOOKS = """
create table if not exists population_load (
    single boolean primary key default true check (single),
    asked jsonb not null, began_at timestamptz not null default now(), ended_at timestamptz);
create table if not exists population_batch (
    phase text, number integer, people integer not null, primary key (phase, number));
create table if not exists population_removed (
    kind text not null, relation text not null, name text not null, definition text not null,
    primary key (relation, name));
"""


class CannotLoad(Exception):
    """A sentence that says why, and what to do."""


@dataclass(frozen=True)
class Asked:
    """What was asked for; a load that goes on must be asked for the same."""

    people: int
    seed: int
    on: date
    histories: bool = True
    extent: tables.Extent = field(default_factory=tables.Extent)

    @property
    def batches(self) -> list[int]:
        """People in each batch."""
        whole, rest = divmod(self.people, lives.BATCH)
        return [lives.BATCH] * whole + [rest] * (rest > 0)

    def as_json(self) -> str:
        """As the books keep it."""
        return json.dumps(asdict(self) | {"on": self.on.isoformat()})

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Asked:
        """As the books kept it."""
        extent = tables.Extent(**kept["extent"])
        return cls(
            kept["people"], kept["seed"], date.fromisoformat(kept["on"]), kept["histories"], extent
        )


@dataclass
class Report:
    """What a load did: seconds of each step, rows and seconds of each table (of all processes)."""

    people: int
    resumed_at: int = 0
    steps: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    bytes_: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))


Say = Callable[[str], None]
_Counts = dict[str, tuple[int, int, float]]


def unfinished(conninfo: str) -> Asked | None:
    """The load that was cut off, if one was."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(_BOOKS)
        row = connection.execute(
            "select asked from population_load where ended_at is null"
        ).fetchone()
        return Asked.from_json(row[0]) if row else None


def finished(conninfo: str) -> Asked | None:
    """The load that is in the database, if it is whole."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(_BOOKS)
        row = connection.execute(
            "select asked from population_load where ended_at is not null"
        ).fetchone()
        return Asked.from_json(row[0]) if row else None


def load(
    conninfo: str,
    asked: Asked,
    ring: Keyring,
    *,
    say: Say,
    processes: int = 2,
    stage: world.World | None = None,
) -> Report:
    """Load a population, or go on with the one that was cut off and was asked for the same.

    Args:
        conninfo: of the owner.
        say: called with a line of progress now and then.
        stage: the world, if the caller has built it.
    Raises:
        CannotLoad: another load is running, or another population is there.
        TooMany: more people than there are numbers for.
    """
    if asked.people > lives.MOST_PEOPLE:
        raise lives.TooMany(f"At most {lives.MOST_PEOPLE:,} people can be made up.")
    report = Report(asked.people)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(_BOOKS)
        if not _first(connection, "select pg_try_advisory_lock(%s)", _LOCK):
            raise CannotLoad("Another load of a population is running; wait for it to end.")
        _open_books(connection, asked)
        started = time.monotonic()
        stage = stage or world.build(asked.seed, asked.on.year)
        report.steps["world"] = time.monotonic() - started

        if asked.people > LARGE:
            started = time.monotonic()
            _take_off(connection, _tables(asked))
            report.steps["take off indexes"] = time.monotonic() - started
        phases = ["core", "histories"] if asked.histories else ["core"]
        for phase in phases:
            started = time.monotonic()
            _run(connection, conninfo, asked, ring, stage, phase, report, say, processes)
            report.steps[phase] = time.monotonic() - started
        started = time.monotonic()
        _put_back(connection, conninfo, say, processes)
        report.steps["build indexes"] = time.monotonic() - started
        started = time.monotonic()
        for table in _tables(asked):
            connection.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))
        report.steps["analyze"] = time.monotonic() - started
        connection.execute("update population_load set ended_at = now()")
    return report


def _tables(asked: Asked) -> list[str]:
    return list(dict.fromkeys((*tables.CORE, *(tables.HISTORIES if asked.histories else ()))))


def _first(connection: psycopg.Connection[Any], query: Any, *values: Any) -> Any:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None


def _open_books(connection: psycopg.Connection[Any], asked: Asked) -> None:
    row = connection.execute("select asked, ended_at is null from population_load").fetchone()
    if row is None:
        if _first(
            connection,
            "select exists (select from registry_worker where public_number like 'PMI-D%%')",
        ):
            raise CannotLoad("Made-up people are there already, of a load nobody wrote down.")
        connection.execute("insert into population_load (asked) values (%s)", (asked.as_json(),))
        return
    before = Asked.from_json(row[0])
    if not row[1]:
        raise CannotLoad(f"A population of {before.people:,} people is there already.")
    if before != asked:
        raise CannotLoad(
            f"A load of {before.people:,} people (seed {before.seed}) was cut off: go on with --resume."
        )


# -- batches


def _run(
    connection: psycopg.Connection[Any],
    conninfo: str,
    asked: Asked,
    ring: Keyring,
    stage: world.World,
    phase: str,
    report: Report,
    say: Say,
    processes: int,
) -> None:
    done = dict(
        connection.execute(
            "select number, people from population_batch where phase = %s", (phase,)
        ).fetchall()
    )
    todo = [(n, size) for n, size in enumerate(asked.batches) if n not in done]
    loaded = sum(done.values())
    if phase == "core":
        report.resumed_at = loaded
    began, shown, fresh = time.monotonic(), time.monotonic(), 0
    for people, counts in _in_processes(conninfo, asked, ring, stage, phase, todo, processes):
        fresh += people
        for table, (rows, size, seconds) in counts.items():
            report.rows[table] += rows
            report.bytes_[table] += size
            report.seconds[table] += seconds
        if time.monotonic() - shown > _REPORT_EVERY:
            shown = time.monotonic()
            rate = fresh / (shown - began)
            left = (asked.people - loaded - fresh) / rate
            say(
                f"{phase}: {loaded + fresh:,} of {asked.people:,} people, {rate:,.0f} a second, {left:,.0f} s left"
            )


def _in_processes(
    conninfo: str,
    asked: Asked,
    ring: Keyring,
    stage: world.World,
    phase: str,
    todo: list[tuple[int, int]],
    processes: int,
) -> Iterator[tuple[int, _Counts]]:
    """People and rows of each batch as it is done; raises what a process raised."""
    if len(todo) <= 1 or processes == 1:
        with psycopg.connect(conninfo) as connection:
            for number, size in todo:
                yield _batch(connection, asked, ring, stage, phase, number, size)
        return
    forking = multiprocessing.get_context("fork")
    work: Any = forking.Queue()
    results: Any = forking.Queue()
    for item in (*todo, *[None] * processes):
        work.put(item)
    arguments = (conninfo, asked, ring, stage, phase, work, results)
    workers = [
        forking.Process(target=_worker, args=arguments, daemon=True) for _ in range(processes)
    ]
    for process in workers:
        process.start()
    try:
        for _ in todo:
            yield _next(results, workers)
        for process in workers:
            process.join()
    finally:
        for process in workers:
            if process.is_alive():
                process.terminate()


def _next(results: Any, workers: Iterable[Any]) -> tuple[int, _Counts]:
    """The next result; a process that died without a word is an error too."""
    while True:
        try:
            result = results.get(timeout=1)
        except Empty:
            if not any(process.is_alive() for process in workers):
                raise CannotLoad(
                    "A loading process was ended from outside: go on with --resume."
                ) from None
            continue
        if isinstance(result, str):
            raise CannotLoad(result)
        people, counts = result
        return people, counts


def _worker(
    conninfo: str,
    asked: Asked,
    ring: Keyring,
    stage: world.World,
    phase: str,
    work: Any,
    results: Any,
) -> None:
    try:
        with psycopg.connect(conninfo) as connection:
            parent = os.getppid()
            while (item := work.get()) is not None and os.getppid() == parent:
                number, size = item
                results.put(_batch(connection, asked, ring, stage, phase, number, size))
    except Exception as error:  # told to the parent, which raises it
        results.put(f"{type(error).__name__}: {error}")
    except KeyboardInterrupt:
        return


def _batch(
    connection: psycopg.Connection[Any],
    asked: Asked,
    ring: Keyring,
    stage: world.World,
    phase: str,
    number: int,
    size: int,
) -> tuple[int, _Counts]:
    day = (asked.on - _EPOCH).days
    drawn = lives.draw(stage, number, size, on=day, cases=asked.extent.cases)
    made = (
        tables.core(stage, drawn, ring)
        if phase == "core"
        else tables.histories(stage, drawn, ring, asked.extent)
    )
    counts: _Counts = {}
    with connection.transaction():
        # A batch lost in a crash is loaded again: waiting for the disk each time buys nothing.
        connection.execute("set local synchronous_commit = off")
        # First, so that whoever else is at this batch (a process whose parent was killed) is waited
        # for, and a batch is never there twice.
        booked = connection.execute(
            "insert into population_batch (phase, number, people) values (%s, %s, %s) "
            "on conflict do nothing",
            (phase, number, size),
        )
        if booked.rowcount == 0:
            return size, counts
        clock = time.monotonic()
        for rows in made:
            size_ = copy_rows(connection, rows)
            count, size_before, seconds = counts.get(rows.table, (0, 0, 0.0))
            now = time.monotonic()
            counts[rows.table] = (count + rows.count, size_before + size_, seconds + now - clock)
            clock = now
    return size, counts


def copy_rows(connection: psycopg.Connection[Any], rows: tables.Rows, *, into: str = "") -> int:
    """COPY rows into their table, or another of the same columns; returns the bytes sent."""
    columns = sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(into or rows.table), columns
    )
    content = rows.encoded()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(copying.HEADER)
        copy.write(content)
        copy.write(copying.TRAILER)
    return len(content)


# -- indexes and constraints

_CONSTRAINTS = """
select case c.contype when 'f' then 'foreign key' else 'key' end, c.conrelid::regclass::text, c.conname,
       pg_get_constraintdef(c.oid)
from pg_constraint c
where c.contype in ('p', 'u', 'f')
  and (c.conrelid = any (%(tables)s::regclass[]) or c.confrelid = any (%(tables)s::regclass[])
       and c.contype = 'f')
"""
_INDEXES = """
select 'index', i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
from pg_index i
where i.indrelid = any (%(tables)s::regclass[])
  and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))
"""


def _take_off(connection: psycopg.Connection[Any], names: list[str]) -> None:
    """Drop what slows a load, written down in the same transaction."""
    with connection.transaction():
        found = [
            row
            for query in (_CONSTRAINTS, _INDEXES)
            for row in connection.execute(query, {"tables": names}).fetchall()
        ]
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into population_removed values (%s, %s, %s, %s) on conflict do nothing",
                found,
            )
        # Foreign keys rest on keys: they go first.
        for kind, relation, name, _ in sorted(found, key=lambda row: row[0] != "foreign key"):
            if kind == "index":
                connection.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
            else:
                connection.execute(
                    sql.SQL("alter table {} drop constraint {}").format(
                        sql.Identifier(relation), sql.Identifier(name)
                    )
                )


def _put_back(connection: psycopg.Connection[Any], conninfo: str, say: Say, processes: int) -> None:
    """Build again what was taken off: keys and indexes side by side, then foreign keys."""
    removed = connection.execute(
        "select kind, relation, name, definition from population_removed"
    ).fetchall()
    for kind in ("key", "index", "foreign key"):
        todo = [row for row in removed if row[0] == kind]
        if todo:
            began = time.monotonic()
            _side_by_side(conninfo, kind, todo, processes)
            say(f"built again: {kind}, {len(todo)} of them, in {time.monotonic() - began:.0f} s")


def _side_by_side(conninfo: str, kind: str, todo: list[tuple[str, ...]], processes: int) -> None:
    """Run definitions of one kind in threads with a connection each, so that none waits for another."""
    groups: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in todo:
        # A key locks its table; indexes of one table can be built at the same time. A foreign key locks
        # two tables: one after another, they never wait in a circle.
        groups[{"key": row[1], "index": row[2], "foreign key": ""}[kind]].append(row)

    def build(rows: list[tuple[str, ...]]) -> None:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("set maintenance_work_mem = '384MB'")
            connection.execute("set max_parallel_maintenance_workers = 0")
            connection.execute("set lock_timeout = 0")
            for row in rows:
                with connection.transaction():
                    _build(connection, *row)

    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(build, groups.values()))


def _build(
    connection: psycopg.Connection[Any], kind: str, relation: str, name: str, definition: str
) -> None:
    if kind == "index":
        connection.execute(definition.encode())
    else:
        statement = sql.SQL("alter table {} add constraint {} ").format(
            sql.Identifier(relation), sql.Identifier(name)
        ) + sql.SQL(definition)
        connection.execute(statement)
    connection.execute(
        "delete from population_removed where relation = %s and name = %s", (relation, name)
    )


def missing_columns(connection: psycopg.Connection[Any], rows: tables.Rows) -> list[str]:
    """Columns of the table that must be given and are not, or that are given and are not there."""
    found = connection.execute(
        "select column_name, is_nullable = 'NO' and column_default is null and is_identity = 'NO' "
        "from information_schema.columns where table_name = %s and table_schema = current_schema()",
        (rows.table,),
    ).fetchall()
    known = {name for name, _ in found}
    needed = {name for name, must in found if must}
    return sorted((needed - rows.columns.keys()) | (rows.columns.keys() - known))
