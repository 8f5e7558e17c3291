"""The primary is killed: seconds without writes, and whether anything acknowledged is lost?

    apt-get install etcd-server patroni haproxy pgbouncer
    ./lindung bench failover [--times 3] [--people 100] [--seed 1]

A cluster on the loopback: three PostgreSQL under Patroni with one synchronous standby, three etcd,
HAProxy, PgBouncer in transaction mode. The real application is behind PgBouncer, its job worker
past it. People act over HTTP, and writers of our own through PgBouncer, each in a transaction that
first looks whether anybody else's role or settings are still there. Then, in turn, the primary's
PostgreSQL is killed with -9, and its whole machine (its Patroni too). Nobody helps the application.
One object a line; the exit code is 1 where writes stood still for more than 20 seconds, an
acknowledged write is lost, or a setting leaked.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import psycopg

from bench import _cluster
from bench._cluster import Cluster
from bench._load import Load
from bench._two_nodes import Side
from bench._whole import said
from launcher import ready

TARGET_SECONDS = 20.0
BACK_SECONDS = 120.0
WRITERS = 6
POST = 9001
TABLE = """
create table bench_written (number bigint primary key, actor text not null);
grant select, insert on bench_written to acts_as_clock, acts_as_ministry;
"""
ROLES = ("acts_as_clock", "acts_as_ministry")


def main() -> None:
    """Build it, break it, count."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--times", type=int, default=3, help="how often each way")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10.0, help="of quiet before and after")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()
    # Whoever is told to end takes down what it has built.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if lacks := _cluster.missing():
        raise SystemExit(f"not installed: apt-get install {' '.join(lacks)}")
    good = True
    with _cluster.cluster() as made, _application(made) as side:
        people, token = _cast(side, options.people)
        for number in range(options.times):
            for how in ("postgres", "machine"):
                row = _tried(made, side, how, people, token, options, options.seed + number)
                said(row)
                good = good and bool(row["good"])
    sys.exit(0 if good else 1)


def _tried(
    made: Cluster,
    side: Application,
    how: str,
    people: list[dict[str, str]],
    token: str,
    options: argparse.Namespace,
    seed: int,
) -> dict[str, object]:
    load = Load(side.url, people, token, seed=seed * 2 + (how == "machine"))
    writers = Writers(made)
    time.sleep(options.seconds)
    primary = made.leader()
    began = time.monotonic()
    if how == "postgres":
        made.kill_postgres(primary)
    else:
        made.kill_machine(primary)
    back = _until_taken(load, began)
    while made.leader() in {"", primary} and time.monotonic() - began < BACK_SECONDS:
        time.sleep(0.2)
    now = made.leader()
    _until_taken(load, time.monotonic())
    ready_after, lacked = _until_ready(side, began)
    if how == "machine":
        made.start_member(primary)
    whole = made.wait_whole() if how == "postgres" else made.wait_whole(300)
    time.sleep(options.seconds)
    load.stop()
    writers.stop()
    load.send_again()
    there = Counter(
        mark
        for question in (
            "select id::text from monitoring_checkin",
            "select complaint_id::text from protection_case where complaint_id is not null",
            "select substr(words, 5) from protection_casenote where words like 'uji %'",
        )
        for (mark,) in side.ask(question)
    )
    acts = [act for act in load.acts if act.kind != "document"]
    written = {number for (number,) in side.ask("select number from bench_written")}
    silence = load.longest_silence(began)
    row: dict[str, object] = {
        "killed": how,
        "primary": primary,
        "primary_then": now,
        "without_writes_s": round(silence, 1),
        "without_direct_writes_s": round(writers.longest_silence(began), 1),
        "target_s": TARGET_SECONDS,
        "first_write_after_s": round(back, 1),
        "ready_after_s": round(ready_after, 1),
        "ready_lacked": lacked,
        "three_again_after_s": round(whole, 1),
        "acknowledged": sum(act.taken for act in acts),
        "acknowledged_lost": sum(act.taken and not there[str(act.key)] for act in acts),
        "twice": sum(max(0, there[str(act.key)] - 1) for act in acts),
        "direct_acknowledged": len(writers.acknowledged),
        "direct_lost": len(writers.acknowledged - written),
        "transactions_looked_at": writers.looked,
        "settings_leaked": writers.leaked,
        "jobs_started_again": side.restarts,
        "answers": dict(sorted(load.answers().items())),
    }
    row["good"] = (
        max(silence, writers.longest_silence(began)) <= TARGET_SECONDS
        and now not in {"", primary}
        and not (row["acknowledged_lost"] or row["twice"] or row["direct_lost"] or writers.leaked)
    )
    return row


