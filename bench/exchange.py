"""How many messages a second two nodes exchange, beside signing, checking and inserting alone.

    ./lindung bench exchange [--messages 400] [--people 200]

Two whole nodes on a PostgreSQL of their own that keeps its promises (fsync on): each with its
database, web server and job worker. A message counts when it is written, signed, delivered, stored,
receipted, applied to the other's books, and its business receipt is back and noted; ``--people``
counts the subjects spoken of.

The baseline is, for each message, what no implementation can leave out: three signatures made and
three verified (the message and its two receipts), one row in the sender's outbox and one in the
receiver's inbox for the message and for its business receipt, into the same tables in transactions
as large as what we deliver at once; by two processes that begin together, one a side. Both are done in turn, ``--rounds`` times.
"""

from __future__ import annotations

import subprocess
import sys
import time

import psycopg

from bench import _options
from bench._lines import Report
from bench._service import CLONE
from bench._timing import measuring, p50
from bench._two_nodes import Side, befriend, two_nodes

RATE_TARGET, RATIO_TARGET = 300, 0.5


def main() -> None:
    """Run both in turn, print both."""
    options = _options.options(
        _options.parser(__doc__, name="exchange"), people=(200, 1_000),
        about="subjects that are spoken of",
        sizes={
            "messages": ((400, 4_000), "in each round"),
            "rounds": ((2, 5), "of ours and the baseline"),
        },
    )  # fmt: skip
    with two_nodes() as (origin, destination), Report("exchange", options) as report:
        befriend(origin, destination)
        befriend(destination, origin)
        _started(origin, destination)
        rates, baselines = [], []
        for done in range(options.rounds):
            before = 10 + done * options.messages
            with measuring():
                baselines.append(_baseline(origin, destination, options.messages))
                rates.append(_exchanged(origin, before, options.messages, options.people))
        report.say(
            "messages exchanged, both receipts", p50(rates), "messages/s", better="more",
            samples=rates, baseline=p50(baselines), against="sign, verify and insert alone",
            ratio=p50([a / b for a, b in zip(rates, baselines, strict=True)]),
            target=RATE_TARGET, ratio_target=RATIO_TARGET, messages=options.messages,
        )  # fmt: skip


def _started(origin: Side, destination: Side) -> None:
    for side in (origin, destination):
        side.start("web")
        side.start("jobs")
    for side in (origin, destination):
        side.wait_ready()
    # First trust and warm caches are not what is measured.
    for side in (origin, destination):
        side.start("say 10 10")
    for side in (origin, destination):
        wait_answered(side, 10)


def _exchanged(origin: Side, before: int, messages: int, subjects: int) -> float:
    origin.start(f"say {messages} {subjects}")
    origin.processes["say"].wait()
    done = wait_answered(origin, before + messages)
    # From the first of them: the baseline, too, counts from when its process is up.
    [(began,)] = origin.ask(
        "select extract(epoch from written_at)::float8 from exchange_outgoing"
        f" where sequence is not null order by written_at offset {before:d} limit 1"
    )
    return messages / (done - float(began))


_OPEN = """
select count(*) from exchange_outgoing where state in ('waiting', 'stored') and sequence is not null
"""
_FATES = """
select count(*) filter (where answered_at is not null),
    count(*) filter (where state in ('refused', 'dead'))
from exchange_outgoing where sequence is not null
"""


def wait_answered(side: Side, wanted: int) -> float:
    """Until so many of a side's messages have their business receipt; the instant of it."""
    until = time.monotonic() + 1_800
    # Over one connection, by the index of what is under way: to count the whole table again and again
    # took much of the machine from what is measured.
    with psycopg.connect(side.owner_url, autocommit=True) as connection:
        connection.execute("set enable_seqscan = off")
        while time.monotonic() < until:
            [(open_,)] = connection.execute(_OPEN).fetchall()
            done = time.time()
            if not open_:
                [(answered, refused)] = connection.execute(_FATES).fetchall()
                if refused:
                    raise SystemExit(f"{refused} messages were refused")
                if answered >= wanted:
                    return done
            time.sleep(0.02)
    raise SystemExit(f"{wanted} messages were not answered in half an hour")


def _baseline(origin: Side, destination: Side, messages: int) -> float:
    """Messages a second of both sides' bare work done at the same time."""
    halves = [
        subprocess.Popen(
            [sys.executable, "-m", "bench._bare", str(messages)],
            cwd=CLONE, env=side.environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for side in (origin, destination)
    ]  # fmt: skip
    for half in halves:
        if half.stdout is None or half.stdout.readline() != "ready\n":
            raise SystemExit("the baseline could not begin")
    # Together, or one would have the machine to itself for a while.
    said = _told(halves)
    if any(half.returncode for half in halves):
        raise SystemExit("the baseline failed")
    return messages / max(float(seconds) for seconds in said)


def _told(halves: list[subprocess.Popen[str]]) -> list[str]:
    for half in halves:
        if half.stdin is not None:
            half.stdin.write("go\n")
            half.stdin.flush()
    return [half.communicate()[0] for half in halves]


if __name__ == "__main__":
    main()
