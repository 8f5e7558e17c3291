"""Bad days: what stands after processes are killed, disks fill, clocks jump and workers sleep?

    ./lindung bench faults [--only NAME …] [--seconds 8] [--kills 12] [--people 300] [--seed 1]

Runs a whole service under ``./lindung up`` in a folder of its own, with small disks for its state
and its database where we may mount (root), and a clock that can be turned where there is a C
compiler. People check in, complain and are sent documents and notes; another
node sends it signed messages. Then one thing after the other is broken. After each: everything
answered 2xx stands exactly once, nothing refused stands, every document opens, the journal holds,
the register balances, jobs go on, and the service answers again by itself, after so many seconds.
One object a line, a table at the end; the exit code is 1 if anything of that does not hold, 3 if a
fault could not be tried on this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from bench import _aftermath
from bench._load import Load
from bench._two_nodes import Side, befriend
from bench._whole import Service, said, service
from bench.ledger.apps import TABLE
from launcher import home as homes
from launcher import living, testing
from launcher.say import Voice

POST = 9001
BACK_SECONDS = 180.0
HOUR = 3_600
NOT_TRIED = 3


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong.

    Attributes:
        happens: breaks it, and mends what only a person can mend; what it noticed meanwhile.
        needs: ``disks`` or ``clock``; empty for what works anywhere.
        again: how often each act is sent.
        talks: whether the other node's messages come meanwhile: not while clocks differ by an
            hour, which a node refuses by its protocol.
    """

    about: str
    happens: Callable[[Scene], dict[str, object]]
    needs: str = ""
    again: int = 1
    talks: bool = True


@dataclass
class Scene:
    """What a fault may touch."""

    service: Service
    load: Load
    seconds: float
    kills: int
    chance: random.Random


def main() -> None:
    """Break, look, tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", nargs="*", choices=sorted(FAULTS), default=[])
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each trouble lasts")
    parser.add_argument("--kills", type=int, default=12, help="of the fault 'anything, at random'")
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--messages", type=int, default=400, help="of the other node, a fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="no table")
    options = parser.parse_args()
    # Whoever is told to end takes down what it has built.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chance = random.Random(options.seed)
    rows = []
    with service(people=options.people) as ours, _partner(ours) as other:
        people, token = _cast(ours, max(50, options.people // 3))
        before = _aftermath.Before(_aftermath.handler_errors(ours), _aftermath.differences(ours))
        for name in options.only or FAULTS:
            row = _tried(name, ours, other, people, token, chance, options, before)
            said(row)
            rows.append(row)
    if not options.json:
        print(_table(rows))
    if not all(row.get("good", True) for row in rows):
        sys.exit(1)
    if any("not_tried" in row for row in rows):
        sys.exit(NOT_TRIED)


def _tried(
    name: str,
    ours: Service,
    other: Side,
    people: list[dict[str, str]],
    token: str,
    chance: random.Random,
    options: argparse.Namespace,
    known: _aftermath.Before,
) -> dict[str, object]:
    fault = FAULTS[name]
    if fault.needs == "disks" and not ours.disks:
        return {"fault": name, "not_tried": "small disks need root and mount"}
    if fault.needs == "clock" and ours.clock is None:
        return {"fault": name, "not_tried": "the clock needs a C compiler: apt-get install gcc"}
    print(f"{name}: {fault.about}", file=sys.stderr)
    before = _answered(other)
    if fault.talks:
        other.start(f"say {options.messages} {max(1, options.messages // 10)} 0.5")
    load = Load(ours.url, people, token, seed=chance.randrange(1 << 30), again=fault.again)
    scene = Scene(ours, load, options.seconds, options.kills, chance)
    time.sleep(options.seconds / 2)
    began = time.monotonic()
    noticed = fault.happens(scene)
    mended = time.monotonic()
    after = _until_taken(load, mended)
    ready = ours.wait_ready(BACK_SECONDS)
    time.sleep(options.seconds / 2)
    load.stop()
    answers = load.answers()
    silence = load.longest_silence(began)
    load.send_again()
    exchange = _messages(ours, other, before + options.messages) if fault.talks else {}
    found = _aftermath.look(ours, load.acts, known)
    good = found.good and not any(exchange.values())
    return {
        "fault": name,
        "longest_without_writes_s": round(silence, 1),
        "first_write_after_s": round(after, 1),
        "ready_after_s": round(after + ready, 1),
        **noticed,
        **_aftermath.told(found),
        **exchange,
        "good": good and bool(noticed.get("as_expected", True)),
        "answers": dict(sorted(answers.items())),
    }


def _until_taken(load: Load, since: float) -> float:
    """Seconds until something is taken again."""
    while not load.taken_since(since):
        if time.monotonic() - since > BACK_SECONDS:
            raise SystemExit(f"nothing taken for {BACK_SECONDS:g} s after the trouble was over")
        time.sleep(0.05)
    return time.monotonic() - since


# What goes wrong ------------------------------------------------------------------------------


def _kill(name: str) -> Callable[[Scene], dict[str, object]]:
    def happens(scene: Scene) -> dict[str, object]:
        os.kill(scene.service.process(name), signal.SIGKILL)
        return {}

    return happens


def _kill_web_worker(scene: Scene) -> dict[str, object]:
    """One of the web server's own workers, who answers requests at this moment."""
    head = scene.service.process("web")
    workers = [one.pid for one in living.everyone() if one.session == head and one.pid != head]
    os.kill(scene.chance.choice(workers), signal.SIGKILL)
    return {}


