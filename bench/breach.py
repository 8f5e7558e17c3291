"""How long it takes to say whose data a breach touched, from the journal of many people.

    ./lindung bench breach [--people 2000] [--entries 20] [--officers 2000] [--seconds 2]

Works on copies of the tables in a schema of its own, with the same indexes, as our robot under its
policies, and drops it. Each person has ``--entries`` entries over 90 days by officers drawn at random.
Searched in turn: one account in three days, one account in 90 days, everything that officers did in
one day and in 90, and a whole table that got out; the list of people is written each time. The
baseline is one plain scan of the same journal. ``found`` says how many people a search named.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from bench import _options
from bench._lines import Report
from bench._service import owner_connection, ready
from bench._timing import in_turn, p95, ratio

START = datetime(2026, 8, 1, tzinfo=UTC)
DAYS, TARGET = 90, 120.0
TABLES = ("registry_worker", "privacy_breach", "privacy_affected", "access_account")
FILL = """
insert into registry_worker (id, public_number, full_name, call_name, sex, birth_place, language,
    is_demo, version, created_at, walled, post_id, region, country)
select gen_random_uuid(), 'BENCH-' || n, 'Orang ' || n, '', 'F', '',
    (array['id', 'id', 'id', 'jv', 'en'])[1 + n %% 5], true, 1, now(), false, n %% 12, '3502', 'KR'
from generate_series(1, %(people)s) n;
"""
LOOKS = """
insert into access_journal (id, at, type, subject, worker_id, actor_id, actor_kind, actor_name,
    actor_office, post_id, region, country, basis, payload, leaf)
select gen_random_uuid(), %(start)s::timestamptz + random() * interval '90 days',
    (array['access.PersonLookedAt', 'documents.DocumentUploaded', 'placement.ContractVerified',
           'monitoring.CheckedIn'])[1 + floor(random() * 4)::int],
    worker.id, worker.id, ('00000000-0000-7000-9000-' || lpad(to_hex(floor(random() * %(officers)s)::int), 12, '0'))::uuid,
    'post', 'Petugas', 'Kantor', worker.post_id, worker.region, worker.country, '',
    '{"purpose": "berkas"}', '\\x00'::bytea
from registry_worker worker, generate_series(1, %(entries)s);
"""


def main() -> None:
    """Make the copies, fill them, search, print, drop."""
    parser = _options.parser(__doc__, name="breach")
    parser.add_argument("--entries", type=int, default=20, help="of each person")
    parser.add_argument("--officers", type=int, default=2_000)
    options = _options.options(parser, people=(2_000, 200_000), about="with a journal")
    ready()
    from django.db import connections
    from psycopg import sql

    schema = f"bench_breach_{os.getpid()}"
    connections.databases["default"]["OPTIONS"]["options"] = f"-c search_path={schema},public"
    with owner_connection(autocommit=True) as owner, Report("breach", options) as report:
        owner.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        try:
            _copy_tables(owner, schema)
            entries = _fill(owner, options)
            _search(report, owner, entries, options.seconds)
        finally:
            connections.close_all()
            owner.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))


def _copy_tables(owner: Any, schema: str) -> None:
    owner.execute(f"grant usage on schema {schema} to acts_as_clock")
    owner.execute(f"set search_path = {schema}, public")
    owner.execute(
        f"create table {schema}.access_journal (like public.access_journal including all)"
        " partition by range (at)"
    )
    for month in (8, 9, 10, 11):
        owner.execute(
            f"create table {schema}.journal_{month} partition of access_journal"
            f" for values from ('2026-{month:02}-01') to ('2026-{month + 1:02}-01')"
        )
    for table in TABLES:
        owner.execute(f"create table {schema}.{table} (like public.{table} including all)")
    for table in (*TABLES, "access_journal"):
        owner.execute(f"grant select, insert, update, delete on {table} to acts_as_clock")
        owner.execute(f"alter table {table} enable row level security")
        owner.execute(f"create policy clock on {table} for all to acts_as_clock using (true)")


def _fill(owner: Any, options: Any) -> int:
    began = time.perf_counter()
    values = {
        "people": options.people,
        "entries": options.entries,
        "officers": options.officers,
        "start": START,
    }
    owner.execute(FILL, values)
    owner.execute(LOOKS, values)
    owner.execute(
        "insert into access_account (id, username, email, display_name, language, is_active,"
        " is_demo, created_at, password) values (%s, 'bench', '', 'Bench', 'id', true, true,"
        " now(), '')",
        [UUID("00000000-0000-7000-9000-000000000001")],
    )
    owner.execute("analyze")
    entries = int(owner.execute("select count(*) from access_journal").fetchone()[0])
    print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return entries


def _search(report: Report, owner: Any, entries: int, seconds: float) -> None:
    from lindung.privacy.breaches import Search

    day = timedelta(days=1)
    asked = {
        "one account, 3 days": (Search(accounts=("bench",)), START + 30 * day, START + 33 * day),
        "one account, 90 days": (Search(accounts=("bench",)), START, START + DAYS * day),
        "everything officers did in a day": (Search(), START + 30 * day, START + 31 * day),
        "everything officers did in 90 days": (Search(), START, START + DAYS * day),
        "a whole table": (Search(tables=("registry.Worker",)), START, START + day),
    }
    found = {name: _listed(*each) for name, each in asked.items()}
    *took, scan = in_turn(
        *(partial(_listed, *each) for each in asked.values()),
        lambda: owner.execute("select count(*), max(payload::text) from access_journal").fetchone(),
        seconds=seconds,
    )
    for name, samples in zip(asked, took, strict=True):
        report.say(
            name, p95(samples) / 1_000, "s p95", samples=[each / 1_000 for each in samples],
            target=TARGET, baseline=p95(scan) / 1_000, against="one plain scan of the journal",
            ratio=ratio(samples, scan), found=found[name], entries=entries,
        )  # fmt: skip


def _listed(search: Any, start: datetime, end: datetime) -> int:
    """How many people a search names; the list is written, and grouped as its page groups it."""
    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT
    from lindung.kernel.ids import new_id
    from lindung.privacy import breaches
    from lindung.privacy.models import Breach

    with acting_as(ROBOT):
        breach = Breach.objects.create(
            id=new_id(), number=new_id().hex[:24], drill=True, known_at=end, window_from=start,
            window_to=end, how="-", remedy="-", made_at=end, made_name="bench",
        )  # fmt: skip
        people = int(breaches.find(breach, search))
        breaches.groups(breach)
    return people


if __name__ == "__main__":
    main()
