"""Cries for help in bad weather: nothing said is lost, doubled, or left without owner and due time.

Check-ins, complaints and calls for help come in over every line: the phone's outbox, text
messages, WhatsApp, e-mail, voice notes, an officer at the counter, a relative's page
(``_lines.py``). Some are sent twice, while the web server, the job worker, the taker of e-mail and
PostgreSQL itself (fsync on) are killed with -9 at random. Each sender goes on until it is told that
its item was taken, as phones and gateways do. Run: ``./lindung bench incoming_chaos [--items N]``.

Measured on 2026-11-24 on two cores that some thirty other processes shared (load 25 to 40): of a run
of 20,000 the first 7,816, said in 23 minutes through 12 kills of PostgreSQL and 9 of the web server
(those of the job worker and of the taker of e-mail were not counted), then compared: phone 2,391, SMS 1,545, WhatsApp
1,155, e-mail 832, counter 745, voice 622, relatives 526; lost 0, doubled 0, without owner 0, without
due time 0, unread 0, not acted on 0. The senders were held for the count, and with them the gateway
that holds the voice notes: 597 messages stood on their cases with the sound still to be fetched. A
whole run of 20,000 on a quiet machine is still to be made. What that run showed, decision 22 cured.

Reading a check-in by SMS: 37 questions to the database instead of 53 (words 31 for 46, a cry 73 for
89); handing an answer to the gateway 8 ms of processor time instead of 28.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
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
from pathlib import Path
from subprocess import run
from uuid import UUID

import httpx
import psycopg
from psycopg import sql

from bench._service import CLONE
from bench._two_nodes import Side
from bench._ways_in import (
    AUTHSERV,
    CHECK_IN,
    COMPLAINT,
    LINES,
    SECRET,
    SOS,
    WHATSAPP_ID,
    Refused,
    Said,
    once,
    sink,
)
from launcher import home as homes
from launcher import testing
from launcher.postgres import Postgres
from launcher.say import Voice

SENDERS = 6
# A busy machine takes its time; what matters is that it comes to an end.
PATIENCE = 9_000.0
TWICE = 0.1
SHARES = {CHECK_IN: 0.7, COMPLAINT: 0.25, SOS: 0.05}
KILLED = ("web", "jobs", "mail", "database")
SAY_SECONDS = 10.0
_MARK = re.compile(r"\b[0-9a-f]{32}\b")
# Cases that are nobody's, complaints without a case, calls for help that rang nobody.
WITHOUT_OWNER = """
select (select count(*) from protection_case where owner_id is null and duty_role = '')
     + (select count(*) from protection_complaint k where not exists
           (select from protection_case c where c.complaint_id = k.id))
     + (select count(*) from protection_case c join protection_complaint k on k.id = c.complaint_id
           where k.channel = 'sos' and not exists
           (select from duty_call a join duty_ring r on r.call_id = a.id where a.subject = c.id))
"""


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
    with sink() as outside, _node(outside) as (side, postgres, maildir):
        people = _people(side, options.people or max(50, options.items // 10))
        said = _drawn(people, options.items, chance)
        for each in ("web", "jobs", f"mail {maildir}"):
            side.start(each)
        side.wait_ready()
        began = time.monotonic()
        kills, tries = _rain(side, postgres, maildir, said, chance, options.kill_seconds)
        taken = time.monotonic() - began
        _drained(side, maildir)
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
        who = chance.choice(people)
        line = chance.choices(list(LINES), [share for share, _kinds in LINES.values()])[0]
        kinds = LINES[line][1]
        kind = chance.choices(kinds, [SHARES[each] for each in kinds])[0]
        if kind == SOS and who["number"] in callers:
            kind = CHECK_IN
        if kind == SOS:
            callers.add(who["number"])
        said.append(Said(UUID(int=chance.getrandbits(128), version=4), kind, line, who))
    return said


def _rain(
    side: Side,
    postgres: Postgres,
    maildir: Path,
    said: list[Said],
    chance: random.Random,
    mean: float,
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
                _send(client, side, item, maildir, tries, done)
                if own.random() < TWICE:
                    tries["sent twice"] += 1
                    _send(client, side, item, maildir, tries, done)
                with lock:
                    finished += 1

    until = time.monotonic() + PATIENCE
    next_word = time.monotonic()
    next_kill = time.monotonic() + chance.expovariate(1 / mean)
    with ThreadPoolExecutor(SENDERS) as pool:
        jobs = [pool.submit(work, number) for number in range(SENDERS)]
        while not all(job.done() for job in jobs):
            time.sleep(0.5)
            if time.monotonic() > until:
                done.set()
                raise SystemExit(f"not all taken after {PATIENCE:g} s")
            if time.monotonic() >= next_word:
                print(f"taken {finished} of {len(said)}", file=sys.stderr)
                next_word += SAY_SECONDS
            if time.monotonic() >= next_kill and finished < len(said) * 0.95:
                _kill(side, postgres, maildir, chance, kills)
                next_kill = time.monotonic() + chance.expovariate(1 / mean)
        for job in jobs:
            job.result()
    return kills, tries


def _kill(
    side: Side, postgres: Postgres, maildir: Path, chance: random.Random, kills: Counter[str]
) -> None:
    what = chance.choice(KILLED)
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
        side.kill("jobs")
        side.start("jobs")
        return
    side.kill(what)
    time.sleep(chance.uniform(0, 2))
    side.start(f"mail {maildir}" if what == "mail" else what)


def _send(
    client: httpx.Client,
    side: Side,
    item: Said,
    maildir: Path,
    tries: Counter[str],
    done: threading.Event,
) -> None:
    """Until somebody says that it was taken."""
    while not done.is_set():
        try:
            if once(client, side, item, maildir):
                return
            tries["not taken yet"] += 1
        except Refused:
            done.set()
            raise
        except (httpx.HTTPError, ValueError):
            tries["no answer"] += 1
        time.sleep(0.2)


def _drained(side: Side, maildir: Path) -> None:
    """Until everything that came in was read."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        [(waiting,)] = side.ask(
            "select (select count(*) from outreach_received where state = 'waiting')"
            " + (select count(*) from outreach_medium where state = 'waiting')"
        )
        waiting += sum(1 for _each in (maildir / "new").iterdir())
        if not waiting:
            return
        print(f"{waiting} to be read", file=sys.stderr)
        time.sleep(2)
    raise SystemExit(f"not all read after {PATIENCE:g} s")


