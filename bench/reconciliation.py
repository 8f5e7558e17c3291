"""Proving the same truth: two digest trees over shared subjects, with planted differences.

    ./lindung bench reconciliation [--subjects 1000000] [--differences 37] [--updates 50]

Our side is the real one: placements, lanes and visa numbers in PostgreSQL, the records read from
them, the tree kept in tables, comparison by the code of the exchange. The other side is the
simulator's tree in memory, grown from the published text, with its own key; every question and
answer is signed and checked. Tables are copies in a schema of its own, which is dropped; nothing of
the installation is touched. Prints one object a line.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TABLES = (
    "exchange_partner", "exchange_partnerkey", "exchange_lane", "exchange_incoming",
    "exchange_outgoing", "exchange_sharedrecord", "exchange_stalerecord", "exchange_treenode",
    "exchange_comparison", "exchange_difference", "exchange_differencestep", "placement_placement",
    "placement_contract", "placement_contractterms", "registry_outsidenumber",
    "monitoring_employment", "reintegration_return",
)  # fmt: skip
THEM = "urn:lindung:node:bench"
GONE_ON, EXPIRES_ON = date(2026, 3, 2), date(2026, 6, 2)


def main() -> None:
    """Make the copies, fill them, measure, print, drop."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--subjects", type=int, default=1_000_000)
    parser.add_argument("--differences", type=int, default=37)
    parser.add_argument("--updates", type=int, default=50, help="single changes to be timed")
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()

    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
    os.environ.pop("LINDUNG_CONNECT_AS", None)
    import django

    django.setup()
    import psycopg
    from django.conf import settings
    from django.db import connections
    from psycopg import sql

    from lindung.access.keys import make_missing

    schema = f"bench_reconciliation_{os.getpid()}"
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
            other = Other(options.subjects, options.differences)
            _fill(owner, options.subjects, other)
            _measure(owner, options, other)
        finally:
            connections.close_all()
            owner.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))


