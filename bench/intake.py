"""How fast a list of people comes in, beside the same rows written plainly.

    ./lindung bench intake [--people 300] [--rows 2000]

Two metrics. `read`: lines of a CSV file into tried and sealed rows, as the job does it; the baseline
is COPY of the same finished rows into a table of the same columns and indexes. `take`: rows into
people with number, tasks, journal and placement, as an office and under its policies; the baseline
is one plain ``insert … select from unnest(…)`` for every table and chunk of the very rows this made,
with a commit for every chunk, as the owner and without policies, foreign keys or triggers, into
tables of the same columns and indexes. Ours runs in
one transaction that is undone at the end; the baseline's schema is dropped, and files are thrown
away. It is done once: ``--seconds`` changes nothing.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import _options
from bench._lines import Report
from bench._service import ready
from bench._timing import measuring

REGION, WAY, SECTOR = "3502", "g2g-kr", "manufacturing"
HEADINGS = "nama,jenis kelamin,tanggal lahir,tempat lahir,kode kab,nik,jalur,sektor"
READ_TARGET, RATIO_TARGET = 5_000, 0.5


def main() -> None:
    """Read, take, write the same plainly, print, undo."""
    options = _options.options(
        _options.parser(__doc__, name="intake"), people=(3_000, 20_000), about="rows that are taken",
        sizes={"rows": ((2_000, 100_000), "lines that are read")},
    )  # fmt: skip
    ready()
    import psycopg
    from django.conf import settings
    from django.db import transaction
    from psycopg import sql

    from lindung.access.keys import make_missing

    schema = sql.Identifier(f"bench_intake_{os.getpid()}")
    with (
        tempfile.TemporaryDirectory() as folder,
        psycopg.connect(os.environ["LINDUNG_OWNER_DATABASE_URL"]) as owner,
        Report("intake", options) as report,
    ):
        settings.KEYS = Path(folder)
        make_missing(Path(folder))
        settings.STORAGES["documents"]["OPTIONS"] = {"location": folder}
        owner.execute(sql.SQL("create schema {}").format(schema))
        try:
            with transaction.atomic():
                batch, seconds = _read(options.rows)
                plain = _copied(owner, schema, _rows_of(batch))
                report.say(
                    "read", options.rows / seconds, "rows/s", better="more", target=READ_TARGET,
                    baseline=options.rows / plain, against="COPY of finished rows",
                    people=options.rows,
                )  # fmt: skip
                made, seconds = _take(options.people)
                plain = _inserted(owner, schema, made)
                report.say(
                    "take", options.people / seconds, "rows/s", better="more",
                    baseline=options.people / plain, against="plain unnest of the same rows",
                    ratio_target=RATIO_TARGET,
                )  # fmt: skip
                transaction.set_rollback(True)
        finally:
            owner.rollback()
            owner.execute(sql.SQL("drop schema if exists {} cascade").format(schema))
            owner.commit()


def _list(count: int, first: int) -> bytes:
    """A list of made-up people, none of them twice."""
    lines = (
        f"Siti {number:06d},P,12-04-{1980 + number % 25},Ponorogo,{REGION},"
        f"350212{41 + number % 31:02d}04{80 + number % 20}{number % 10_000:04d},{WAY},{SECTOR}"
        for number in range(first, first + count)
    )
    return "\n".join((HEADINGS, *lines, "")).encode()


def _office() -> Any:
    from lindung.access.actors import Actor, Kind
    from lindung.access.roles import rights_of
    from lindung.kernel.ids import new_id

    return Actor(
        id=new_id(), kind=Kind.OFFICE, name="Bench", office="Bench", regions=(REGION,),
        rights=rights_of("placement_officer"),
    )  # fmt: skip


def _read(count: int) -> tuple[Any, float]:
    """Send a list and read it as the job does."""
    from lindung.intake import operations

    batch = operations.send_list(_office(), _list(count, first=1))
    began = time.perf_counter()
    now = datetime.now(UTC)
    with measuring():
        operations.read_list(batch.id, now=lambda: now, on=now.date())
    return batch, time.perf_counter() - began


def _take(count: int) -> tuple[dict[str, list[dict[str, Any]]], float]:
    """Take a list; what it made, by table."""
    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT
    from lindung.intake import operations, queries

    actor, now = _office(), datetime.now(UTC)
    batch = operations.send_list(actor, _list(count, first=5_000_000))
    operations.read_list(batch.id, now=lambda: now, on=now.date())
    operations.take_list(actor, batch.id)
    began, state = time.perf_counter(), "taking"
    with measuring():
        while state == "taking":
            state = operations.take_rows(actor, batch.id, on=now.date(), at=now).state
    seconds = time.perf_counter() - began
    with acting_as(ROBOT):
        found = queries.batch(batch.id)
        if found.taken != count:
            raise SystemExit(f"took {found.taken} of {count} people")
        people = [row.worker_id for row in queries.rows(batch.id, most=count)]
        return dict(_made(people)), seconds


def _made(people: list[Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every row about these people, by table."""
    from django.apps import apps
    from django.db import connection

    from lindung.access.models import JournalEntry
    from lindung.registry.models import Worker

    for model in apps.get_models():
        table = model._meta.db_table
        columns = {str(field.column) for field in model._meta.concrete_fields}
        key = "id" if model is Worker else "worker_id"
        if key not in columns or table in _DOOR_S:
            continue
        if model is not Worker and model._meta.app_label not in {"access", "registry", "placement"}:
            continue
        # The place under a seal is made by the database.
        names = sorted(columns - ({"xid", "epoch"} if model is JournalEntry else set()))
        with connection.cursor() as cursor:
            listed = ", ".join(f'"{each}"' for each in names)
            cursor.execute(f'select {listed} from "{table}" where "{key}" = any(%s)', [people])
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if rows:
            yield table, rows


