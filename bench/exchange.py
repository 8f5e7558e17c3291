"""How many messages a second two nodes exchange, beside signing, checking and inserting alone.

    ./lindung bench exchange [--messages 4000] [--subjects 1000]

Two whole nodes on a PostgreSQL of their own that keeps its promises (fsync on): each with its
database, web server and job worker. A message counts when it is written, signed, delivered, stored,
receipted, applied to the other's books, and its business receipt is back and noted.

The baseline is, for each message, what no implementation can leave out: three signatures made and
three verified (the message and its two receipts), one row in the sender's outbox and one in the
receiver's inbox for the message and for its business receipt, into the same tables in transactions
of the same 100; by two processes at once, one a side. Prints one object a line.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time

from bench._two_nodes import CLONE, Side, befriend, two_nodes

RATE_TARGET, RATIO_TARGET = 300, 0.5


def main() -> None:
    """Run both, print both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=4_000)
    parser.add_argument("--subjects", type=int, default=1_000)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()
    with two_nodes() as (origin, destination):
        befriend(origin, destination)
        befriend(destination, origin)
        baseline = _baseline(origin, destination, options.messages)
        rate = _exchanged(origin, destination, options.messages, options.subjects)
    print(
        json.dumps(
            {
                "metric": "messages exchanged, both receipts",
                "value": round(rate, 1),
                "unit": "messages/s",
                "baseline": round(baseline, 1),
                "ratio": round(rate / baseline, 3),
                "target": RATE_TARGET,
                "target_ratio": RATIO_TARGET,
            }
        )
    )


def _exchanged(origin: Side, destination: Side, messages: int, subjects: int) -> float:
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
    origin.start(f"say {messages} {subjects}")
    wait_answered(origin, messages + 10)
    done = time.time()
    # From the first of them: the baseline, too, counts from when its process is up.
    [(began,)] = origin.ask(
        "select extract(epoch from written_at)::float8 from exchange_outgoing"
        " where sequence is not null order by written_at offset 10 limit 1"
    )
    return messages / (done - float(began))


def wait_answered(side: Side, wanted: int) -> None:
    """Until so many of a side's messages have their business receipt."""
    until = time.monotonic() + 1_800
    while time.monotonic() < until:
        [(answered, refused)] = side.ask(
            "select count(*) filter (where answered_at is not null),"
            " count(*) filter (where state in ('refused', 'dead'))"
            " from exchange_outgoing where sequence is not null"
        )
        if refused:
            raise SystemExit(f"{refused} messages were refused")
        if answered >= wanted:
            return
        time.sleep(0.1)
    raise SystemExit(f"{answered} of {wanted} answered in half an hour")


def _baseline(origin: Side, destination: Side, messages: int) -> float:
    """Messages a second of both sides' bare work done at the same time."""
    halves = [
        subprocess.Popen(
            [sys.executable, "-m", "bench._bare", str(messages)],
            cwd=CLONE, env=side.environment(), stdout=subprocess.PIPE, text=True,
        )
        for side in (origin, destination)
    ]  # fmt: skip
    said = [half.communicate()[0] for half in halves]
    if any(half.returncode for half in halves):
        raise SystemExit("the baseline failed")
    return messages / max(float(seconds) for seconds in said)


if __name__ == "__main__":
    main()
