"""OpenTelemetry over OTLP/HTTP: traces of requests and jobs, and the same measures; off by itself.

A span is made when the work is over, out of its trail, with the trail's own ids: so a log line and a
trace carry the same number, and nothing is instrumented that could put an address or a value of a
statement into a span. Of a statement the span keeps the text with places for the values.

The state of the service (queues, ages) is sent by the job worker only, the web processes would repeat it.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from lindung.access.statements import fingerprint, normal
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

log = logging.getLogger(__name__)
_NANO = 1_000_000_000
# One round asks every gauge; the answers of one look serve them all.
_FRESH_SECONDS = 5.0
_lock = threading.Lock()
_running: dict[int, Telemetry] = {}
_mine: ContextVar[Trail | None] = ContextVar("mine", default=None)


class _Ids(RandomIdGenerator):
    """Gives the first span of a piece of work the ids that its log lines carry already."""

    def generate_trace_id(self) -> int:
        """The trail's, else a new one."""
        trail = _mine.get()
        return int(trail.trace, 16) if trail else super().generate_trace_id()

    def generate_span_id(self) -> int:
        """The trail's, else a new one."""
        trail = _mine.get()
        return int(trail.span, 16) if trail else super().generate_span_id()


@contextmanager
def _ids_of(trail: Trail) -> Iterator[None]:
    token = _mine.set(trail)
    try:
        yield
    finally:
        _mine.reset(token)