def _count(side: Side, said: list[Said]) -> Found:
    """Each thing said beside what stands in the tables, by its key or mark, and by person."""
    check_ins = _times(side, "select id::text from monitoring_checkin")
    notes = side.ask(
        "select w.public_number, n.words from protection_casenote n join registry_worker w"
        " on w.id = n.worker_id where n.from_worker"
    )
    marks = Counter(found.group() for _who, words in notes if (found := _MARK.search(words)))
    # What came without a word says so on the case, and a cry for help is one word.
    voices = Counter(who for who, words in notes if words != "SOS" and not _MARK.search(words))
    kept = _times(
        side,
        "select m.outside_id from outreach_medium d join outreach_message m on m.id = d.message_id"
        " where d.state = 'kept'",
    )
    calls = _times(
        side,
        "select w.public_number from protection_case c join protection_complaint k"
        " on k.id = c.complaint_id join registry_worker w on w.id = c.worker_id"
        " where k.channel = 'sos'",
    )
    times = []
    for item in said:
        if item.kind == CHECK_IN:
            times.append(check_ins.pop(str(item.key), 0))
        elif item.kind == SOS:
            times.append(calls[item.who["number"]])
        elif item.line == "voice":
            times.append(kept[WHATSAPP_ID.format(item.key)])
        else:
            times.append(marks[item.key.hex])
    # A voice note says nothing by which its words on the case could be told from another's.
    spoken = Counter(each.who["number"] for each in said if each.line == "voice")
    lost = sum(each == 0 for each in times) + (spoken - voices).total()
    doubled = sum(max(0, each - 1) for each in times) + (voices - spoken).total()
    # Check-ins that nobody gave.
    doubled += check_ins.total()
    [(unread,)] = side.ask("select count(*) from outreach_received where state <> 'read'")
    [(without_owner,)] = side.ask(WITHOUT_OWNER)
    [(without_due,)] = side.ask(
        "select count(*) from protection_case where answer_due_at is null or due_at is null"
    )
    [(not_acted_on,)] = side.ask("select count(*) from access_handlererror")
    return Found(len(said), lost, doubled, without_owner, without_due, unread, not_acted_on)


def _times(side: Side, question: str) -> Counter[str]:
    return Counter(row[0] for row in side.ask(question))


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
    officer = run(
        [sys.executable, "-m", "bench._officer_abroad"], cwd=CLONE, capture_output=True, text=True,
        env=side.environment() | {"DATABASE_URL": side.owner_url}, check=False,
    )  # fmt: skip
    if officer.returncode:
        raise SystemExit(officer.stderr[-3000:])
    at_counter = {"officer": officer.stdout.strip()}
    return [json.loads(line) | at_counter for line in made.stdout.splitlines()]


@contextmanager
def _node(outside: str) -> Iterator[tuple[Side, Postgres, Path]]:
    """One node with its lines open to the outside, and its Maildir; gone afterwards."""
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
            "LINDUNG_SMS_URL": outside,
            "LINDUNG_SMS_TOKEN_FILE": str(secret),
            "LINDUNG_SMS_SECRET_FILE": str(secret),
            "LINDUNG_SMS_SOURCE": "1234",
            "LINDUNG_WHATSAPP_PHONE_NUMBER_ID": "1",
            "LINDUNG_WHATSAPP_URL": outside,
            "LINDUNG_WHATSAPP_TOKEN_FILE": str(secret),
            "LINDUNG_WHATSAPP_APP_SECRET_FILE": str(secret),
            "LINDUNG_WHATSAPP_VERIFY_FILE": str(secret),
            "LINDUNG_MAILBOX": "Lindung <bantuan@lindung.example>",
            "LINDUNG_MAILBOX_AUTHSERV": AUTHSERV,
        }
        side.make()
        maildir = Path(folder) / "maildir"
        for name in ("tmp", "new", "cur"):
            (maildir / name).mkdir(parents=True)
        with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as server:
            make = "create database {} owner lindung_owner template template0 encoding 'UTF8'"
            server.execute(sql.SQL(make).format(sql.Identifier("bench_origin")))
        side.manage("migrate", "--no-input", "--verbosity", "0")
        try:
            yield side, postgres, maildir
        finally:
            side.stop()


if __name__ == "__main__":
    main()
