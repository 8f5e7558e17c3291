"""What the journal costs: appending beside the same insert without it, sealing, proving.

    ./lindung bench journal [--entries 200000] [--rounds 5]

Works on copies of the tables in a schema of its own, with the same partitions, indexes, triggers
and policies, and drops it; keys and heads are throw-away. Appending is measured from eight threads,
each with a connection, in turn with a baseline: one transaction and one insert of the same row by
the same actor into a table with the same policies, but without leaf, trigger and seal's index.
Prints one object a line.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[1] / "src"
THREADS = 8
APPEND_TARGET, SEAL_TARGET = 1.6, 200_000


def main() -> None:
    """Make the copies, measure, print, drop."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=200_000, help="to be sealed and proven")
    parser.add_argument("--appends", type=int, default=1_600, help="in each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()

    sys.path.insert(0, str(SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
    os.environ.pop("LINDUNG_CONNECT_AS", None)
    import django

    django.setup()
    import psycopg
    from django.conf import settings
    from django.db import connections
    from psycopg import sql

    from lindung.access.keys import make_missing

    schema = f"bench_journal_{os.getpid()}"
    connections.databases["default"]["OPTIONS"]["options"] = f"-c search_path={schema},public"
    with (
        tempfile.TemporaryDirectory() as folder,
        psycopg.connect(os.environ["LINDUNG_OWNER_DATABASE_URL"], autocommit=True) as owner,
    ):
        settings.LINDUNG_HOME = settings.KEYS = Path(folder)
        make_missing(Path(folder))
        owner.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        try:
            _copy_tables(owner, schema)
            _appending(options.appends, options.rounds)
            owner.execute(f"truncate {schema}.access_journal")
            _sealing(owner, schema, options.entries)
        finally:
            connections.close_all()
            owner.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))


def _copy_tables(owner: Any, schema: str) -> None:
    from lindung.access.policies import ALL_KINDS

    roles = ", ".join(f"acts_as_{kind}" for kind in ALL_KINDS)
    owner.execute(f"grant usage on schema {schema} to {roles}")
    owner.execute(f"set search_path = {schema}, public")
    owner.execute(
        f"create table {schema}.access_journal (like public.access_journal including all)"
        " partition by range (at)"
    )
    owner.execute(
        f"create table {schema}.old partition of access_journal"
        " for values from (minvalue) to ('2020-01-01')"
    )
    owner.execute(f"create table {schema}.rest partition of access_journal default")
    owner.execute(f"create table {schema}.access_seal (like public.access_seal including all)")
    owner.execute(f"create table {schema}.bench_plain (like public.access_journal including all)")
    owner.execute("drop index if exists bench_plain_epoch_xid_idx")
    owner.execute("alter table bench_plain drop leaf, drop xid, drop epoch")
    owner.execute(
        "create trigger append_only before update or delete on access_journal"
        " for each row execute function access.refuse_change()"
    )
    for table, like in (
        ("access_journal", "access_journal"),
        ("access_seal", "access_seal"),
        ("bench_plain", "access_journal"),
    ):
        owner.execute(f"grant select, insert on {table} to {roles}")
        owner.execute(f"alter table {table} enable row level security")
        for name, role, rows, new_rows in owner.execute(
            "select policyname, roles[1], qual, with_check from pg_policies"
            " where schemaname = 'public' and tablename = %s",
            [like],
        ).fetchall():
            owner.execute(
                f'create policy "{name}" on {table} for all to {role}'
                f" using ({rows}) with check ({new_rows})"
            )


def _appending(appends: int, rounds: int) -> None:
    from django.db import connection, models

    from lindung.access.acting import acting_as
    from lindung.access.actors import Actor, Kind
    from lindung.access.journal import record
    from lindung.access.models import Scoped
    from lindung.kernel.ids import new_id
    from lindung.registry.events import FactRecorded
    from lindung.registry.models import Worker

    class Plain(Scoped):
        id = models.UUIDField(primary_key=True, default=new_id)
        at = models.DateTimeField()
        type = models.CharField(max_length=80)
        subject = models.UUIDField(null=True)
        worker_id = models.UUIDField(null=True)
        actor_id = models.UUIDField()
        actor_kind = models.CharField(max_length=10)
        actor_name = models.CharField(max_length=120)
        actor_office = models.CharField(max_length=160)
        basis = models.CharField(max_length=160, default="")
        payload = models.JSONField()

        class Meta:
            app_label = "access"
            db_table = "bench_plain"
            managed = False

    actor = Actor(id=new_id(), kind=Kind.POST, name="Bench", office="Bench", posts=(1,))
    about = Worker(id=new_id(), post_id=1, region="3502")
    today = datetime.now(UTC).date()

    def event() -> FactRecorded:
        return FactRecorded(
            kind="whereabouts", label="Keberadaan", shown="Kota 1", source="worker",
            confirmed_on=today,
        )  # fmt: skip

    def append() -> None:
        with acting_as(actor):
            record(event(), actor=actor, about=about)

    def insert() -> None:
        with acting_as(actor):
            Plain(
                at=datetime.now(UTC), type=FactRecorded.type, subject=about.id,
                worker_id=about.id, actor_id=actor.id, actor_kind=str(actor.kind),
                actor_name=actor.name, actor_office=actor.office, payload=event().payload(),
                **about.scope(),
            ).save(force_insert=True)  # fmt: skip

    def many(step: Callable[[], None], count: int) -> None:
        for _ in range(count):
            step()

    def rate(pool: ThreadPoolExecutor, step: Callable[[], None]) -> float:
        began = time.perf_counter()
        share = appends // THREADS
        for done in [pool.submit(many, step, share) for _ in range(THREADS)]:
            done.result()
        return share * THREADS / (time.perf_counter() - began)

    with ThreadPoolExecutor(THREADS) as pool:
        rate(pool, append), rate(pool, insert)  # connections, plans, caches
        pairs = [(rate(pool, append), rate(pool, insert)) for _ in range(rounds)]
        for _ in range(THREADS):
            pool.submit(connection.close)
    ours = statistics.median(pair[0] for pair in pairs)
    plain = statistics.median(pair[1] for pair in pairs)
    cost = statistics.median(pair[1] / pair[0] for pair in pairs)
    _say("append", ours, "entries/s of one process", plain, cost, target=APPEND_TARGET)


def _sealing(owner: Any, schema: str, entries: int) -> None:
    from lindung.access import journal, proofs, seals
    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT

    _fill(owner, schema, entries)
    now = datetime.now(UTC)
    sealed, began = 0, time.perf_counter()
    while True:
        with acting_as(ROBOT):
            made = seals.seal(now=now)
        if made is None:
            break
        sealed += made.count
    seconds = time.perf_counter() - began
    if sealed != entries:
        raise SystemExit(f"sealed {sealed} of {entries} entries: another transaction is running")
    leaves = [hashlib.sha256(each.to_bytes(8, "big")).digest() for each in range(entries)]
    began = time.perf_counter()
    journal.root(leaves)
    alone = entries / (time.perf_counter() - began)
    _say("seal", entries / seconds, "leaves/s", alone, entries / seconds / alone, SEAL_TARGET)

    began = time.perf_counter()
    with acting_as(ROBOT):
        proof = proofs.verify(now=now)
    seconds = time.perf_counter() - began
    if not proof.holds or proof.entries != entries:
        raise SystemExit("the bench's own journal does not hold")
    began = time.perf_counter()
    count = owner.execute(
        f"select count(sha256(convert_to(t::text, 'UTF8'))) from {schema}.access_journal t"
    ).fetchone()[0]
    inside = count / (time.perf_counter() - began)
    _say("verify", entries / seconds, "entries/s", inside, entries / seconds / inside, None)


def _fill(owner: Any, schema: str, entries: int) -> None:
    """Entries with true leaves, by COPY in one transaction."""
    from psycopg.types.json import Jsonb

    from lindung.access import journal
    from lindung.access.roles import ROBOT
    from lindung.kernel.ids import new_id

    columns = ", ".join((*journal.BODY, "leaf"))
    with (
        owner.transaction(),
        owner.cursor().copy(f"copy {schema}.access_journal ({columns}) from stdin") as copy,
    ):
        for number in range(entries):
            body = dict.fromkeys(journal.BODY, "") | {
                "id": new_id(), "at": datetime.now(UTC), "type": "registry.FactRecorded",
                "subject": None, "worker_id": new_id(), "actor_id": ROBOT.id,
                "actor_kind": "clock", "actor_name": ROBOT.name, "post_id": 1,
                "agency_id": None,
                "payload": {"kind": "whereabouts", "shown": f"Kota {number}", "source": "worker"},
            }  # fmt: skip
            leaf = journal.leaf(body)
            copy.write_row([*(body | {"payload": Jsonb(body["payload"])}).values(), leaf])


def _say(
    metric: str, value: float, unit: str, baseline: float, ratio: float, target: float | None
) -> None:
    print(
        json.dumps(
            {
                "bench": "journal", "metric": metric, "value": round(value), "unit": unit,
                "baseline": round(baseline), "ratio": round(ratio, 3), "target": target,
                "people": 0,
            }
        ),
        flush=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()
