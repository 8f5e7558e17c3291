"""How many check-ins a second the real server takes over HTTP, beside a bare view and beside inserts.

    ./lindung bench ingest [--people 60] [--seconds 2] [--clients 8]

Signed-in phones of people abroad, on a PostgreSQL of its own that keeps its promises (fsync on), send
check-ins one by one to two processes of the real server: session, policies, operation, journal,
reactions, answer. Then the very rows that this made, table by table, are inserted again into tables
of the same columns and indexes, the rows of one check-in in one transaction: by a bare Django view
behind the same server with as many processes and threads, and, as the limit, by as many connections
without any server. All three take turns; `rows` is how many a check-in makes.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from bench import _options
from bench._lines import Report
from bench._own_server import own_server
from bench._people_abroad import people_abroad
from bench._service import served
from bench._timing import measuring, p50, p95

NAME, PROCESSES, THREADS = "ingest", 2, 4
TARGET, BARE_TARGET = 400, 0.5  # 200/s of each process
ROUNDS, WARM = 2, 5
Rows = list[list[Any]]


def main() -> None:
    """Serve, send, insert the same twice more plainly, print."""
    options = _options.options(
        _options.parser(__doc__, name="ingest"), people=(60, 2_000), about="people who check in",
        sizes={"clients": ((8, 16), "who send at the same time")},
    )  # fmt: skip
    clients = options.clients
    with (
        own_server() as (server, _),
        tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder,
        Report("ingest", options) as report,
    ):
        server.database(NAME)
        environment = server.environment(NAME)
        people = people_abroad(environment, options.people)
        statements = Path(folder) / "statements.json"
        how = {"processes": PROCESSES, "threads": THREADS}
        with (
            ExitStack() as bare,
            psycopg.connect(server.url("lindung_owner", NAME), autocommit=True) as owner,
            served(environment=environment, **how) as real,  # type: ignore[arg-type]
        ):
            books = _Books(owner)
            send = _phones(real, people)
            # Each process reads laws and forms at its first requests.
            _work(iter([None] * clients * WARM), send, clients)
            rates: dict[str, list[float]] = {"real": [], "bare": [], "plain": []}
            took: dict[str, list[float]] = {"real": [], "bare": [], "plain": []}
            view = ""
            each = 0.0
            for _ in range(ROUNDS):
                books.mark()
                spent, times = _for(options.seconds / 2 / ROUNDS, send, clients)
                rates["real"].append(len(times) / spent)
                took["real"] += times
                chunks = books.made(len(times))
                each = sum(map(len, chunks)) / len(chunks)
                if not view:
                    statements.write_text(json.dumps(books.statements))
                    view = bare.enter_context(
                        served(
                            "bench._bare_view:application",
                            environment=environment | {"BENCH_STATEMENTS": str(statements)},
                            **how,
                        )
                    )
                    _all([[]] * clients * WARM, _posts(view), clients)
                for name, step in (
                    ("bare", _posts(view)),
                    ("plain", _inserts(server.url("lindung_owner", NAME), books.statements)),
                ):
                    books.empty()
                    spent, times = _all(chunks, step, clients)
                    rates[name].append(len(times) / spent)
                    took[name] += times
        server.drop(NAME)
        for metric, name, against, target in (
            (
                "check-ins over HTTP",
                "bare",
                "a bare Django view that inserts the same rows",
                BARE_TARGET,
            ),
            (
                "check-ins over HTTP, to the limit",
                "plain",
                "the same rows inserted by as many connections",
                None,
            ),
        ):
            report.say(
                metric, p50(rates["real"]), "check-ins/s", better="more",
                samples=rates["real"], target=TARGET, baseline=p50(rates[name]), against=against,
                ratio=p50([a / b for a, b in zip(rates["real"], rates[name], strict=True)]),
                ratio_target=target, rows=round(each, 1), clients=clients, processes=PROCESSES,
            )  # fmt: skip
        report.say(
            "one check-in, answered", p95(took["real"]), "ms p95", samples=took["real"],
            baseline=p95(took["bare"]), against="the bare view", clients=clients,
        )  # fmt: skip


# -- sending


def _phones(place: str, people: Sequence[dict[str, str]]) -> Callable[[int, None], None]:
    """One check-in of the next person, each thread on a line of its own."""
    here = threading.local()
    turn = count()
    token = "b" * 32

    def send(_thread: int, _item: None) -> None:
        who = people[next(turn) % len(people)]
        at = datetime.now(UTC).isoformat()
        item = {"key": str(uuid4()), "kind": "check_in", "at": at, "data": {"condition": "good"}}
        body = json.dumps({"owner": who["owner"], "sent_at": at, "items": [item]})
        headers = {
            "Cookie": f"sessionid={who['session']}; csrftoken={token}", "X-CSRFToken": token,
            "Content-Type": "application/json",
        }  # fmt: skip
        told = json.loads(_posted(here, place, "/saya/kirim/", body, headers))
        if told["items"][0]["state"] != "received":
            raise SystemExit(f"a check-in was not taken: {told['items'][0]}")

    return send


def _posts(place: str) -> Callable[[int, Rows], None]:
    here = threading.local()

    def send(_thread: int, rows: Rows) -> None:
        _posted(here, place, "/", json.dumps(rows), {"Content-Type": "application/json"})

    return send


def _posted(here: Any, place: str, path: str, body: str, headers: dict[str, str]) -> bytes:
    if not hasattr(here, "line"):
        here.line = HTTPConnection(place, timeout=60)
    here.line.request("POST", path, body, headers)
    answer = here.line.getresponse()
    told: bytes = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status} {told[:300]!r}")
    return told


def _inserts(url: str, statements: Sequence[str]) -> Callable[[int, Rows], None]:
    lines: dict[int, Any] = {}

    def send(thread: int, rows: Rows) -> None:
        if thread not in lines:
            lines[thread] = psycopg.connect(url)
        for number, values in rows:
            lines[thread].execute(statements[number], values)
        lines[thread].commit()

    return send


def _for(
    seconds: float, step: Callable[[int, None], None], clients: int
) -> tuple[float, list[float]]:
    until = time.perf_counter() + seconds

    def items() -> Iterator[None]:
        while time.perf_counter() < until:
            yield None

    return _work(items(), step, clients)


def _all(
    items: Sequence[Rows], step: Callable[[int, Rows], None], clients: int
) -> tuple[float, list[float]]:
    return _work(iter(items), step, clients)


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


# -- the rows that were made


class _Books:
    """What the real server wrote since a mark, and tables alike to write the same to."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner
        self.tables = [
            row[0]
            for row in owner.execute(
                "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                " where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition"
            )
        ]
        self.columns: dict[str, list[str]] = {}
        self.statements: list[str] = []
        self.numbers: dict[str, int] = {}
        self.before: dict[str, int] = {}
        self.since = 0
        owner.execute("create schema bench_raw")

    def mark(self) -> None:
        """From here on."""
        self.since = int(self.owner.execute("select pg_current_xact_id()::text").fetchone()[0])
        self.before = self._counts()

    def made(self, times: int) -> list[Rows]:
        """The rows inserted since, in as many shares as there were check-ins."""
        chunks: list[Rows] = [[] for _ in range(times)]
        for table, number in self._counts().items():
            if (fresh := number - self.before[table]) > 0:
                self._alike(table)
                listed = sql.SQL(", ").join(
                    sql.SQL("{}::text").format(sql.Identifier(each)) for each in self.columns[table]
                )
                rows = self.owner.execute(
                    sql.SQL("select {} from {} where xmin::text::bigint >= %s limit %s").format(
                        listed, sql.Identifier(table)
                    ),
                    [self.since, fresh],
                ).fetchall()
                for at, row in enumerate(rows):
                    chunks[at * times // len(rows)].append([self.numbers[table], list(row)])
        return chunks

    def empty(self) -> None:
        """Forget what was inserted again."""
        if self.columns:
            names = [sql.Identifier("bench_raw", table) for table in self.columns]
            self.owner.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(names)))

    def _counts(self) -> dict[str, int]:
        return {
            table: self.owner.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(table))
            ).fetchone()[0]
            for table in self.tables
        }

    def _alike(self, table: str) -> None:
        if table in self.columns:
            return
        self.owner.execute(
            sql.SQL("create table {} (like {} including all)").format(
                sql.Identifier("bench_raw", table), sql.Identifier("public", table)
            )
        )
        self.columns[table] = [
            row[0]
            for row in self.owner.execute(
                "select column_name from information_schema.columns where table_schema = 'public'"
                " and table_name = %s and is_generated = 'NEVER' and is_identity = 'NO'"
                " order by ordinal_position",
                [table],
            )
        ]
        self.numbers[table] = len(self.statements)
        self.statements.append(
            sql.SQL("insert into {} ({}) values ({})")
            .format(
                sql.Identifier("bench_raw", table),
                sql.SQL(", ").join(map(sql.Identifier, self.columns[table])),
                sql.SQL(", ").join(sql.Placeholder() * len(self.columns[table])),
            )
            .as_string(None)
        )


if __name__ == "__main__":
    main()