# Of signing in: closed to our robot, and empty here.
_DOOR_S = {"access_phonesession", "registry_entrycode"}


def _rows_of(batch: Any) -> list[dict[str, Any]]:
    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT
    from lindung.intake.models import Row

    with acting_as(ROBOT):
        return [dict(each) for each in Row.objects.filter(batch=batch).values()]


def _alike(owner: Any, schema: Any, table: str) -> Any:
    """An empty table of the same columns and indexes."""
    from psycopg import sql

    alike = sql.SQL("{}.{}").format(schema, sql.Identifier(table))
    owner.execute(
        sql.SQL("create table if not exists {} (like public.{} including all)").format(
            alike, sql.Identifier(table)
        )
    )
    return alike


def _copied(owner: Any, schema: Any, rows: list[dict[str, Any]]) -> float:
    """Seconds for COPY of finished rows."""
    from psycopg import sql
    from psycopg.types.json import Jsonb

    alike = _alike(owner, schema, "intake_row")
    owner.commit()
    columns = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
    began = time.perf_counter()
    with (
        measuring(),
        owner.cursor().copy(sql.SQL("copy {} ({}) from stdin").format(alike, columns)) as copy,
    ):
        for row in rows:
            copy.write_row(
                [Jsonb(each) if isinstance(each, list) else each for each in row.values()]
            )
    owner.commit()
    return time.perf_counter() - began


def _inserted(owner: Any, schema: Any, made: dict[str, list[dict[str, Any]]]) -> float:
    """Seconds for the same rows, an insert from arrays for each table and chunk."""
    from psycopg import sql

    from lindung.intake.operations.taking import CHUNK

    people = len(made["registry_worker"])
    statements = []
    for table, rows in made.items():
        alike = _alike(owner, schema, table)
        types = dict(
            owner.execute(
                "select column_name, udt_name from information_schema.columns"
                " where table_schema = 'public' and table_name = %s and data_type <> 'ARRAY'",
                [table],
            ).fetchall()
        )
        columns = [name for name in rows[0] if name in types]
        statement = sql.SQL("insert into {} ({}) select * from unnest({})").format(
            alike,
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(sql.SQL(f"%b::{types[name]}[]") for name in columns),
        )
        # Not measured: what is to be written lies ready, as a program that only writes would have it.
        each = len(rows) / people
        ready = [
            [
                [json.dumps(row[name]) if isinstance(row[name], (dict, list)) else row[name]
                 for row in rows[round(start * each) : round((start + CHUNK) * each)]]
                for name in columns
            ]
            for start in range(0, people, CHUNK)
        ]  # fmt: skip
        statements.append((statement, ready))
    owner.commit()
    began = time.perf_counter()
    with measuring():
        for chunk in range(-(-people // CHUNK)):
            for statement, ready in statements:
                owner.execute(statement, ready[chunk])
            owner.commit()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
