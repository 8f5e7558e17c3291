"""Cries for help in bad weather: nothing said is lost, doubled, or left without owner and due time.

Check-ins, complaints and calls for help come in over the phone's outbox, text messages and
WhatsApp, some of them sent twice, while the web server, the job worker and PostgreSQL itself are
killed with -9 at random. Each sender goes on until it is told that its item was taken, as phones
and gateways do. Run: ``./lindung bench incoming_chaos [--items N]``.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import run
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from psycopg import sql

from bench._two_nodes import CLONE, Side
from launcher import home as homes
from launcher import testing
from launcher.postgres import Postgres
from launcher.say import Voice
from lindung.outreach import item_key

SECRET = "bench-secret"  # noqa: S105  of a line that exists for minutes
SENDERS = 6
PATIENCE = 3_000.0
TWICE = 0.1
KINDS = ("check_in", "complaint", "sos")
SHARES = (0.7, 0.25, 0.05)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing one person says over one line."""

    key: UUID
    kind: str
    line: str
    who: dict[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What became of all of it."""

    items: int
    lost: int
    doubled: int
    without_owner: int
    without_due: int
    unread: int
    not_acted_on: int

    @property
    def good(self) -> bool:
        """Nothing is missing."""
        return not (
            self.lost
            or self.doubled
            or self.without_owner
            or self.without_due
            or self.unread
            or self.not_acted_on
        )


def main() -> None:
    """Send, kill, wait, count."""
    parser = argparse.ArgumentParser(prog="./lindung bench incoming_chaos", description=__doc__)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--people", type=int, default=0, help="default: a tenth of the items")
    parser.add_argument("--kill-seconds", type=float, default=8.0, help="mean between two kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with _sink() as sink, _node(sink) as (side, postgres):
        people = _people(side, options.people or max(50, options.items // 10))
        said = _drawn(people, options.items, chance)
        side.start("web")
        side.start("jobs")
        side.wait_ready()
        began = time.monotonic()
        kills, tries = _rain(side, postgres, said, chance, options.kill_seconds)
        taken = time.monotonic() - began
        _drained(side)
        seconds = time.monotonic() - began
        found = _count(side, said)
        side.stop()
    lines = Counter(each.line for each in said)
    kinds = Counter(each.kind for each in said)
    print(json.dumps({"metric": "what was said", **lines, **kinds}))
    print(json.dumps({"metric": "what they met", "kills": dict(kills), **tries}))
    values = {name: getattr(found, name) for name in Found.__slots__}
    print(json.dumps({"metric": "what became of it", **values}))
    for metric, spent in (("taken in bad weather", taken), ("read and acted on", seconds)):
        rate = round(len(said) / spent, 1)
        print(json.dumps({"metric": metric, "value": rate, "unit": "items/s"}))
    if not found.good:
        sys.exit(1)


def _drawn(people: list[dict[str, str]], count: int, chance: random.Random) -> list[Said]:
    """Who says what over which line; nobody calls for help twice, since that is one call."""
    callers: set[str] = set()
    said = []
    for _number in range(count):
        who, kind = chance.choice(people), chance.choices(KINDS, SHARES)[0]
        if kind == "sos" and (len(callers) == len(people) or who["number"] in callers):
            kind = "check_in"
        if kind == "sos":
            callers.add(who["number"])
        line = chance.choice(("phone", "sms", "whatsapp"))
        said.append(Said(UUID(int=chance.getrandbits(128), version=4), kind, line, who))
    return said


def _rain(
    side: Side, postgres: Postgres, said: list[Said], chance: random.Random, mean: float
) -> tuple[Counter[str], Counter[str]]:
    """Send everything while things are killed; the last twentieth is left in peace."""
    kills: Counter[str] = Counter()
    tries: Counter[str] = Counter()
    done = threading.Event()
    left = iter(list(said))
    lock = threading.Lock()
    finished = 0

    def work(seed: int) -> None:
        nonlocal finished
        own = random.Random(seed)
        with httpx.Client(timeout=30) as client:
            while not done.is_set():
                with lock:
                    item = next(left, None)
                if item is None:
                    return
                _send(client, side, item, tries, done)
                if own.random() < TWICE:
                    tries["sent twice"] += 1
                    _send(client, side, item, tries, done)
                with lock:
                    finished += 1

    until = time.monotonic() + PATIENCE
    next_kill = time.monotonic() + chance.expovariate(1 / mean)
    with ThreadPoolExecutor(SENDERS) as pool:
        jobs = [pool.submit(work, number) for number in range(SENDERS)]
        while not all(job.done() for job in jobs):
            time.sleep(0.5)
            if time.monotonic() > until:
                done.set()
                raise SystemExit(f"not all taken after {PATIENCE:g} s")
            print(f"taken {finished} of {len(said)}", file=sys.stderr)
            if time.monotonic() >= next_kill and finished < len(said) * 0.95:
                _kill(side, postgres, chance, kills)
                next_kill = time.monotonic() + chance.expovariate(1 / mean)
        for job in jobs:
            job.result()
    return kills, tries


def _kill(side: Side, postgres: Postgres, chance: random.Random, kills: Counter[str]) -> None:
    what = chance.choice(("web", "jobs", "database"))
    kills[what] += 1
    if what == "database":
        head = postgres.postmaster()
        if head is not None:
            for process in postgres.processes():
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        time.sleep(chance.uniform(0, 2))
        postgres.start()
        # A worker whose database went ends, and whatever runs it starts it again.
        for name in ("jobs",):
            side.kill(name)
            side.start(name)
        return
    side.kill(what)
    time.sleep(chance.uniform(0, 2))
    side.start(what)


def _send(
    client: httpx.Client, side: Side, item: Said, tries: Counter[str], done: threading.Event
) -> None:
    """Until somebody says that it was taken."""
    while not done.is_set():
        try:
            if _once(client, side, item):
                return
            tries["not taken yet"] += 1
        except (httpx.HTTPError, ValueError):
            tries["no answer"] += 1
        time.sleep(0.2)


def _once(client: httpx.Client, side: Side, item: Said) -> bool:
    if item.line == "phone":
        return _from_phone(client, side, item)
    text = _text(item)
    if item.line == "sms":
        body = {"id": str(item.key), "from": item.who["telephone"], "text": text}
        path, header = "/kanal/sms/", "X-Signature-256"
    else:
        body = _whatsapp(item, text)
        path, header = "/kanal/whatsapp/", "X-Hub-Signature-256"
    raw = json.dumps(body).encode()
    mark = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    answer = client.post(
        side.url + path,
        content=raw,
        headers={header: f"sha256={mark}", "Content-Type": "application/json"},
    )
    return answer.status_code == 200


def _from_phone(client: httpx.Client, side: Side, item: Said) -> bool:
    at = datetime.now(UTC).isoformat()
    data = {
        "check_in": {"condition": "good"},
        "complaint": {"words": "Gaji belum dibayar", "kind": "wages_unpaid"},
        "sos": {},
    }[item.kind]
    batch = {
        "owner": item.who["owner"],
        "sent_at": at,
        "items": [{"key": str(item.key), "kind": item.kind, "at": at, "data": data}],
    }
    token = "b" * 32
    answer = client.post(
        side.url + "/saya/kirim/",
        json=batch,
        headers={
            "Cookie": f"sessionid={item.who['session']}; csrftoken={token}",
            "X-CSRFToken": token,
        },
    )
    if answer.status_code != 200:
        return False
    [told] = answer.json()["items"]
    if told["state"] == "refused":
        raise SystemExit(f"an item was refused: {told['say']}")
    return bool(told["state"] == "received")


def _text(item: Said) -> str:
    key = item_key.write(item.key)
    number = item.who["number"]
    return {
        "check_in": f"BAIK {number} {key}",
        "complaint": f"{number} Gaji belum dibayar {key}",
        "sos": f"SOS {number} {key}",
    }[item.kind]


def _whatsapp(item: Said, text: str) -> dict[str, Any]:
    message = {
        "id": f"wamid.{item.key}",
        "from": item.who["telephone"].lstrip("+"),
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": text},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": "1", "display_phone_number": "1"},
        "messages": [message],
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }


def _drained(side: Side) -> None:
    """Until everything that came in was read."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        [(waiting,)] = side.ask("select count(*) from outreach_received where state = 'waiting'")
        if not waiting:
            return
        print(f"{waiting} to be read", file=sys.stderr)
        time.sleep(2)
    raise SystemExit(f"not all read after {PATIENCE:g} s")


def _count(side: Side, said: list[Said]) -> Found:
    """Each thing said beside what stands in the tables."""
    check_ins = Counter(str(row[0]) for row in side.ask("select id from monitoring_checkin"))
    complaints = Counter(
        str(row[0])
        for row in side.ask(
            "select complaint_id from protection_case where complaint_id is not null"
        )
    )
    calls = Counter(
        row[0]
        for row in side.ask(
            "select w.public_number from protection_case c join protection_complaint k"
            " on k.id = c.complaint_id join registry_worker w on w.id = c.worker_id"
            " where k.channel = 'sos'"
        )
    )
    notes = Counter(
        row[0]
        for row in side.ask(
            "select w.public_number from protection_casenote n join registry_worker w"
            " on w.id = n.worker_id where n.from_worker"
        )
    )
    lost = doubled = 0
    replies: Counter[str] = Counter()
    for item in said:
        if item.kind == "check_in":
            times = check_ins[str(item.key)]
        elif item.kind == "sos":
            times = calls[item.who["number"]]
        elif item.line == "phone":
            times = complaints[str(item.key)]
        else:
            # Words of somebody who has an open case are a reply on it: counted per person below.
            replies[item.who["number"]] += 1
            continue
        lost += times == 0
        doubled += max(0, times - 1)
    made = len(check_ins) - sum(each.kind == "check_in" for each in said)
    doubled += max(0, made)
    heard = sum(min(notes[number], count) for number, count in replies.items())
    lost += max(0, sum(replies.values()) - heard)
    owners = side.ask(
        "select count(*) filter (where owner_id is null and duty_role = ''),"
        " count(*) filter (where answer_due_at is null or due_at is null) from protection_case"
    )
    [(unread,)] = side.ask("select count(*) from outreach_received where state <> 'read'")
    [(without_owner, without_due)] = owners
    [(not_acted_on,)] = side.ask("select count(*) from access_handlererror")
    return Found(len(said), lost, doubled, without_owner, without_due, unread, not_acted_on)


def _people(side: Side, count: int) -> list[dict[str, str]]:
    side.ask(
        "insert into access_post (id, code, name, country, city, timezone, phone, is_demo)"
        " values (1, 'ZZZ', 'Bench', 'ZZ', 'Bench', 'Asia/Jakarta', '', true) returning id"
    )
    side.ask(
        "insert into access_jurisdiction (post_id, country, region, sector, valid_from)"
        " values (1, 'ZZ', '', '', '2020-01-01') returning id"
    )
    made = run(
        [sys.executable, "-m", "bench._people_abroad", str(count)], cwd=CLONE,
        env=side.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        raise SystemExit(made.stderr[-3000:])
    return [json.loads(line) for line in made.stdout.splitlines()]


@contextmanager
def _node(sink: str) -> Iterator[tuple[Side, Postgres]]:
    """One node with its lines open to the sink; gone afterwards."""
    home = homes.find()
    with (
        testing.server(home, Voice(out=sys.stderr), durable=True) as postgres,
        tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder,
    ):
        side = Side(
            "origin", Path(folder) / "origin", postgres.url("lindung_app", "bench_origin"),
            postgres.url("lindung_owner", "bench_origin"),
        )  # fmt: skip
        secret = Path(folder) / "secret"
        secret.write_text(SECRET)
        secret.chmod(0o600)
        os.environ |= {
            "LINDUNG_SMS": "http",
            "LINDUNG_SMS_URL": sink,
            "LINDUNG_SMS_TOKEN_FILE": str(secret),
            "LINDUNG_SMS_SECRET_FILE": str(secret),
            "LINDUNG_SMS_SOURCE": "1234",
            "LINDUNG_WHATSAPP_PHONE_NUMBER_ID": "1",
            "LINDUNG_WHATSAPP_URL": sink,
            "LINDUNG_WHATSAPP_TOKEN_FILE": str(secret),
            "LINDUNG_WHATSAPP_APP_SECRET_FILE": str(secret),
            "LINDUNG_WHATSAPP_VERIFY_FILE": str(secret),
        }
        side.make()
        with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as server:
            make = "create database {} owner lindung_owner template template0 encoding 'UTF8'"
            server.execute(sql.SQL(make).format(sql.Identifier("bench_origin")))
        side.manage("migrate", "--no-input", "--verbosity", "0")
        try:
            yield side, postgres
        finally:
            side.stop()


@contextmanager
def _sink() -> Iterator[str]:
    """A gateway that takes whatever we send and gives it a number."""

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            id_ = str(uuid4())
            body = json.dumps({"id": id_, "messages": [{"id": id_}]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


if __name__ == "__main__":
    main()