class Other:
    """The other side: its records, its tree, its key, and the door that answers."""

    def __init__(self, subjects: int, differences: int) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        from simulators.eps import reconcile
        from simulators.eps.wire import Key

        self.key = Key(Ed25519PrivateKey.generate())
        self.subjects = subjects
        # Spread evenly: most changed in a field, some missing there, some missing here.
        planted = [subjects * (each * 2 + 1) // (differences * 2) for each in range(differences)]
        self.missing = set(planted[::9])
        self.strange = set(planted[1::9])
        self.changed = set(planted) - self.missing - self.strange
        self.planted = {number_of(each) for each in planted}
        began = time.perf_counter()
        self.tree = reconcile.Tree(
            {
                number_of(each): reconcile.leaf(self.record(each))
                for each in range(subjects)
                if each not in self.missing
            }
        )
        self.tree.digest("")
        self.grown_in = time.perf_counter() - began

    def record(self, each: int) -> dict[str, str]:
        """What the other side holds about one subject."""
        day = EXPIRES_ON + timedelta(days=1) if each in self.changed else EXPIRES_ON
        return {
            "subject": number_of(each),
            "standing": "active",
            "authorisation_no": f"CCVI-2026-{each:07d}",
            "authorisation_expires_on": day.isoformat(),
            "departed_on": GONE_ON.isoformat(),
        }

    def answer(self, request: Any) -> Any:
        """One signed answer to one signed question."""
        import httpx

        from lindung.exchange.ourselves import own_node
        from lindung.exchange.own_keys import own_key
        from simulators.eps import wire

        claims = wire.read_request(request.headers["lindung-request"], own_key().x)
        if claims["body"] != wire.digest(request.content):
            return httpx.Response(401)
        asked = wire.read_json(request.content)
        said: dict[str, Any] = {
            "request": claims["id"], "node": THEM, "recipient": own_node(), "time": wire.now(),
            "record": "placement.v1",
        }  # fmt: skip
        if request.url.path.endswith("/digests"):
            said["nodes"] = [self.tree.node(prefix) for prefix in asked["prefixes"]]
        else:
            numbers = (int(each.rpartition("-")[2]) for each in asked["subjects"])
            said |= {"records": [self.record(each) for each in numbers], "unknown": []}
        raw = wire.write_json(said)
        return httpx.Response(200, content=raw, headers={"Lindung-Signature": self.key.sign(raw)})


def number_of(each: int) -> str:
    """The public number of a subject."""
    return f"PMI-2026-{each:07d}"


def _measure(owner: Any, options: argparse.Namespace, other: Other) -> None:
    import httpx

    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT
    from lindung.exchange.models import Difference, Partner
    from lindung.exchange.operations import comparing, digests

    with acting_as(ROBOT):
        partner = Partner.objects.get(node=THEM)
    line = httpx.Client(transport=httpx.MockTransport(other.answer))
    now = datetime.now(UTC)

    def compare() -> Any:
        return comparing.compare(partner.pk, now=now, http=line)

    n = options.subjects
    seconds = _timed(lambda: digests.recheck(partner))
    _say("records read from the books, tree grown, first time", seconds, "s", subjects=n)
    owner.execute("analyze exchange_sharedrecord, exchange_treenode")
    seconds = _timed(lambda: digests.recheck(partner))
    _say("the same, every night", seconds, "s", subjects=n)
    _say("tree alone grown anew", _timed(lambda: digests.regrow(partner)), "s", subjects=n)
    _say("the other side's tree in memory", other.grown_in, "s", subjects=n)

    found = compare()
    with acting_as(ROBOT):
        seen = set(Difference.objects.filter(closed_at=None).values_list("subject", flat=True))
    _say("differences found", len(seen), f"of {len(other.planted)} planted")
    if seen != other.planted:
        raise SystemExit(f"not what was planted: {sorted(seen ^ other.planted)[:5]}")
    _say("comparison, requests", found.requests, "requests", subjects=n)
    # Beside it: what sending every leaf once would take, 32 bytes and a number each.
    whole = sum(len(number_of(each)) + 32 for each in range(n))
    _say("comparison, bytes both ways", found.bytes, "bytes", baseline=whole, subjects=n)
    _say("comparison", found.seconds, "s, both sides", subjects=n)

    singles = [_one_change(owner, each * (n // options.updates)) for each in range(options.updates)]
    _say("one change folded in", statistics.median(singles) * 1_000, "ms, median", subjects=n)
    many = min(1_000, n // 2)
    _changed(owner, range(many))
    _say(f"{many} changes folded in", _timed(digests.fold), "s", subjects=n)
    _same_again(owner, options, other, many)
    compare()  # closes what was found
    found = compare()
    _say("comparison of what is the same", found.seconds * 1_000, "ms", subjects=n)
    if found.differing or found.requests != 1:
        raise SystemExit(f"they should be the same: {found.differing} differ")


def _one_change(owner: Any, each: int) -> float:
    from lindung.exchange.operations import digests

    _changed(owner, [each])
    return _timed(digests.fold)


def _changed(owner: Any, which: Any, day: date = GONE_ON + timedelta(days=1)) -> None:
    """Change some placements as an operation would, and mark their people."""
    numbers = [number_of(each) for each in which]
    owner.execute(
        "with changed as (update placement_placement set departed_on = %s"
        " where number = any(%s) returning worker_id)"
        " insert into exchange_stalerecord (id, worker_id, region, country)"
        " select gen_random_uuid(), worker_id, '', '' from changed",
        [day, numbers],
    )


def _same_again(owner: Any, options: argparse.Namespace, other: Other, many: int) -> None:
    """Undo the timed changes and the planted ones, so that both books agree."""
    from lindung.exchange.operations import digests

    step = options.subjects // options.updates
    _changed(owner, {*range(many), *(each * step for each in range(options.updates))}, GONE_ON)
    owner.execute(
        "update registry_outsidenumber set valid_to = %s where value = any(%s)",
        [EXPIRES_ON + timedelta(days=1), [f"CCVI-2026-{each:07d}" for each in other.changed]],
    )
    _put(owner, sorted(other.strange))
    owner.execute(
        "delete from exchange_lane where subject = any(%s)",
        [[number_of(each) for each in other.missing]],
    )
    _changed(owner, other.changed | other.strange | other.missing, GONE_ON)
    digests.fold()


def _fill(owner: Any, subjects: int, other: Other) -> None:
    """Our books: everything but what only the other side has."""
    from lindung.kernel.ids import new_id

    now = datetime.now(UTC)
    owner.execute(
        "insert into exchange_partner (id, code, name, country, node, base_url, adapter, settings,"
        " schemes, agreement, robot, is_demo, failures, halted_why, conflict_kid)"
        " values (%s, 'bench', 'Bench', 'KR', %s, 'http://bench.test', 'http', '{}', '[]', 'MoU',"
        " %s, true, 0, '', '')",
        [new_id(), THEM, new_id()],
    )
    owner.execute(
        "insert into exchange_partnerkey (kid, partner_id, x, valid_from, pinned_at)"
        " select %s, id, %s, '2020-01-01', %s from exchange_partner",
        [other.key.kid, other.key.x, now],
    )
    _put(owner, (each for each in range(subjects) if each not in other.strange))
    for table in TABLES:
        owner.execute(f"analyze {table}")


def _put(owner: Any, which: Any) -> None:
    from lindung.kernel.ids import new_id

    [(partner,)] = owner.execute("select id from exchange_partner").fetchall()
    people = {each: (new_id(), new_id()) for each in which}

    def placements() -> Iterator[tuple[Any, ...]]:
        for each, (pk, worker) in people.items():
            yield (
                pk, worker, number_of(each), "g2g-kr", "g2g", "manufacturing", "", "departed", "",
                "", GONE_ON, GONE_ON, GONE_ON, False, 1, "3502", "KR", 3,
            )  # fmt: skip

    _copied(
        owner, "placement_placement",
        "id, worker_id, number, pathway, scheme, sector, occupation, state, employer_name,"
        " dest_region, opened_on, cleared_on, departed_on, is_demo, version, region, country,"
        " post_id",
        placements(),
    )  # fmt: skip
    _copied(
        owner, "exchange_lane", "partner_id, subject, sent, received, gap_asks",
        ((partner, number_of(each), 1, 1, 0) for each in people),
    )  # fmt: skip
    _copied(
        owner, "registry_outsidenumber",
        "id, worker_id, subject, kind, value, issued_on, valid_to, region, country",
        (
            (new_id(), worker, pk, "visa-authorisation", f"CCVI-2026-{each:07d}", GONE_ON,
             EXPIRES_ON, "3502", "KR")
            for each, (pk, worker) in people.items()
        ),
    )  # fmt: skip


def _copied(owner: Any, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with owner.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin") as out:
        for row in rows:
            out.write_row(row)


def _copy_tables(owner: Any, schema: str) -> None:
    """Copies with indexes, grants and policies, so that what is timed is what serves."""
    owner.execute(f"grant usage on schema {schema} to acts_as_clock")
    owner.execute(f"set search_path = {schema}, public")
    for table in TABLES:
        owner.execute(f"create table {schema}.{table} (like public.{table} including all)")
        owner.execute(f"grant select, insert, update, delete on {table} to acts_as_clock")
        owner.execute(f"alter table {table} enable row level security")
        owner.execute(f"create policy clock on {table} for all to acts_as_clock using (true)")


def _timed(step: Callable[[], Any]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def _say(
    metric: str, value: float, unit: str, *, baseline: float | None = None,
    subjects: int | None = None,
) -> None:  # fmt: skip
    line: dict[str, Any] = {
        "bench": "reconciliation", "metric": metric, "value": round(value, 3), "unit": unit,
        "baseline": baseline,
    }  # fmt: skip
    if baseline:
        line["ratio"] = round(value / baseline, 6)
    if subjects is not None:
        line["subjects"] = subjects
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