def _kill_database(scene: Scene) -> dict[str, object]:
    """All of it at once, as in a power cut of its machine."""
    head = scene.service.postmaster()
    for pid in (head, *_children(head)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return {}


def _kill_backend(scene: Scene) -> dict[str, object]:
    """One backend: PostgreSQL then throws all of them out and recovers."""
    head = scene.service.postmaster()
    with psycopg.connect(scene.service.login("postgres"), autocommit=True) as connection:
        pids = connection.execute(
            "select pid from pg_stat_activity where usename = 'lindung_app' order by pid"
        ).fetchall()
    assert head
    os.kill(scene.chance.choice(pids)[0], signal.SIGKILL)
    return {}


def _restart_database(scene: Scene) -> dict[str, object]:
    """A fast shutdown in the middle of everybody's transactions, as an upgrade of its package does."""
    os.kill(scene.service.postmaster(), signal.SIGINT)
    return {}


def _random_kills(scene: Scene) -> dict[str, object]:
    """Anything, at any moment, also what has not come back yet."""
    what: list[Callable[[Scene], dict[str, object]]] = [
        _kill("web"), _kill("jobs"), _kill_web_worker, _kill_database, _kill_backend,
    ]  # fmt: skip
    hit = 0
    while hit < scene.kills:
        # What is dead already cannot be killed.
        with suppress(SystemExit, OSError, ValueError, IndexError, psycopg.Error):
            scene.chance.choice(what)(scene)
            hit += 1
        time.sleep(scene.chance.expovariate(1 / 4))
    return {"kills": hit}


def _fill(disk: Callable[[Service], Path], expected: str) -> Callable[[Scene], dict[str, object]]:
    def happens(scene: Scene) -> dict[str, object]:
        filler = scene.service.fill(disk(scene.service))
        try:
            time.sleep(scene.seconds * 2)
            doctor = scene.service.lindung("doctor", "--json")
        finally:
            filler.unlink()
        said_so = any(
            each.get("what") == expected and each.get("state") == "bad"
            for each in map(json.loads, doctor.stdout.splitlines())
        )
        refused = any("no-room" in each for each in scene.load.answers())
        return {
            "doctor_says_so": said_so,
            "refused_with_no_room": refused,
            "as_expected": said_so and doctor.returncode == 1 and refused,
        }

    return happens


def _clock(seconds: int) -> Callable[[Scene], dict[str, object]]:
    def happens(scene: Scene) -> dict[str, object]:
        """Turned, and after a while right again: the second turn goes the other way."""
        scene.service.turn_clock(seconds)
        time.sleep(scene.seconds * 2)
        during = scene.load.taken_since(time.monotonic() - scene.seconds)
        scene.service.turn_clock(0)
        time.sleep(2)
        sealed = _sealed_by_itself(scene.service)
        return {
            "worked_meanwhile": during,
            "periodic_jobs_after_s": sealed,
            "as_expected": during and sealed is not None,
        }

    return happens


def _asleep(scene: Scene) -> dict[str, object]:
    """The job worker stands still while an hour goes by for everybody."""
    pid = scene.service.process("jobs")
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(scene.seconds)
        scene.service.turn_clock(HOUR)
        time.sleep(scene.seconds)
    finally:
        os.kill(pid, signal.SIGCONT)
    sealed = _sealed_by_itself(scene.service)
    return {"periodic_jobs_after_s": sealed, "as_expected": sealed is not None}


def _nothing(scene: Scene) -> dict[str, object]:
    time.sleep(scene.seconds)
    return {}


def _sealed_by_itself(service: Service) -> float | None:
    """Seconds until the clock's own jobs run again: the journal is sealed twice a minute."""
    began = time.monotonic()
    known = service.ask("select count(*) from access_seal")
    while time.monotonic() - began < BACK_SECONDS:
        if service.ask("select count(*) from access_seal") != known:
            return round(time.monotonic() - began, 1)
        time.sleep(0.5)
    return None


def _children(head: int) -> list[int]:
    done = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(head)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in done.stdout.split()]