class Telemetry:
    """What one process sends: a tracer, a meter, and the two threads that carry them away."""

    def __init__(self, endpoint: str, *, with_state: bool) -> None:
        self._readings: tuple[float, list[state.Reading]] = (0.0, [])
        resource = Resource.create(
            {
                "service.name": "lindung",
                "service.version": settings.VERSION,
                "deployment.environment.name": settings.MODE,
                "service.instance.id": f"{os.uname().nodename}-{os.getpid()}",
            }
        )
        self.tracers = self._traces(endpoint, resource)
        self.meters = self._meters(endpoint, resource)
        self._tracer = self.tracers.get_tracer("lindung")
        meter = self.meters.get_meter("lindung")
        self._histograms = {
            each.name: meter.create_histogram(
                each.name, each.unit, each.means, explicit_bucket_boundaries_advisory=edges
            )
            for each, edges in (
                (REQUEST_SECONDS, SECONDS),
                (REQUEST_QUERIES, QUERIES),
                (JOB_SECONDS, LONG_SECONDS),
            )
        }
        self._counters = {
            each.name: meter.create_counter(each.name, each.unit, each.means)
            for each in (JOB_FAILURES, SLOW_STATEMENTS)
        }
        if with_state:
            for each in ASKED:
                meter.create_observable_gauge(each.name, [self._asked(each)], each.unit, each.means)

    def _traces(self, endpoint: str, resource: Resource) -> TracerProvider:
        provider = TracerProvider(resource=resource, id_generator=_Ids(), shutdown_on_exit=True)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        return provider

    def _meters(self, endpoint: str, resource: Resource) -> MeterProvider:
        exporter = OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics")
        return MeterProvider([PeriodicExportingMetricReader(exporter)], resource=resource)

    def note(self, trail: Trail) -> None:
        """Make the spans and the measures of a finished piece of work."""
        self._measure(trail)
        self._trace(trail)

    def flush(self) -> None:
        """Send what waits."""
        self.tracers.force_flush()
        self.meters.force_flush()

    def end(self) -> None:
        """Send what waits, then no more."""
        self.tracers.shutdown()
        self.meters.shutdown()

    def _measure(self, trail: Trail) -> None:
        if trail.kind == "request":
            status = f"{trail.status // 100}xx"
            told = {"route": trail.name, "method": trail.method, "status": status}
            self._histograms[REQUEST_SECONDS.name].record(trail.seconds, told)
            self._histograms[REQUEST_QUERIES.name].record(trail.queries, {"route": trail.name})
        else:
            self._histograms[JOB_SECONDS.name].record(trail.seconds, {"job": trail.name})
            if trail.failure:
                self._counters[JOB_FAILURES.name].add(1, {"job": trail.name})
        slow = sum(each.seconds * 1000 >= settings.SLOW_STATEMENT_MS for each in trail.statements)
        if slow:
            self._counters[SLOW_STATEMENTS.name].add(slow, {"work": trail.name})

    def _trace(self, trail: Trail) -> None:
        is_request = trail.kind == "request"
        about: dict[str, str | int | float] = {
            "lindung.request": trail.id,
            "lindung.actor": trail.actor or "nobody",
            "lindung.queries": trail.queries,
            "lindung.database_ms": round(trail.database_seconds * 1000, 1),
        }
        if is_request:
            about |= {
                "http.request.method": trail.method,
                "http.route": trail.name,
                "http.response.status_code": trail.status,
            }
        else:
            about["lindung.job"] = trail.name
        if trail.failure:
            about["error.type"] = trail.failure
        with _ids_of(trail):
            span = self._tracer.start_span(
                f"{trail.method} {trail.name}" if is_request else trail.name,
                context=_parent(trail),
                kind=SpanKind.SERVER if is_request else SpanKind.CONSUMER,
                attributes=about,
                start_time=trail.began_ns,
            )
        if trail.status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        if span.is_recording():
            inside = set_span_in_context(span)
            for each in trail.statements:
                text = normal(each.text)
                child = self._tracer.start_span(
                    text.partition(" ")[0].lower() or "statement",
                    context=inside,
                    kind=SpanKind.CLIENT,
                    attributes={
                        "db.system.name": "postgresql",
                        "db.query.text": text[:1000],
                        "lindung.fingerprint": fingerprint(each.text),
                        "db.response.returned_rows": each.rows,
                    },
                    start_time=each.began_ns,
                )
                if each.failed:
                    child.set_status(Status(StatusCode.ERROR))
                child.end(each.began_ns + int(each.seconds * _NANO))
        span.end(trail.began_ns + int(trail.seconds * _NANO))

    def _asked(self, measure: Measure) -> Callable[[CallbackOptions], Iterable[Observation]]:
        def answer(options: CallbackOptions) -> Iterable[Observation]:
            return [
                Observation(each.value, each.labels)
                for each in self._state()
                if each.measure is measure
            ]

        return answer

    def _state(self) -> list[state.Reading]:
        read_at, readings = self._readings
        if not readings or time.monotonic() - read_at > _FRESH_SECONDS:
            # The thread that carries measures away has a connection of its own, and gives it back.
            close_old_connections()
            try:
                readings = state.read(timezone.now())
            finally:
                if threading.current_thread() is not threading.main_thread():
                    connections.close_all()
            self._readings = (time.monotonic(), readings)
        return readings


def note(trail: Trail) -> None:
    """Send what a finished request or job took."""
    running(with_state=trail.kind == "job").note(trail)


def running(*, with_state: bool) -> Telemetry:
    """What this process sends, started at its first request or job: threads do not outlive a fork."""
    with _lock:
        pid = os.getpid()
        if pid not in _running:
            _running.clear()
            _running[pid] = Telemetry(settings.OTLP_ENDPOINT, with_state=with_state)
        return _running[pid]


def stop() -> None:
    """Send what waits and forget; for tests and the end of a process."""
    with _lock:
        for each in _running.values():
            each.end()
        _running.clear()


def _parent(trail: Trail) -> Context:
    """The span that a proxy of ours began, or none."""
    if not trail.parent:
        return Context()
    remote = SpanContext(
        int(trail.trace, 16), int(trail.parent, 16), True, TraceFlags(TraceFlags.SAMPLED)
    )
    return set_span_in_context(NonRecordingSpan(remote), Context())
