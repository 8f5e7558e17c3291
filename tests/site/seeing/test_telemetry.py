"""OTLP: a receiver that reads the official messages gets spans and measures, and no person in them."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

import pytest
from django.test import Client, override_settings
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from lindung.access import identity
from lindung.access.jobs import job
from lindung.kernel import trail
from lindung.registry.models import Worker
from lindung.site.seeing import catalogue, state, telemetry
from tests import cast

pytestmark = pytest.mark.usefixtures("posts", "places")
ANSWERS = {
    "/v1/traces": (ExportTraceServiceRequest, ExportTraceServiceResponse),
    "/v1/metrics": (ExportMetricsServiceRequest, ExportMetricsServiceResponse),
}


class Receiver(ThreadingHTTPServer):
    """Takes what OTLP/HTTP sends and keeps the messages."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.raw = b""
        super().__init__(("127.0.0.1", 0), Answers)

    @property
    def spans(self) -> list[Any]:
        return [
            span
            for each in self.messages
            if isinstance(each, ExportTraceServiceRequest)
            for resource in each.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def measures(self) -> dict[str, Any]:
        return {
            metric.name: metric
            for each in self.messages
            if isinstance(each, ExportMetricsServiceRequest)
            for resource in each.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


class Answers(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        assert self.headers["Content-Type"] == "application/x-protobuf"
        asked, answered = ANSWERS[self.path]
        self.server.raw += body
        self.server.messages.append(asked.FromString(body))
        answer = answered().SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        trail.observe(telemetry.note)
        with override_settings(OTLP_ENDPOINT=f"http://127.0.0.1:{server.server_port}"):
            yield server
            telemetry.stop()
        trail.forget(telemetry.note)
        server.shutdown()


def flush() -> None:
    for each in telemetry._running.values():
        each.flush()


def told(span: Any) -> dict[str, Any]:
    found = {}
    for each in span.attributes:
        kind = each.value.WhichOneof("value")
        found[each.key] = getattr(each.value, kind)
    return found


class TestTraces:
    def test_of_a_page_hold_its_route_and_its_statements(self, receiver: Receiver) -> None:
        who = cast.worker()
        with mock.patch.object(identity, "actor_of", return_value=cast.OFFICER):
            answer = Client().get(f"/pekerja/{who.id}/")
        flush()
        (page,) = [span for span in receiver.spans if not span.parent_span_id]
        about = told(page)
        assert page.name == f"GET {about['http.route']}"
        assert about["http.response.status_code"] == 200
        assert about["lindung.actor"] == "office"
        assert about["lindung.request"] == answer["X-Request-Id"]
        inside = [span for span in receiver.spans if span.parent_span_id == page.span_id]
        assert len(inside) == about["lindung.queries"] > 0
        assert all(page.start_time_unix_nano <= span.start_time_unix_nano for span in inside)
        assert any("registry_worker" in told(span)["db.query.text"] for span in inside)

    def test_name_nobody(self, receiver: Receiver) -> None:
        who = cast.worker(full_name="Zubaidah Kertanegara")
        with mock.patch.object(identity, "actor_of", return_value=cast.OFFICER):
            client = Client()
            client.get(f"/pekerja/{who.id}/")
            client.get("/pekerja/", {"cari": "Zubaidah"})
            client.get("/Zubaidah/")
        flush()
        assert receiver.spans
        for secret in (
            "Zubaidah",
            "Kertanegara",
            "Budi",
            who.public_number,
            str(who.id),
            "/pekerja",
        ):
            assert secret.encode() not in receiver.raw

    def test_carry_the_ids_of_the_log(self, receiver: Receiver) -> None:
        seen: list[trail.Trail] = []
        trail.observe(seen.append)
        Client().get("/peraturan/")
        trail.forget(seen.append)
        flush()
        (page,) = [span for span in receiver.spans if not span.parent_span_id]
        assert (page.trace_id.hex(), page.span_id.hex()) == (seen[0].trace, seen[0].span)

    def test_follow_a_proxy_of_ours_and_nobody_else(self, receiver: Receiver) -> None:
        given = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
        Client().get("/peraturan/", headers=given)
        with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
            Client().get("/peraturan/", headers=given)
            Client().get("/peraturan/", headers={"traceparent": f"00-{'0' * 32}-{'b' * 16}-01"})
        flush()
        pages = [span for span in receiver.spans if span.name.startswith("GET")]
        taken = [span.parent_span_id.hex() for span in pages if span.trace_id.hex() == "a" * 32]
        assert (len(pages), taken) == (3, ["b" * 16])

    def test_of_a_job_that_fails_say_so(self, receiver: Receiver) -> None:
        @job()
        def fails() -> None:
            Worker.objects.count()
            raise RuntimeError("Zubaidah")

        with mock.patch.object(state, "read", return_value=[]), pytest.raises(RuntimeError):
            fails()
        flush()
        (run,) = [span for span in receiver.spans if not span.parent_span_id]
        assert run.name.endswith("fails")
        assert run.status.code == 2
        assert told(run)["error.type"] == "RuntimeError"
        assert b"Zubaidah" not in receiver.raw


class TestMeasures:
    def test_of_requests_are_sent(self, receiver: Receiver) -> None:
        Client().get("/peraturan/")
        flush()
        sent = receiver.measures[catalogue.REQUEST_SECONDS.name]
        (point,) = sent.histogram.data_points
        assert (sent.unit, point.count) == ("s", 1)
        assert tuple(point.explicit_bounds) == catalogue.SECONDS
        assert {each.key for each in point.attributes} == {"route", "method", "status"}

    def test_of_the_state_are_sent_by_the_job_worker_alone(self, receiver: Receiver) -> None:
        ringing = next(each for each in catalogue.ASKED if each.name == "lindung_sos_ringing")
        readings = [state.Reading(ringing, 2.0, {})]
        with mock.patch.object(state, "read", return_value=readings):
            Client().get("/peraturan/")
            flush()
            assert ringing.name not in receiver.measures
            telemetry.stop()
            job()(works)()
            flush()
        (point,) = receiver.measures[ringing.name].gauge.data_points
        assert point.as_double == 2.0

    def test_say_what_sent_them(self, receiver: Receiver) -> None:
        Client().get("/peraturan/")
        flush()
        first = next(
            each for each in receiver.messages if isinstance(each, ExportMetricsServiceRequest)
        )
        about = told(first.resource_metrics[0].resource)
        assert about["service.name"] == "lindung"
        assert about["service.version"]


def works() -> None:
    """Nothing to do."""


def test_nothing_is_sent_by_itself() -> None:
    from django.conf import settings

    assert settings.OTLP_ENDPOINT == ""
    assert telemetry.note not in trail._observers
