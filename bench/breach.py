"""How long it takes to say whose data a breach touched, from the journal of many people.

    ./lindung bench breach [--people 200000] [--entries 20] [--officers 2000]

Works on copies of the tables in a schema of its own, with the same indexes, as our robot under its
policies, and drops it. Each person has ``--entries`` entries over 90 days by officers drawn at random.
Searched in turn, three times each: one account in three days, one account in 90 days, everything that
officers did in one day, and a whole table that got out. `seconds` is the slowest of three, with the
list written; `people` how many it found. Prints one object a line.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

SOURCE = Path(__file__).resolve().parents[1] / "src"
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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--entries", type=int, default=20, help="of each person")
    parser.add_argument("--officers", type=int, default=2_000)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()

    sys.path.insert(0, str(SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
    os.environ.pop("LINDUNG_CONNECT_AS", None)
    import django

    django.setup()
    import psycopg
    from django.db import connections
    from psycopg import sql

    schema = f"bench_breach_{os.getpid()}"
    connections.databases["default"]["OPTIONS"]["options"] = f"-c search_path={schema},public"
    with psycopg.connect(os.environ["LINDUNG_OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        try:
            _copy_tables(owner, schema)
            _fill(owner, options)
            _search()
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


def _fill(owner: Any, options: argparse.Namespace) -> None:
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
    entries = owner.execute("select count(*) from access_journal").fetchone()[0]
    _print(
        bench="breach", step="filled", people=options.people, entries=entries,
        seconds=round(time.perf_counter() - began, 1),
    )  # fmt: skip


def _search() -> None:
    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT
    from lindung.kernel.ids import new_id
    from lindung.privacy import breaches
    from lindung.privacy.breaches import Search
    from lindung.privacy.models import Breach

    day = timedelta(days=1)
    asked = {
        "one account, 3 days": (Search(accounts=("bench",)), START + 30 * day, START + 33 * day),
        "one account, 90 days": (Search(accounts=("bench",)), START, START + DAYS * day),
        "everything officers did in a day": (Search(), START + 30 * day, START + 31 * day),
        "everything officers did in 90 days": (Search(), START, START + DAYS * day),
        "a whole table": (Search(tables=("registry.Worker",)), START, START + day),
    }
    for name, (search, start, end) in asked.items():
        slowest, people = 0.0, 0
        for _ in range(3):
            with acting_as(ROBOT):
                breach = Breach.objects.create(
                    id=new_id(), number=new_id().hex[:24], drill=True, known_at=end,
                    window_from=start, window_to=end, how="-", remedy="-", made_at=end,
                    made_name="bench",
                )  # fmt: skip
                began = time.perf_counter()
                people = breaches.find(breach, search)
                groups = breaches.groups(breach)
                slowest = max(slowest, time.perf_counter() - began)
        _print(
            bench="breach", search=name, people=people, groups=len(groups),
            seconds=round(slowest, 2), target=TARGET, met=slowest <= TARGET,
        )  # fmt: skip


def _print(**figures: Any) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
