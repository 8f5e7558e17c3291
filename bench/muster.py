"""The muster: from a published-like footprint to the list, among many current places, under the row policies.

    ./lindung bench muster [--people 200000] [--rounds 15]

Fills a schema of its own (the register's narrow table of states, its indexes and policies included) by COPY and
set-based inserts and drops it: places are those of the made-up population (site/population), repeated until there
are so many people at work abroad. The footprint is that of the earthquake of 2018-02-06 near Hualien (M 6.4,
24.174 N 121.653 E, 10.6 km; USGS, public domain): contours of intensity in the form of a ShakeMap's
``cont_mmi.json``, drawn by the published equation (crisis/radius.yaml), read by the service's own reader.

It times, as the post in charge and as the ministry: the first page of the list, everybody's ids, and its counts; p50 and
p95. `raw` is the same rows by their indexes as the owner, whom no policy binds, unsorted; `scan` the plain reading of
the whole table for the same cells; both in the same run, in turn. Prints one object a line.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from math import cos, pi, radians, sin
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[1] / "src"
TARGET_MS = 500
LAT, LON, MAGNITUDE, DEPTH = 24.1737, 121.653, 6.4, 10.64
POOL = 60_000
_TABLES = (
    "registry_workerstate", "registry_worker", "monitoring_employment", "crisis_footprintspan",
)  # fmt: skip


def contours() -> bytes:
    """Closed lines of intensity 5 to 7 as ``cont_mmi.json`` has them, longer along the coast than across."""
    from lindung.crisis.practice import felt_within_km

    features = []
    for level in (5.0, 5.5, 6.0, 6.5, 7.0):
        km = felt_within_km(MAGNITUDE, DEPTH, intensity=level)
        line = []
        for step in range(72):
            turn = 2 * pi * step / 72
            north, east = km * 1.15 * cos(turn), km * 0.87 * sin(turn)
            line.append(
                [
                    round(LON + east / (111.2 * cos(radians(LAT))), 4),
                    round(LAT + north / 111.2, 4),
                ]
            )
        features.append(
            {
                "type": "Feature",
                "properties": {"value": level, "units": "mmi", "weight": 2},
                "geometry": {"type": "MultiLineString", "coordinates": [[*line, line[0]]]},
            }
        )
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def main() -> None:
    """Fill, measure, drop."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()

    sys.path.insert(0, str(SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
    os.environ.pop("LINDUNG_CONNECT_AS", None)
    import django

    django.setup()
    import psycopg

    schema = f"bench_muster_{os.getpid()}"
    with psycopg.connect(
        os.environ["LINDUNG_OWNER_DATABASE_URL"], autocommit=True, prepare_threshold=None
    ) as owner:
        owner.execute(f"create schema {schema}")
        try:
            began = time.perf_counter()
            posts = _fill(owner, schema, options.people)
            print(
                f"{options.people:,} people filled in {time.perf_counter() - began:.0f} s",
                file=sys.stderr,
            )
            for least in (6, 5):
                _measure(owner, schema, posts, least=least, options=options)
        finally:
            owner.execute(f"drop schema {schema} cascade")


def _fill(owner: Any, schema: str, people: int) -> list[int]:
    """People abroad with a place, in tables like the register's; the posts they belong to."""
    from django.db import models

    from lindung.access import policies
    from lindung.crisis.models import FootprintSpan
    from lindung.monitoring.models import Employment
    from lindung.registry.models import Worker, WorkerState

    pool = _pool()
    owner.execute(f"set search_path = {schema}, public")
    for table in _TABLES:
        owner.execute(f"create table {schema}.{table} (like public.{table} including all)")
    owner.execute(
        "create temporary table pool (n int primary key, post int, region text, cell bigint)"
    )
    with owner.cursor().copy("copy pool from stdin") as copy:
        for row in enumerate(pool):
            copy.write_row((row[0], *row[1]))
    # Indexes after the rows, as a large load does.
    indexes = owner.execute(
        "select indexname, indexdef from pg_indexes where schemaname = %s and tablename ="
        " 'registry_workerstate' and indexname not like '%%pkey'",
        (schema,),
    ).fetchall()
    for name, _definition in indexes:
        owner.execute(f'drop index {schema}."{name}"')
    owner.execute(
        f"""insert into registry_workerstate (worker_id, stage, condition, last_check_in_at,
            confirmed_on, dest_region, cell, post_id, region, country{_zero(owner, schema)})
        select gen_random_uuid(), 'during', 'good', now() - (i %% 90) * interval '1 day',
            current_date - (i %% 90), p.region, case when i %% 17 = 0 then null else p.cell end,
            p.post, '3502', left(p.region, 2){_zero(owner, schema, values=True)}
        from generate_series(0, {people - 1}) i join pool p on p.n = (i * 7919::bigint) %% {len(pool)}
        """.replace("%%", "%")
    )
    for _name, definition in indexes:
        owner.execute(definition)
    owner.execute("analyze registry_workerstate")
    bound: tuple[type[models.Model], ...] = (WorkerState, Worker, Employment, FootprintSpan)
    kinds = ", ".join(f"acts_as_{kind}" for kind in policies.ALL_KINDS)
    owner.execute(f"grant usage on schema {schema} to {kinds}")
    for each in policies.declared():
        if each.model in bound and not isinstance(each, policies.MayErase):
            for statement in policies._statements_of(each):
                owner.execute(statement)
    return sorted({row[0] for row in pool})


def _zero(owner: Any, schema: str, *, values: bool = False) -> str:
    """Columns without a default that the list does not read."""
    known = {"worker_id", "stage", "condition", "last_check_in_at", "confirmed_on", "dest_region",
             "cell", "post_id", "region", "country"}  # fmt: skip
    rows = owner.execute(
        "select column_name from information_schema.columns where table_schema = %s and"
        " table_name = 'registry_workerstate' and is_nullable = 'NO' and column_default is null",
        (schema,),
    ).fetchall()
    more = sorted({row[0] for row in rows} - known)
    return "".join(", 0" if values else f", {name}" for name in more)


def _pool() -> list[tuple[int, str, int]]:
    """Post, region and cell of made-up people at work abroad."""
    from datetime import date

    from lindung.site.population import lives, world

    on = date(2026, 8, 10)
    stage = world.build(1, on.year)
    found: list[tuple[int, str, int]] = []
    number = 0
    while len(found) < POOL:
        drawn = lives.draw(stage, number, lives.BATCH, on=(on - date(1970, 1, 1)).days)
        for i in (drawn.cell != 0).nonzero()[0]:
            region = bytes(stage.places.regions[drawn.town[i]]).decode()
            found.append((int(drawn.post[i]), region, int(drawn.cell[i])))
        number += 1
    return found[:POOL]


def _measure(owner: Any, schema: str, posts: list[int], *, least: int, options: Any) -> None:
    from django.db import connection

    from lindung.access.acting import acting_as
    from lindung.access.actors import Actor, Kind
    from lindung.access.roles import rights_of
    from lindung.crisis import footprint, queries
    from lindung.crisis.models import CrisisEvent
    from lindung.crisis.operations.declaring import regions_of
    from lindung.kernel.ids import new_id

    began = time.perf_counter()
    read = footprint.read_file(contours(), least=least)
    spans = read.spans()
    reading = (time.perf_counter() - began) * 1000
    began = time.perf_counter()
    about = CrisisEvent(id=new_id(), regions=sorted(regions_of(read.cells)), happened_at=_now())
    placing = (time.perf_counter() - began) * 1000
    owner.execute("delete from crisis_footprintspan")
    with owner.cursor().copy(
        "copy crisis_footprintspan (id, event_id, lo, hi, level, inside) from stdin"
    ) as copy:
        for each in spans:
            copy.write_row(
                (str(new_id()), str(about.id), each.lo, each.hi, each.level, each.inside)
            )
    owner.execute("analyze crisis_footprintspan")
    shared = {
        "people": options.people,
        "least": least,
        "cells": len(read.cells),
        "spans": len(spans),
    }
    _say("contours read and cut into cells", [reading], shared)
    _say("regions that the footprint touches", [placing], shared)
    taipei = next(post for post in posts if _country(owner, post) == "TW")
    actors = [
        ("post", Actor(id=new_id(), kind=Kind.POST, name="bench", posts=(taipei,), rights=rights_of("attache"))),
        ("ministry", Actor(id=new_id(), kind=Kind.MINISTRY, name="bench", rights=rights_of("ministry_officer"))),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"set search_path = {schema}, public")
    raw_sql = """
        select s.worker_id, s.cell, s.dest_region, s.condition, s.last_check_in_at, s.confirmed_on
        from crisis_footprintspan span cross join lateral (
            select * from registry_workerstate s where s.post_id = %s
              and s.cell between span.lo and span.hi and s.stage = 'during' offset 0) s
        union all
        select s.worker_id, s.cell, s.dest_region, s.condition, s.last_check_in_at, s.confirmed_on
        from registry_workerstate s where s.post_id = %s and s.dest_region = any(%s::text[])
          and s.cell is null and s.stage = 'during'"""
    scan_sql = """
        select count(*) from registry_workerstate s
        where s.stage = 'during' and s.cell = any(%s::bigint[])"""
    cells = sorted(read.cells)
    for name, actor in actors:
        asks: dict[str, Callable[[], Any]] = {
            "first page": partial(queries.inside, actor, about, most=queries.PAGE + 1),
            "everybody": partial(queries.everybody, actor, about),
            "counts": partial(queries.counted, actor, about),
            "raw": lambda: owner.execute(raw_sql, (taipei, taipei, about.regions)).fetchall(),
        }
        found: dict[str, list[float]] = {}
        with acting_as(actor):
            asks["first page"]()
            listed = asks["everybody"]()
            n, sure = len(listed), sum(inside for _who, inside, _heard in listed)
            for _ in range(options.rounds):
                for metric, act in asks.items():
                    found.setdefault(metric, []).append(_ms(act))
        for _ in range(3):
            found.setdefault("scan", []).append(
                _ms(lambda: owner.execute(scan_sql, (cells,)).fetchone())
            )
        raw, scan = statistics.median(found["raw"]), statistics.median(found["scan"])
        for metric in ("first page", "everybody", "counts"):
            took = statistics.median(found[metric])
            _say(
                f"{metric}, as {name}", found[metric], shared | {"on_the_list": n, "surely_inside": sure},
                target=TARGET_MS, met=_p95(found[metric]) <= TARGET_MS,
                ratio_to_raw_index=round(took / raw, 2), ratio_to_scan=round(took / scan, 3),
            )  # fmt: skip
        _say(f"raw index, beside {name}", found["raw"], shared)
        _say(f"plain scan, beside {name}", found["scan"], shared)


def _country(owner: Any, post: int) -> str:
    row = owner.execute(
        "select country from registry_workerstate where post_id = %s limit 1", (post,)
    ).fetchone()
    return row[0] if row else ""


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _ms(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def _say(metric: str, values: list[float], shared: dict[str, Any], **more: Any) -> None:
    print(
        json.dumps(
            {
                "bench": "muster",
                "metric": metric,
                "p50": round(statistics.median(values), 1),
                "p95": round(_p95(values), 1),
                "unit": "ms",
                **shared,
                **more,
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
