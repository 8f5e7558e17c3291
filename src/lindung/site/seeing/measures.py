"""Measures for Prometheus: told by every process into files of one folder, given out by any of them.

A scrape reaches one process of several; so where a folder is set each writes its counts to a file of
its own there, and whoever is asked adds them up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from lindung.kernel.trail import Trail
from lindung.site.seeing import state
from lindung.site.seeing.catalogue import (
    ASKED,
    JOB_FAILURES,
    JOB_SECONDS,
    LONG_SECONDS,
    QUERIES,
    REQUEST_QUERIES,
    REQUEST_SECONDS,
    SECONDS,
    SLOW_STATEMENTS,
    Measure,
)

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


class Instruments:
    """The measures that are told by what happens, in one registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.request_seconds = self._histogram(REQUEST_SECONDS, SECONDS)
        self.request_queries = self._histogram(REQUEST_QUERIES, QUERIES)
        self.job_seconds = self._histogram(JOB_SECONDS, LONG_SECONDS)
        self.job_failures = self._counter(JOB_FAILURES)
        self.slow_statements = self._counter(SLOW_STATEMENTS)

    def _histogram(self, measure: Measure, edges: tuple[float, ...]) -> Histogram:
        return Histogram(
            measure.name, measure.means, measure.labels, buckets=edges, registry=self.registry
        )

    def _counter(self, measure: Measure) -> Counter:
        return Counter(measure.name, measure.means, measure.labels, registry=self.registry)


@cache
def instruments() -> Instruments:
    """Those of this process."""
    if folder := os.environ.get(FOLDER_VARIABLE):
        clear(Path(folder))
    return Instruments()


def clear(folder: Path) -> None:
    """Make the folder; remove what is in it where nobody who wrote there lives any more.

    What one dead process counted is kept while another lives: a sum that falls is read as a restart.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = list(folder.glob("*.db"))
    if not any(_lives(file.stem.rpartition("_")[2]) for file in files):
        for file in files:
            file.unlink(missing_ok=True)


def _lives(pid: str) -> bool:
    if not pid.isdigit() or int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def note(trail: Trail) -> None:
    """Count a finished request or job."""
    mine = instruments()
    if trail.kind == "request":
        status = f"{trail.status // 100}xx"
        mine.request_seconds.labels(trail.name, trail.method, status).observe(trail.seconds)
        mine.request_queries.labels(trail.name).observe(trail.queries)
    else:
        mine.job_seconds.labels(trail.name).observe(trail.seconds)
        if trail.failure:
            mine.job_failures.labels(trail.name).inc()
    slow = sum(each.seconds * 1000 >= settings.SLOW_STATEMENT_MS for each in trail.statements)
    if slow:
        mine.slow_statements.labels(trail.name).inc(slow)


class _State:
    """What is asked for at the scrape, as Prometheus wants it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every gauge that has a reading."""
        readings = state.read(self.now)
        for measure in ASKED:
            family = GaugeMetricFamily(measure.name, measure.means, labels=measure.labels)
            for reading in readings:
                if reading.measure is measure:
                    family.add_metric(
                        [reading.labels[name] for name in measure.labels], reading.value
                    )
            if family.samples:
                yield family


def text(now: datetime) -> bytes:
    """Everything in Prometheus' text format, version 0.0.4."""
    told: Any = instruments().registry
    if folder := os.environ.get(FOLDER_VARIABLE):
        told = CollectorRegistry()
        MultiProcessCollector(told, path=folder)  # type: ignore[no-untyped-call]  # it ships none
    asked = CollectorRegistry(auto_describe=False)
    asked.register(_State(now))
    return bytes(generate_latest(told)) + bytes(generate_latest(asked))
