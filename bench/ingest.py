"""How many check-ins, complaints and cases a second the real server takes, beside a bare view.

    ./lindung bench ingest [--people 60] [--seconds 2] [--clients 8]

On a PostgreSQL of its own that keeps its promises (fsync on), signed-in phones of people abroad send
check-ins and complaints one by one, and an officer at the desk opens cases: session, policies,
operation, journal, reactions, jobs, answer. Then the very rows that this made are inserted again into a
copy of the database, the rows of one request in one transaction: by a bare Django view behind the
same server with as many processes and threads, and, as the limit, by as many connections without any
server. The bare view acts as the application's login under the same policies, foreign keys and
triggers (a check-in's rows as the worker; what our robot writes of a complaint or a case, as our
robot). It reads and updates nothing. All take turns; `rows` is how many a request inserts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import psycopg

from bench import _options
from bench._books import Books, Rows
from bench._lines import Report
from bench._own_server import Server, own_server
from bench._people_abroad import people_abroad
from bench._service import CLONE, served
from bench._timing import measuring, p50, p95

NAME, PROCESSES, THREADS = "ingest", 2, 4
TARGET, BARE_TARGET = 200, 0.5  # a second of each process; of the bare view's rate
ROUNDS, WARM = 2, 5
_BARE, _PLAIN = f"{NAME}_bare", f"{NAME}_plain"
_WORDS = {"words": "Gaji saya bulan lalu belum dibayar.", "kind": "wages_unpaid"}
_TOKEN = "b" * 32
_WORKER, _ROBOT = "acts_as_worker", "acts_as_clock"
_KEYS = "access_oncekey"
Person = dict[str, str]
Part = tuple[str, str, Rows]  # role, actor, rows


@dataclass(frozen=True, slots=True)
class Thing:
    """What is sent.

    Attributes:
        metric: as the line calls it.
        send: sends one of it about a person over a line, or ends the bench.
        keeper: the role of whoever sent it, as which its idempotency key is inserted again.
        role: as which its other rows are; one that writes all of them.
    """

    metric: str
    send: Callable[[HTTPConnection, Person], None]
    keeper: str
    role: str


def main() -> None:
    """Serve, send, insert the same twice more plainly, print."""
    options = _options.options(
        _options.parser(__doc__, name="ingest"), people=(60, 2_000), about="people who check in",
        sizes={"clients": ((8, 16), "who send at the same time")},
    )  # fmt: skip
    with (
        own_server() as (server, _),
        tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder,
        Report("ingest", options) as report,
    ):
        server.database(NAME)
        environment = server.environment(NAME)
        people = people_abroad(environment, options.people)
        officer = _officer(environment, server.url("lindung_owner", NAME))
        for copy in (_BARE, _PLAIN):
            server.copy(NAME, copy)
        things = (
            Thing(
                "check-ins over HTTP", _item("check_in", {"condition": "good"}), _WORKER, _WORKER
            ),
            Thing("complaints over HTTP", _item("complaint", _WORDS), _WORKER, _ROBOT),
            Thing("cases opened at the desk", _case(officer), "acts_as_post", _ROBOT),
        )
        with psycopg.connect(server.url("lindung_owner", NAME), autocommit=True) as owner:
            bench = _Bench(
                server, Books(owner), Path(folder) / "statements.json", people, options.clients
            )
            bench.run(report, things, processes=1, seconds=options.seconds)
            bench.run(report, things[:1], processes=PROCESSES, seconds=options.seconds)
        for name in (NAME, _BARE, _PLAIN):
            server.drop(name)


class _Bench:
    """One server with so many processes after the other, each beside a bare one with as many."""

    def __init__(
        self, server: Server, books: Books, statements: Path, people: Sequence[Person], clients: int
    ) -> None:
        self.server, self.books, self.statements = server, books, statements
        self.people, self.clients = people, clients
        self.turn = count()

    def run(
        self, report: Report, things: Sequence[Thing], *, processes: int, seconds: float
    ) -> None:
        """Send each thing in turn with its baselines, and say how it went."""
        how: dict[str, Any] = {"processes": processes, "threads": THREADS}
        environment = self.server.environment(NAME)
        with served(environment=environment, **how) as real:
            # Each process reads laws and forms at its first requests, and composes its questions.
            for thing in things:
                self.books.mark()
                self.books.made(self._sent(real, thing, iter([None] * self.clients * WARM))[2])
            self.statements.write_text(json.dumps(self.books.statements))
            with served(
                "bench._bare_view:application",
                environment=self.server.environment(_BARE)
                | {"BENCH_STATEMENTS": str(self.statements)},
                **how,
            ) as bare:
                _work(iter([[]] * self.clients * WARM), _posts(bare), self.clients)
                for thing in things:
                    self._compare(report, thing, real, bare, processes, seconds / 2 / ROUNDS)

    def _compare(
        self, report: Report, thing: Thing, real: str, bare: str, processes: int, seconds: float
    ) -> None:
        rates: dict[str, list[float]] = {"real": [], "bare": [], "plain": []}
        took: dict[str, list[float]] = {"real": [], "bare": [], "plain": []}
        each = 0.0
        for _ in range(ROUNDS):
            self.books.mark()
            spent, times, about = self._sent(real, thing, _until(time.perf_counter() + seconds))
            rates["real"].append(len(times) / spent)
            took["real"] += times
            shares = self.books.made(about)
            each = sum(map(len, shares)) / len(shares)
            again = [self._parts(thing, who, rows) for who, rows in zip(about, shares, strict=True)]
            for name, step in (
                ("bare", _posts(bare)),
                ("plain", _inserts(self._plain(), self.books.statements)),
            ):
                spent, times = _work(iter(again), step, self.clients)
                rates[name].append(len(again) / spent)
                took[name] += times
        by = "one process" if processes == 1 else f"{processes} processes"
        more: dict[str, Any] = {
            "rows": round(each, 1),
            "clients": self.clients,
            "processes": processes,
        }
        for metric, name, against, target in (
            ("", "bare", "a bare Django view that inserts the same rows", BARE_TARGET),
            (", to the limit", "plain", "the same rows inserted by as many connections", None),
        ):
            report.say(
                f"{thing.metric}, {by}{metric}", p50(rates["real"]), "requests/s", better="more",
                samples=rates["real"], target=TARGET * processes, baseline=p50(rates[name]),
                against=against, ratio_target=target,
                ratio=p50([a / b for a, b in zip(rates["real"], rates[name], strict=True)]), **more,
            )  # fmt: skip
        report.say(
            f"{thing.metric}, {by}, answered", p95(took["real"]), "ms p95", samples=took["real"],
            baseline=p95(took["bare"]), against="the bare view", **more,
        )  # fmt: skip

    def _sent(
        self, place: str, thing: Thing, items: Iterator[None]
    ) -> tuple[float, list[float], list[str]]:
        """Seconds for all, milliseconds of each, and about whom each was."""
        about: list[str] = []
        lines = _Lines(place)

        def send(_thread: int, _item: None) -> None:
            who = self.people[next(self.turn) % len(self.people)]
            thing.send(lines.mine(), who)
            about.append(who["id"])

        return *_work(items, send, self.clients), about

    def _parts(self, thing: Thing, person: str, rows: Rows) -> list[Part]:
        """The rows by who inserts them again."""
        keys = [row for row in rows if row[0] == self.books.numbers.get(_KEYS)]
        rest = [row for row in rows if row not in keys]
        if thing.keeper == thing.role or not keys:
            return [(thing.role, person, rows)]
        keeper = keys[0][1][self.books.columns[_KEYS].index("actor_id")]
        return [(thing.role, person, rest), (thing.keeper, keeper, keys)]

    def _plain(self) -> str:
        return self.server.url("lindung_owner", _PLAIN)


# -- sending


class _Lines:
    """A line to the server for each thread."""

    def __init__(self, place: str) -> None:
        self.place, self.here = place, threading.local()

    def mine(self) -> HTTPConnection:
        """That of this thread."""
        if not hasattr(self.here, "line"):
            self.here.line = HTTPConnection(self.place, timeout=60)
        line: HTTPConnection = self.here.line
        return line


def _item(kind: str, data: dict[str, str]) -> Callable[[HTTPConnection, Person], None]:
    """One item of a phone's outbox."""

    def send(line: HTTPConnection, who: Person) -> None:
        at = datetime.now(UTC).isoformat()
        item = {"key": str(uuid4()), "kind": kind, "at": at, "data": data}
        body = json.dumps({"owner": who["owner"], "sent_at": at, "items": [item]})
        headers = _as(who["session"]) | {"Content-Type": "application/json"}
        told = json.loads(_posted(line, "/saya/kirim/", body, headers))
        if told["items"][0]["state"] != "received":
            raise SystemExit(f"a {kind} was not taken: {told['items'][0]}")

    return send


