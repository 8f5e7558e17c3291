"""Proving the same truth: two digest trees over shared subjects, with planted differences.

    ./lindung bench reconciliation [--people 5000] [--differences 37] [--updates 50]

Our side is the real one: placements, lanes and visa numbers in PostgreSQL, the records read from
them, the tree kept in tables, comparison by the code of the exchange. The other side is the
simulator's tree in memory, grown from the published text, with its own key; every question and
answer is signed and checked. Tables are copies in a schema of its own, which is dropped; nothing of
the installation is touched. ``--people`` counts shared subjects. What grows a tree or reads all
books is done once; only single changes are repeated.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import _options
from bench._lines import Report
from bench._service import owner_connection, ready
from bench._timing import measuring, p50, timed

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
    options = _options.options(
        _options.parser(__doc__, name="reconciliation"), people=(5_000, 1_000_000),
        about="shared subjects",
        sizes={
            "differences": ((37, 37), "planted"),
            "updates": ((50, 50), "single changes to be timed"),
        },
    )  # fmt: skip
    ready()
    from django.conf import settings
    from django.db import connections
    from psycopg import sql

    from lindung.access.keys import make_missing

    schema = f"bench_reconciliation_{os.getpid()}"
    connections.databases["default"]["OPTIONS"]["options"] = f"-c search_path={schema},public"
    with (
        tempfile.TemporaryDirectory() as folder,
        owner_connection(autocommit=True) as owner,
        Report("reconciliation", options) as report,
    ):
        settings.LINDUNG_HOME = settings.KEYS = Path(folder)
        make_missing(Path(folder))
        owner.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        try:
            _copy_tables(owner, schema)
            other = Other(options.people, options.differences)
            _fill(owner, options.people, other)
            _measure(report, owner, options, other)
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
            numbers = {each: int(each.rpartition("-")[2]) for each in asked["subjects"]}
            said["records"] = [
                self.record(each) for each in numbers.values() if each not in self.missing
            ]
            said["unknown"] = [name for name, each in numbers.items() if each in self.missing]
        raw = wire.write_json(said)
        return httpx.Response(200, content=raw, headers={"Lindung-Signature": self.key.sign(raw)})


def number_of(each: int) -> str:
    """The public number of a subject."""
    return f"PMI-2026-{each:07d}"


def _measure(report: Report, owner: Any, options: argparse.Namespace, other: Other) -> None:
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
        with measuring():
            return comparing.compare(partner.pk, now=now, http=line)

    n, say = options.people, report.say
    first = timed(lambda: digests.recheck(partner))
    owner.execute("analyze exchange_sharedrecord, exchange_treenode")
    nightly = timed(lambda: digests.recheck(partner))
    scan = timed(lambda: owner.execute(_SCAN).fetchall())
    named = "one plain scan of what is read"
    say("books read, tree grown, first time", first, "s", baseline=scan, against=named)
    say("the same, every night", nightly, "s", baseline=scan, against=named)
    say(
        "tree alone grown anew", timed(lambda: digests.regrow(partner)), "s",
        baseline=other.grown_in, against="the other side's tree in memory",
    )  # fmt: skip

    found = compare()
    with acting_as(ROBOT):
        seen = set(Difference.objects.filter(closed_at=None).values_list("subject", flat=True))
    if seen != other.planted:
        raise SystemExit(f"not what was planted: {sorted(seen ^ other.planted)[:5]}")
    say(
        "differences found", len(seen), "differences", better="more", ratio_target=1,
        baseline=len(other.planted), against="those that were planted",
    )  # fmt: skip
    say("comparison, requests", found.requests, "requests")
    # Beside it: what sending every leaf once would take, 32 bytes and a number each.
    whole = sum(len(number_of(each)) + 32 for each in range(n))
    say(
        "comparison, bytes both ways", found.bytes, "bytes", baseline=whole,
        against="sending every leaf once",
    )  # fmt: skip
    say("comparison, both sides", found.seconds, "s")

    singles = [
        _one_change(owner, each * (n // options.updates)) * 1_000 for each in range(options.updates)
    ]
    say("one change folded in", p50(singles), "ms", samples=singles)
    many = min(1_000, n // 2)
    _changed(owner, range(many))
    say(f"{many} changes folded in", timed(digests.fold), "s")
    _same_again(owner, options, other, many)
    compare()  # closes what was found
    found = compare()
    say("comparison of what is the same", found.seconds * 1_000, "ms")
    if found.differing or found.requests != 1:
        raise SystemExit(f"they should be the same: {found.differing} differ")


_SCAN = """
select count(p), count(l), count(o) from placement_placement p
left join exchange_lane l on l.subject = p.number
left join registry_outsidenumber o on o.subject = p.id
"""


def _one_change(owner: Any, each: int) -> float:
    from lindung.exchange.operations import digests

    _changed(owner, [each])
    return timed(digests.fold)


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

    step = options.people // options.updates
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


if __name__ == "__main__":
    main()