def _until_taken(load: Load, since: float) -> float:
    while not load.taken_since(since + 0.05):
        if time.monotonic() - since > BACK_SECONDS:
            raise SystemExit(f"nothing taken for {BACK_SECONDS:g} s: {load.answers()}")
        time.sleep(0.05)
    return time.monotonic() - since


def _until_ready(side: Application, since: float) -> tuple[float, str]:
    """Seconds until it says that it is ready, and what it said last before."""
    lacked = ""
    while (answer := ready.ask(side.port))[0] != 200:
        lacked = answer[1]
        if time.monotonic() - since > BACK_SECONDS:
            raise SystemExit(f"not ready: {answer}")
        time.sleep(0.2)
    return time.monotonic() - since, lacked


class Writers:
    """Write through PgBouncer as the application does, and look for what others left behind."""

    def __init__(self, made: Cluster) -> None:
        self._url = made.url("lindung_app", pooled=True)
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._at: list[float] = []
        self.acknowledged: set[int] = set()
        self.looked = self.leaked = 0
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(WRITERS)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let them finish."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def longest_silence(self, since: float) -> float:
        """Most seconds from then on in which nothing was acknowledged."""
        with self._lock:
            times = [since, *(each for each in self._at if each > since)]
        return max((b - a for a, b in pairwise(times)), default=0.0)

    def _work(self, number: int) -> None:
        number = time.monotonic_ns() * 100 + number
        while not self._over.is_set():
            with (
                suppress(psycopg.Error),
                psycopg.connect(self._url, prepare_threshold=None) as connection,
            ):
                while not self._over.is_set():
                    number += 100
                    self._write(connection, number)
                    time.sleep(0.03)
            time.sleep(0.1)

    def _write(self, connection: psycopg.Connection, number: int) -> None:
        me, role = f"writer {number}", ROLES[number % len(ROLES)]
        with connection.transaction():
            before = connection.execute(
                "select current_user, coalesce(current_setting('lindung.actor', true), '')"
            ).fetchone()
            connection.execute(
                "select set_config('role', %s, true), set_config('lindung.actor', %s, true)",
                [role, me],
            )
            connection.execute("insert into bench_written values (%s, %s)", [number, me])
            inside = connection.execute(
                "select current_user, current_setting('lindung.actor', true)"
            ).fetchone()
        with self._lock:
            self.looked += 1
            self.leaked += before != ("acts_as_door", "") or inside != (role, me)
            self.acknowledged.add(number)
            self._at.append(time.monotonic())


@dataclass
class Application(Side):
    """The service behind PgBouncer; its job worker, which listens, goes past it."""

    direct_url: str = ""
    restarts: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def environment(self) -> dict[str, str]:
        """Pooled, unless for the job worker."""
        return super().environment() | {"LINDUNG_POOLED": "yes"}

    def keep(self) -> None:
        """Start the job worker again when it ends, as systemd does two seconds later."""
        while not self.over.wait(0.5):
            if self.processes["jobs"].poll() is not None:
                self.over.wait(2)
                self.start_jobs()
                self.restarts += 1

    def start_jobs(self) -> None:
        """The job worker, on its own way to the primary."""
        pooled, self.app_url = self.app_url, self.direct_url
        try:
            self.start("jobs")
        finally:
            self.app_url = pooled


@contextmanager
def _application(made: Cluster) -> Iterator[Application]:
    with tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder:
        side = Application(
            "origin", Path(folder) / "origin", made.url("lindung_app", pooled=True),
            made.url("lindung_owner", pooled=False),
            direct_url=made.url("lindung_app", pooled=False),
        )  # fmt: skip
        side.make()
        side.manage("migrate", "--no-input", "--verbosity", "0")
        with psycopg.connect(side.owner_url, autocommit=True) as owner:
            owner.execute(TABLE)
        os.environ.pop("LINDUNG_CONNECT_AS", None)
        side.start("web")
        side.start_jobs()
        side.wait_ready()
        keeper = threading.Thread(target=side.keep, daemon=True)
        keeper.start()
        try:
            yield side
        finally:
            side.over.set()
            keeper.join()
            side.stop()


def _cast(side: Side, count: int) -> tuple[list[dict[str, str]], str]:
    side.ask(
        "insert into access_post (id, code, name, country, city, timezone, phone, is_demo)"
        " values (%s, 'ZZZ', 'Bench', 'ZZ', 'Bench', 'Asia/Jakarta', '', true) returning id",
        POST,
    )
    side.ask(
        "insert into access_jurisdiction (post_id, country, region, sector, valid_from)"
        " values (%s, 'ZZ', '', '', '2020-01-01') returning id",
        POST,
    )
    people = side.python("-m", "bench._people_abroad", str(count)).splitlines()
    token = side.python("-m", "bench._desk_officer", str(POST)).split()[-1]
    return [json.loads(line) for line in people if line.startswith("{")], token


if __name__ == "__main__":
    main()