FAULTS = {
    "web killed": Fault("kill -9 of the web server", _kill("web")),
    "web worker killed": Fault("kill -9 of one of its workers", _kill_web_worker),
    "jobs killed": Fault("kill -9 of the job worker", _kill("jobs")),
    "database killed": Fault("kill -9 of PostgreSQL, all of it", _kill_database),
    "backend killed": Fault("kill -9 of one backend of PostgreSQL", _kill_backend),
    "database restarted": Fault("PostgreSQL stopped in mid-transaction", _restart_database),
    "anything, at random": Fault("kills at random, some seconds apart", _random_kills),
    "sent three times": Fault("every act comes three times at once", _nothing, again=3),
    "database disk full": Fault(
        "no room for PostgreSQL",
        _fill(lambda each: each.home.state / "database", "Disk of the database"),
        needs="disks",
    ),
    "state disk full": Fault(
        "no room for documents, logs, published heads",
        _fill(lambda each: each.home.state, "Disk"),
        needs="disks",
    ),
    "clock ahead": Fault(
        "the clock an hour ahead, then right again", _clock(HOUR), needs="clock", talks=False
    ),
    "clock behind": Fault(
        "the clock an hour behind, then right again", _clock(-HOUR), needs="clock", talks=False
    ),
    "jobs asleep": Fault(
        "the job worker stands still for an hour", _asleep, needs="clock", talks=False
    ),
}


# Who is there ---------------------------------------------------------------------------------


def _cast(ours: Service, count: int) -> tuple[list[dict[str, str]], str]:
    """People abroad with a phone, their attaché's key for the API."""
    ours.ask(
        "insert into access_post (id, code, name, country, city, timezone, phone, is_demo)"
        " values (%s, 'ZZZ', 'Bench', 'ZZ', 'Bench', 'Asia/Jakarta', '', true) returning id",
        POST,
    )
    ours.ask(
        "insert into access_jurisdiction (post_id, country, region, sector, valid_from)"
        " values (%s, 'ZZ', '', '', '2020-01-01') returning id",
        POST,
    )
    made = ours.run("-m", "bench._people_abroad", str(count)).stdout.splitlines()
    token = ours.run("-m", "bench._desk_officer", str(POST)).stdout.split()[-1]
    return [json.loads(line) for line in made if line.startswith("{")], token


@contextmanager
def _partner(ours: Service) -> Iterator[Side]:
    """Another node, in peace, who has things to say to us."""
    with (
        testing.server(homes.find(), Voice(out=sys.stderr)) as postgres,
        tempfile.TemporaryDirectory(prefix="lindung-bench-") as folder,
    ):
        name = "bench_destination"
        side = Side(
            "destination", Path(folder) / "destination",
            postgres.url("lindung_app", name), postgres.url("lindung_owner", name),
        )  # fmt: skip
        side.make()
        with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as server:
            make = "create database {} owner lindung_owner template template0 encoding 'UTF8'"
            server.execute(sql.SQL(make).format(sql.Identifier(name)))
        side.manage("migrate", "--no-input", "--verbosity", "0")
        origin = Side(
            "origin", Path(folder), ours.login("lindung_app"), ours.login("lindung_owner")
        )
        origin.port = ours.port
        for each in (side, origin):
            with psycopg.connect(each.owner_url, autocommit=True) as connection:
                connection.execute(TABLE)
        befriend(side, origin)
        befriend(origin, side)
        side.start("web")
        side.start("jobs")
        side.wait_ready()
        # The two meet: each fetches the other's keys.
        ours.run("-m", "bench._meet", "destination")
        side.python("-m", "bench._meet", "origin")
        try:
            yield side
        finally:
            side.stop()


def _answered(other: Side) -> int:
    [(count,)] = other.ask("select count(*) from exchange_outgoing where answered_at is not null")
    return int(count)


def _messages(ours: Service, other: Side, written: int) -> dict[str, int]:
    """Every message of the other node answered, and applied here once; what is not."""
    until = time.monotonic() + BACK_SECONDS * 2
    while _answered(other) < written and time.monotonic() < until:
        time.sleep(0.5)
    accepted = {
        message
        for (message,) in other.ask(
            "select id from exchange_outgoing where sequence is not null and state = 'accepted'"
        )
    }
    [(said_,)] = other.ask("select count(*) from exchange_outgoing where sequence is not null")
    applied = [message for (message,) in ours.ask("select message from bench_ledger")]
    return {
        "messages_unanswered": int(said_) - len(accepted),
        "messages_lost": len(accepted - set(applied)),
        "messages_twice": len(applied) - len(set(applied)),
    }


def _table(rows: list[dict[str, object]]) -> str:
    lines = [
        f"{'fault':24}{'without writes':>15}{'ready after':>12}{'taken':>8}{'lost':>6}{'twice':>6}  good"
    ]
    for row in rows:
        if "not_tried" in row:
            lines.append(f"{row['fault']:24}not tried: {row['not_tried']}")
            continue
        silence, back = f"{row['longest_without_writes_s']} s", f"{row['ready_after_s']} s"
        lines.append(
            f"{row['fault']:24}{silence:>15}{back:>12}{row['taken']:>8}{row['lost']:>6}"
            f"{row['twice']:>6}  {'yes' if row['good'] else 'NO'}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
