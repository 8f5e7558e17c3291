"""The muster: from a published-like footprint to the list, among many current places, under the row policies.

    ./lindung bench muster [--people 20000] [--seconds 2]

Fills a schema of its own (the register's narrow table of states, its indexes and policies included) by COPY and
set-based inserts and drops it: places are those of the made-up population (site/population), repeated until there
are so many people at work abroad. The footprint is that of the earthquake of 2018-02-06 near Hualien (M 6.4,
24.174 N 121.653 E, 10.6 km; USGS, public domain): contours of intensity in the form of a ShakeMap's
``cont_mmi.json``, drawn by the published equation (crisis/radius.yaml), read by the service's own reader. From
intensity 6 on it is a stretch of coast, from 5 on most of an island.

It times, as the post in charge and as the ministry: the first page of the list, its counts, and everybody's ids.
The baseline is the same rows by their index as the owner, whom no policy binds, unsorted, in turn with them;
``on_the_list`` is how many they are. Then the register's own people, in a transaction that is undone: from the
officer's word to the first message in the hands of a gateway, which is a local server.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import cos, pi, radians, sin
from typing import Any

from bench import _options
from bench._lines import Report
from bench._service import owner_connection, people_there, ready
from bench._timing import in_turn, p50, p95, ratio, timed

LIST_MS, FIRST_MESSAGE_S = 500.0, 60.0
LAT, LON, MAGNITUDE, DEPTH = 24.1737, 121.653, 6.4, 10.64
POOL = 60_000
SOURCE = "bench"  # what the gateway is told in place of a number and of secrets
# Made where nobody is yet, for the message alone.
REGISTERED = 5_000
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
    """Fill, measure, drop; then ask."""
    options = _options.options(
        _options.parser(__doc__, name="muster"), people=(20_000, 5_000_000),
        about="at work abroad with a place",
    )  # fmt: skip
    ready()
    schema = f"bench_muster_{os.getpid()}"
    with owner_connection(autocommit=True) as owner, Report("muster", options) as report:
        owner.execute(f"create schema {schema}")
        try:
            began = time.perf_counter()
            posts = _fill(owner, schema, options.people)
            print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
            for least in (6, 5):
                _measure(report, owner, schema, posts, least=least, seconds=options.seconds)
        finally:
            owner.execute(f"drop schema {schema} cascade")
        owner.execute("set search_path = public")
        owner.autocommit = False
        _first_message(report, people_there(owner, REGISTERED))


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
    # As a running service keeps it: what the list reads is in the index, once its pages are visible.
    owner.execute("vacuum analyze registry_workerstate")
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


def _measure(
    report: Report, owner: Any, schema: str, posts: list[int], *, least: int, seconds: float
) -> None:
    from django.db import connection

    from lindung.access.acting import acting_as
    from lindung.access.actors import Actor, Kind
    from lindung.access.roles import rights_of
    from lindung.crisis import footprint, queries
    from lindung.crisis.models import CrisisEvent
    from lindung.crisis.operations.declaring import regions_of
    from lindung.kernel.ids import new_id

    where = f"from intensity {least} on"
    read = footprint.read_file(contours(), least=least)
    cut = timed(lambda: footprint.read_file(contours(), least=least).spans())
    spans = read.spans()
    about = CrisisEvent(id=new_id(), regions=sorted(regions_of(read.cells)), happened_at=_now())
    report.say(
        f"contours read and cut into cells, {where}", cut * 1_000, "ms",
        cells=len(read.cells), spans=len(spans),
    )  # fmt: skip
    owner.execute("delete from crisis_footprintspan")
    with owner.cursor().copy(
        "copy crisis_footprintspan (id, event_id, lo, hi, level, inside) from stdin"
    ) as copy:
        for each in spans:
            copy.write_row(
                (str(new_id()), str(about.id), each.lo, each.hi, each.level, each.inside)
            )
    owner.execute("analyze crisis_footprintspan")
    taipei = next(post for post in posts if _country(owner, post) == "TW")
    actors = [
        ("post", Actor(id=new_id(), kind=Kind.POST, name="bench", posts=(taipei,), rights=rights_of("attache"))),
        ("ministry", Actor(id=new_id(), kind=Kind.MINISTRY, name="bench", rights=rights_of("ministry_officer"))),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"set search_path = {schema}, public")
    alone = """
        select s.worker_id, s.last_check_in_at
        from crisis_footprintspan span cross join lateral (
            select s.worker_id, s.last_check_in_at from registry_workerstate s
            where s.post_id = %s and s.cell between span.lo and span.hi and s.cell is not null
              and s.stage = 'during' offset 0) s"""
    for name, actor in actors:
        asks: dict[str, Callable[[], Any]] = {
            "first page": partial(queries.inside, actor, about, most=queries.PAGE + 1),
            "counts": partial(queries.counted, actor, about),
            "everybody": partial(queries.everybody, actor, about),
        }
        with acting_as(actor):
            listed = len(asks["everybody"]())
            *took, index = in_turn(
                *asks.values(), lambda: owner.execute(alone, (taipei,)).fetchall(), seconds=seconds
            )
        for metric, samples in zip(asks, took, strict=True):
            report.say(
                f"{metric}, {where}, {name}", p95(samples), "ms p95", samples=samples,
                target=LIST_MS if metric == "first page" else None,
                baseline=p95(index), against="the index alone", ratio=ratio(samples, index),
                on_the_list=listed, middle=round(p50(samples), 1),
            )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("set search_path = public")


class _Gateway(BaseHTTPRequestHandler):
    """Takes every message and notes when the first one came."""

    came = threading.Event()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.came.set()
        body = b'{"id": "1"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@contextmanager
def _gateway() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def _first_message(report: Report, people: int) -> None:
    """The officer asks; the jobs are done in their order until the gateway has a message."""
    from datetime import timedelta

    from django.db import transaction
    from django.test import override_settings

    from lindung.access.acting import acting_as
    from lindung.access.actors import Actor, Kind
    from lindung.access.roles import ROBOT, rights_of
    from lindung.crisis import operations
    from lindung.crisis.models import EventKind, Way
    from lindung.crisis.operations.declaring import Given
    from lindung.kernel.ids import new_id
    from lindung.outreach import operations as outreach
    from lindung.outreach.lines import HttpGateway, Lines

    officer = Actor(
        id=new_id(), kind=Kind.MINISTRY, name="bench", rights=rights_of("ministry_officer")
    )
    now = _now()
    with _gateway() as url, transaction.atomic():
        line = HttpGateway(url, SOURCE, SOURCE, SOURCE)
        with override_settings(LINES=Lines(sms=line)):
            event = operations.declare(
                officer, kind=EventKind.EARTHQUAKE, title="Bench", source="bench",
                happened_at=now - timedelta(minutes=5), source_on=now.date(),
                given=Given(way=Way.FILE, raw=contours(), least=5), at=now,
            )  # fmt: skip
            _reachable(officer, event, now)
            began = time.perf_counter()
            made = operations.ask(officer, event.id, with_maybe=True, at=now)
            asked = time.perf_counter() - began
            for chunk in _jobs("crisis.ask_some"):
                operations.ask_some(ROBOT, made.id, chunk["worker_ids"], now=now)
                for some in _jobs("outreach.deliver_all"):
                    for each in some["message_ids"]:
                        if not _Gateway.came.is_set():
                            outreach.deliver(ROBOT, each, now=now)
                if _Gateway.came.is_set():
                    break
            took = time.perf_counter() - began
            with acting_as(ROBOT):
                assert _Gateway.came.is_set(), "nobody on the list has a way to be written to"
        transaction.set_rollback(True)
    report.say("asked, list written down", asked, "s", people=people, on_the_list=made.people)
    report.say(
        "question sent to first message at the gateway", took, "s", target=FIRST_MESSAGE_S,
        people=people, on_the_list=made.people,
    )  # fmt: skip


def _reachable(officer: Any, event: Any, now: Any) -> None:
    """The first of the list have told that a text message is safe for them."""
    from lindung.access.acting import acting_as
    from lindung.access.roles import acting_worker
    from lindung.crisis import queries
    from lindung.outreach import operations as outreach
    from lindung.registry.models import Worker

    with acting_as(officer):
        found = [each.worker_id for each in queries.inside(officer, event, most=queries.PAGE)]
        people = list(Worker.objects.filter(id__in=found))
    for who in people:
        outreach.set_rules(acting_worker(who.id, who.shown_name), who.id, now=now, channels=["sms"])


def _jobs(name: str) -> list[dict[str, Any]]:
    """What waits under this name, in its order; ids as they are."""
    from uuid import UUID

    from django.db import connection

    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT

    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute(
            "select args from procrastinate_jobs where task_name = %s and status = 'todo' order by id",
            [name],
        )
        found = [row[0] for row in cursor.fetchall()]
    told = [each if isinstance(each, dict) else json.loads(each) for each in found]
    return [
        {key: [UUID(one) for one in value] if isinstance(value, list) else value
         for key, value in each.items()}
        for each in told
    ]  # fmt: skip


def _country(owner: Any, post: int) -> str:
    row = owner.execute(
        "select country from registry_workerstate where post_id = %s limit 1", (post,)
    ).fetchone()
    return row[0] if row else ""


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


if __name__ == "__main__":
    main()
