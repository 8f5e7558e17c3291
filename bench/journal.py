"""What the journal costs: appending beside the same insert without it, sealing, proving.

    ./lindung bench journal [--people 20000] [--seconds 2]

Works on copies of the tables in a schema of its own, with the same partitions, indexes, triggers
and policies, and drops it; keys and heads are throw-away. ``--people`` counts entries that are
sealed and proven. Appending is measured from eight threads, each with a connection, in turn with a
baseline: one transaction and one insert of the same row by the same actor into a table with the
same policies, but without leaf, trigger and seal's index. A proof is what shows one entry to
somebody who trusts only the published head: its leaf and the digests beside its way to the root.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import _options
from bench._lines import Report
from bench._service import owner_connection, ready
from bench._timing import by_clients, in_turn, measuring, p50, p95, timed

CLIENTS, ROUNDS = 8, 4
APPEND_TARGET, SEAL_TARGET = round(1 / 1.6, 3), 200_000


def main() -> None:
    """Make the copies, measure, print, drop."""
    options = _options.options(
        _options.parser(__doc__, name="journal"), people=(10_000, 1_000_000),
        about="entries to be sealed and proven",
    )  # fmt: skip
    ready()
    from django.conf import settings
    from django.db import connections
    from psycopg import sql

    from lindung.access.keys import make_missing

    schema = f"bench_journal_{os.getpid()}"
    connections.databases["default"]["OPTIONS"]["options"] = f"-c search_path={schema},public"
    with (
        tempfile.TemporaryDirectory() as folder,
        owner_connection(autocommit=True) as owner,
        Report("journal", options) as report,
    ):
        settings.LINDUNG_HOME = settings.KEYS = Path(folder)
        make_missing(Path(folder))
        owner.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        try:
            _copy_tables(owner, schema)
            _appending(report)
            owner.execute(f"truncate {schema}.access_journal")
            _sealing(report, owner, schema, options.people)
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


def _appending(report: Report) -> None:
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

    def rate(step: Callable[[], None], seconds: float) -> tuple[float, list[float]]:
        """Each thread leaves its connection behind when the round is over."""
        gone = threading.local()

        def one(_number: int) -> None:
            gone.used = getattr(gone, "used", None) or _Closing(connection)
            step()

        return by_clients(one, clients=CLIENTS, seconds=seconds)

    each = report.options.seconds / ROUNDS / 2
    rate(append, each / 2), rate(insert, each / 2)  # plans, caches
    ours: list[float] = []
    plain: list[float] = []
    took: list[float] = []
    theirs: list[float] = []
    for turn in range(ROUNDS):
        for step in (append, insert) if turn % 2 else (insert, append):
            each_second, times = rate(step, each)
            (ours if step is append else plain).append(each_second)
            (took if step is append else theirs).extend(times)
    report.say(
        f"append, {CLIENTS} clients", p50(ours), "entries/s", better="more", samples=ours,
        baseline=p50(plain), against="the same insert, same role and policies",
        ratio=p50([a / b for a, b in zip(ours, plain, strict=True)]), ratio_target=APPEND_TARGET,
        people=len(took), each_p50_ms=round(p50(took), 3), each_p95_ms=round(p95(took), 3),
        plain_p50_ms=round(p50(theirs), 3),
    )  # fmt: skip


class _Closing:
    """Closes a thread's connection when the thread ends."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


def _sealing(report: Report, owner: Any, schema: str, entries: int) -> None:
    from lindung.access import merkle, proofs, seals
    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT

    _fill(owner, schema, entries)
    now = datetime.now(UTC)
    sealed, began = 0, time.perf_counter()
    while True:
        with measuring(), acting_as(ROBOT):
            made = seals.seal(now=now)
        if made is None:
            break
        sealed += made.count
    seconds = time.perf_counter() - began
    if sealed != entries:
        raise SystemExit(f"sealed {sealed} of {entries} entries: another transaction is running")
    leaves = [hashlib.sha256(each.to_bytes(8, "big")).digest() for each in range(entries)]
    alone = entries / timed(lambda: merkle.root(leaves))
    report.say(
        "seal", entries / seconds, "leaves/s", better="more", target=SEAL_TARGET, baseline=alone,
        against="hashing the tree in memory",
    )  # fmt: skip
    _proving(report)

    began = time.perf_counter()
    with measuring(), acting_as(ROBOT):
        proof = proofs.verify(now=now)
    seconds = time.perf_counter() - began
    if not proof.holds or proof.entries != entries:
        raise SystemExit("the bench's own journal does not hold")
    began = time.perf_counter()
    count = owner.execute(
        f"select count(sha256(convert_to(t::text, 'UTF8'))) from {schema}.access_journal t"
    ).fetchone()[0]
    inside = count / (time.perf_counter() - began)
    report.say(
        "verify all", entries / seconds, "entries/s", better="more", baseline=inside,
        against="one SHA-256 of each row inside PostgreSQL",
    )  # fmt: skip


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


def _proving(report: Report) -> None:
    """One entry shown to somebody outside: made, weighed, checked."""
    from lindung.access import merkle
    from lindung.access.acting import acting_as
    from lindung.access.models import JournalEntry, Seal
    from lindung.access.roles import ROBOT
    from lindung.exchange.operations import past
    from lindung.exchange.operations.heads import root_over

    with acting_as(ROBOT):
        sealed = JournalEntry.objects.order_by("at", "id").values_list("id", flat=True)
        entry = sealed[report.options.people // 3]
        seal = Seal.objects.get(entry_ids__contains=[entry])
        proof = past.own_leaves([entry])[entry]
    root = bytes(seal.root).hex()

    def make() -> None:
        with acting_as(ROBOT):
            past.own_leaves([entry])

    def check() -> None:
        if root_over(proof["leaf"], proof["path"]) != root:
            raise SystemExit("the proof does not lead to the root")

    leaf = bytes.fromhex(proof["leaf"])

    def one_digest() -> None:
        merkle.root([leaf, leaf])

    check()
    made, checked, digest = in_turn(make, check, one_digest, seconds=report.options.seconds / 2)
    under = seal.count
    size = sum(32 for _ in proof["path"]) + 32
    report.say(
        "proof of one entry, size", size, "bytes", baseline=32 * under,
        against="all leaves of its seal", leaves=under, as_json=len(json.dumps(proof)),
    )  # fmt: skip
    report.say("proof of one entry, made", p50(made), "ms", samples=made, leaves=under)
    report.say(
        "proof of one entry, verified", p50(checked), "ms", samples=checked,
        baseline=p50(digest), against="one node's digest", leaves=under,
    )  # fmt: skip


if __name__ == "__main__":
    main()