def _case(officer: str) -> Callable[[HTTPConnection, Person], None]:
    """The form with which an officer opens a case."""
    headers = _as(officer) | {"Content-Type": "application/x-www-form-urlencoded"}

    def send(line: HTTPConnection, who: Person) -> None:
        body = urlencode(_WORDS | {"once": str(uuid4())})
        _posted(line, f"/pekerja/{who['id']}/kasus/", body, headers, status=302)

    return send


def _as(session: str) -> dict[str, str]:
    return {"Cookie": f"sessionid={session}; csrftoken={_TOKEN}", "X-CSRFToken": _TOKEN}


def _posts(place: str) -> Callable[[int, list[Part]], None]:
    lines = _Lines(place)

    def send(_thread: int, parts: list[Part]) -> None:
        _posted(lines.mine(), "/", json.dumps(parts), {"Content-Type": "application/json"})

    return send


def _posted(
    line: HTTPConnection, path: str, body: str, headers: dict[str, str], *, status: int = 200
) -> bytes:
    line.request("POST", path, body, headers)
    answer = line.getresponse()
    told: bytes = answer.read()
    if answer.status != status:
        raise SystemExit(f"{path}: {answer.status} {told[:300]!r}")
    return told


def _inserts(url: str, statements: Sequence[str]) -> Callable[[int, list[Part]], None]:
    lines: dict[int, Any] = {}

    def send(thread: int, parts: list[Part]) -> None:
        if thread not in lines:
            lines[thread] = psycopg.connect(url)
        for _, _, rows in parts:
            for number, values in rows:
                lines[thread].execute(statements[number], values)
        lines[thread].commit()

    return send


