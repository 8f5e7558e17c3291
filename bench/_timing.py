"""Timing: things in turn with one another, so that none has a better hour, and their percentiles."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

LEAST_TURNS = 3


class Meter:
    """How long this process has measured so far, beside what it set up."""

    seconds = 0.0
    _depth = 0


@contextmanager
def measuring() -> Iterator[None]:
    """Whatever is done inside is measuring; only the outermost counts."""
    began = time.perf_counter()
    Meter._depth += 1
    try:
        yield
    finally:
        Meter._depth -= 1
        if not Meter._depth:
            Meter.seconds += time.perf_counter() - began


def timed(step: Callable[[], object]) -> float:
    """Seconds of what is done once."""
    with measuring():
        return milliseconds(step) / 1_000


def in_turn(
    *steps: Callable[[], object], seconds: float, warm: int = 1, least: int = LEAST_TURNS
) -> list[list[float]]:
    """Milliseconds of each step, all of them in turn until the time is up.

    Every other turn goes backwards: what one leaves in a cache helps the next no more often than
    the other way round.

    Args:
        warm: first turns that are not counted.
        least: turns that are taken however long they last.
    """
    took: list[list[float]] = [[] for _ in steps]
    with measuring():
        for _ in range(warm):
            for step in steps:
                step()
        until = time.perf_counter() + seconds
        turn = 0
        while turn < least or time.perf_counter() < until:
            order = range(len(steps)) if turn % 2 else reversed(range(len(steps)))
            for which in order:
                took[which].append(milliseconds(steps[which]))
            turn += 1
    return took


def milliseconds(step: Callable[[], object]) -> float:
    """How long it takes once."""
    began = time.perf_counter()
    step()
    return (time.perf_counter() - began) * 1_000


def quiet(samples: Sequence[float], *, better: str = "less") -> float:
    """What a tenth of the samples is as good as: another's work on the machine only adds."""
    return sorted(samples, reverse=better == "more")[len(samples) // 10]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Ours to theirs where neither was disturbed.

    Medians would not do: on a busy machine a short step either runs through or waits for a turn of
    the processor, many times as long, and the median falls on one side or the other by chance.
    """
    return quiet(ours) / quiet(theirs)


def p50(samples: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(samples)


def p95(samples: Sequence[float], *, better: str = "less") -> float:
    """What 95 of 100 are as good as, or better."""
    ordered = sorted(samples, reverse=better == "more")
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def by_clients(
    step: Callable[[int], object], *, clients: int, seconds: float
) -> tuple[float, list[float]]:
    """Steps a second of so many threads at once, and the milliseconds of each step.

    Args:
        step: called with the number of its thread, again and again until the time is up.
    """

    def work(number: int) -> list[float]:
        took = []
        while time.perf_counter() < until:
            took.append(milliseconds(lambda: step(number)))
        return took

    began = time.perf_counter()
    until = began + seconds
    with measuring(), ThreadPoolExecutor(clients) as pool:
        each = [job.result() for job in [pool.submit(work, number) for number in range(clients)]]
    spent = time.perf_counter() - began
    took = [one for those in each for one in those]
    return len(took) / spent, took
