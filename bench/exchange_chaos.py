"""Do two nodes hold the same truth after everything that may go wrong has gone wrong?

    ./lindung bench exchange_chaos [--messages 100000] [--kill-seconds 7] [--seed 1]

Half the messages go each way, over a bad line: requests cut, answers lost, posts doubled and
overtaken. All the while web servers and job workers of both sides are killed with -9 and started
again, the destination's clock is three minutes ahead, and once the line is down altogether.
Afterwards every message written must be answered, and applied once and in its turn; the run prints
what it met and what it found, one object a line, and fails if anything was lost, doubled or
overtaken.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass

from bench._bad_line import BadLine
from bench._two_nodes import Side, befriend, two_nodes

SKEW_SECONDS = 180
OUTAGE_SECONDS = 15
PATIENCE = 3_600.0


@dataclass(frozen=True)
class Found:
    """One direction, afterwards: all should be zero but ``written`` and ``applied``."""

    written: int
    applied: int
    unanswered: int
    lost: int
    twice: int
    out_of_order: int

    @property
    def good(self) -> bool:
        """Nothing lost, doubled or overtaken."""
        return not (self.unanswered or self.lost or self.twice or self.out_of_order)


def main() -> None:
    """Start both, let it rain, look at the books."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--subjects", type=int, default=0, help="default: a tenth of the messages")
    parser.add_argument("--kill-seconds", type=float, default=7.0, help="mean between two kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    each = options.messages // 2
    subjects = options.subjects or max(1, each // 10)
    with two_nodes(skew=SKEW_SECONDS) as (origin, destination):
        lines = [
            BadLine(side.url, options.seed + n) for n, side in enumerate((origin, destination))
        ]
        befriend(origin, destination, through=lines[1].url)
        befriend(destination, origin, through=lines[0].url)
        for side in (origin, destination):
            side.start("web")
            side.start("jobs")
        for side in (origin, destination):
            side.wait_ready()
        began = time.monotonic()
        for side in (origin, destination):
            side.start(f"say {each} {subjects}")
        kills = _rain((origin, destination), lines, each, chance, options.kill_seconds)
        seconds = time.monotonic() - began
        ways = [(origin, destination), (destination, origin)]
        found = [_compare(one, other) for one, other in ways]
        for line in lines:
            line.close()
    met = sum((line.met for line in lines), Counter[str]())
    print(json.dumps({"metric": "what they met", "kills": kills, **met}))
    for (one, other), result in zip(ways, found, strict=True):
        print(json.dumps({"metric": f"{one.role} to {other.role}", **vars(result)}))
    rate = round(2 * each / seconds, 1)
    print(json.dumps({"metric": "messages in bad weather", "value": rate, "unit": "messages/s"}))
    if not all(result.good for result in found):
        sys.exit(1)


def _rain(
    sides: tuple[Side, Side],
    lines: list[BadLine],
    each: int,
    chance: random.Random,
    mean: float,
) -> Counter[str]:
    """Kill and start again until all is said and answered; the last tenth is left in peace."""
    kills: Counter[str] = Counter()
    until = time.monotonic() + PATIENCE
    next_kill = time.monotonic() + chance.expovariate(1 / mean)
    outage_at = each // 3
    while time.monotonic() < until:
        time.sleep(0.5)
        answered = [_answered(side) for side in sides]
        print(f"answered {answered[0]} and {answered[1]} of {each}", file=sys.stderr)
        if min(answered) >= each:
            return kills
        if outage_at and min(answered) >= outage_at:
            outage_at = 0
            for line in lines:
                line.down = True
            time.sleep(OUTAGE_SECONDS)
            for line in lines:
                line.down = False
        if time.monotonic() >= next_kill and min(answered) < each * 0.9:
            side, process = chance.choice(sides), chance.choice(("web", "jobs"))
            side.kill(process)
            kills[f"{side.role} {process}"] += 1
            time.sleep(chance.uniform(0, 2))
            side.start(process)
            next_kill = time.monotonic() + chance.expovariate(1 / mean)
    raise SystemExit(f"not all answered after {PATIENCE:g} s")


def _answered(side: Side) -> int:
    [(count,)] = side.ask(
        "select count(*) from exchange_outgoing where sequence is not null and answered_at is not null"
    )
    return int(count)


def _compare(one: Side, other: Side) -> Found:
    """What one side wrote beside what the other applied."""
    written = {
        message: (subject, sequence)
        for message, subject, sequence in one.ask(
            "select id, subject, sequence from exchange_outgoing where sequence is not null"
        )
    }
    applied = other.ask("select message, subject, sequence from bench_ledger order by id")
    times = Counter(message for message, _subject, _sequence in applied)
    last: Counter[str] = Counter()
    overtaken = 0
    for _message, subject, sequence in applied:
        overtaken += sequence != last[subject] + 1
        last[subject] = sequence
    [(unanswered,)] = one.ask(
        "select count(*) from exchange_outgoing where sequence is not null and state <> 'accepted'"
    )
    return Found(
        written=len(written),
        applied=len(applied),
        unanswered=unanswered,
        lost=sum(message not in times for message in written),
        twice=sum(count - 1 for count in times.values()),
        out_of_order=overtaken,
    )


if __name__ == "__main__":
    main()