def _until(end: float) -> Iterator[None]:
    while time.perf_counter() < end:
        yield None


def _work(
    items: Iterator[Any], step: Callable[..., None], clients: int
) -> tuple[float, list[float]]:
    """Seconds for all, and milliseconds of each, of so many clients at once."""
    lock = threading.Lock()

    def one(thread: int) -> list[float]:
        took: list[float] = []
        while True:
            with lock:
                try:
                    item = next(items)
                except StopIteration:
                    return took
            began = time.perf_counter()
            step(thread, item)
            took.append((time.perf_counter() - began) * 1_000)

    began = time.perf_counter()
    with measuring(), ThreadPoolExecutor(clients) as pool:
        each = [job.result() for job in [pool.submit(one, thread) for thread in range(clients)]]
    spent = time.perf_counter() - began
    return spent, [one_ for those in each for one_ in those]


def _officer(environment: dict[str, str], owner: str) -> str:
    """The key of an officer's session."""
    made = subprocess.run(
        [sys.executable, "-m", "bench._officer_abroad"], cwd=CLONE, capture_output=True, text=True,
        env=environment | {"DATABASE_URL": owner}, check=False,
    )  # fmt: skip
    if made.returncode:
        raise SystemExit(made.stderr[-3000:])
    return made.stdout.strip()


if __name__ == "__main__":
    main()
