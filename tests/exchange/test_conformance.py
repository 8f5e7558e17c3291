"""The conformance examiner keeps its word: good nodes pass every check, bad ones are found out."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections

from lindung.exchange.conformance import __main__ as command
from lindung.exchange.conformance import checks, report
from lindung.exchange.conformance.examiner import WELL_KNOWN, Examiner, ExaminerKey
from lindung.exchange.conformance.report import Outcome, Result
from lindung.exchange.models import Partner, PartnerKey
from lindung.exchange.operations import applying, outbox

ROOT = Path(__file__).resolve().parents[2]
NODE = "urn:lindung:node:conformance"


def free_port() -> int:
    """A port that nobody has taken yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def examining(base: str, *, port: int = 0) -> Iterator[Examiner]:
    """A examiner of the node at ``base``."""
    key = ExaminerKey(Ed25519PrivateKey.generate())
    examiner = Examiner(base, key, node=NODE, listen=("127.0.0.1", port), basis="Conformance test")
    yield examiner
    examiner.close()


def tried(examiner: Examiner) -> dict[str, Result]:
    """Every check's result by name."""
    return {each.name: each for each in checks.run_all(checks.Run(examiner, seconds=10))}


def not_kept(results: dict[str, Result]) -> dict[str, str]:
    """What was broken or not tried, and what was seen."""
    return {n: r.seen for n, r in results.items() if r.outcome != Outcome.KEPT}


@contextmanager
def simulator(home: Path, *, partner: str) -> Iterator[str]:
    """The simulator as a process; its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "simulators.eps"], cwd=ROOT, stderr=subprocess.DEVNULL,
        env=os.environ | {
            "LINDUNG_HOME": str(home), "LINDUNG_SIMULATOR_PORT": str(port),
            "LINDUNG_NODE_URL": partner,
        },
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(f"{base}/health")
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield base
    finally:
        process.kill()
        process.wait()


def test_the_simulator_keeps_the_protocol(tmp_path: Path) -> None:
    port = free_port()
    with (
        simulator(tmp_path, partner=f"http://127.0.0.1:{port}") as base,
        examining(base, port=port) as examiner,
    ):
        assert not_kept(tried(examiner)) == {}


@pytest.mark.django_db(transaction=True)
def test_our_own_node_keeps_the_protocol(live_server: Any, scene: Any) -> None:
    with examining(live_server.url) as examiner:
        with scene():
            partner = Partner.objects.create(
                code="examiner", name="Examiner", country="KR", node=NODE, base_url=examiner.url,
                adapter="http", schemes=[], agreement="Conformance test", is_demo=True,
            )  # fmt: skip
            PartnerKey.objects.create(
                kid=examiner.key.kid, x=examiner.key.x, partner=partner,
                pinned_at=datetime.now(UTC), valid_from=datetime(2020, 1, 1, tzinfo=UTC),
            )  # fmt: skip
        with working(partner):
            assert not_kept(tried(examiner)) == {}


@contextmanager
def working(partner: Partner) -> Iterator[None]:
    """The jobs that deliver and apply, as the job worker would run them."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.2):
            applying.apply_incoming(partner.pk)
            outbox.pump(partner.pk)
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


# --- nodes that break their word ----------------------------------------------------------------

Change = Callable[[str, httpx.Response], tuple[int, bytes, dict[str, str]]]


@contextmanager
def altered(base: str, change: Change) -> Iterator[str]:
    """A node that passes everything on to a good one, and spoils what comes back."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.pass_on("GET", b"")

        def do_POST(self) -> None:
            self.pass_on("POST", self.rfile.read(int(self.headers["Content-Length"])))

        def pass_on(self, method: str, body: bytes) -> None:
            names = ("Content-Type", "Lindung-Signature", "Lindung-Request")
            headers = {name: self.headers[name] for name in names if name in self.headers}
            answer = httpx.request(method, f"{base}{self.path}", content=body, headers=headers)
            status, content, said = change(f"{method} {self.path}", answer)
            self.send_response(status)
            for name, value in said.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def as_it_is(answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """The answer unspoilt."""
    kept = ("content-type", "lindung-signature")
    return (
        answer.status_code,
        answer.content,
        {n: answer.headers[n] for n in kept if n in answer.headers},
    )


def lets_anybody_replay(what: str, answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """401 becomes 200."""
    status, content, headers = as_it_is(answer)
    return (200 if status == 401 else status), content, headers


def forgets_to_sign_itself(what: str, answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """The key document is not the one that was signed."""
    status, content, headers = as_it_is(answer)
    return status, content + (b"\n" if WELL_KNOWN in what else b""), headers


def spoils_receipts(what: str, answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """Receipts are changed on the way."""
    status, content, headers = as_it_is(answer)
    return status, content.replace(b'"stored"', b'"Stored"'), headers


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lets_anybody_replay, {"replays to the partner only"}),
        (forgets_to_sign_itself, {"key document signed"}),
        (spoils_receipts, {"stores a message"}),
    ],
)
def test_a_bad_node_is_found_out(tmp_path: Path, change: Change, found: set[str]) -> None:
    port = free_port()
    with (
        simulator(tmp_path, partner=f"http://127.0.0.1:{port}") as good,
        altered(good, change) as base,
        examining(base, port=port) as examiner,
    ):
        results = {
            each.name: each
            for each in checks.run_all(checks.Run(examiner, seconds=5))
            if each.outcome == Outcome.BROKEN
        }
    assert found <= set(results)


def test_a_node_that_does_not_know_us_is_told_what_to_enter(tmp_path: Path) -> None:
    elsewhere = f"http://127.0.0.1:{free_port()}"
    with simulator(tmp_path, partner=elsewhere) as base, examining(base) as examiner:
        results = tried(examiner)
    assert results["key document"].outcome == Outcome.KEPT
    assert results["stores a message"].outcome == Outcome.BROKEN
    assert results["decides"].outcome == Outcome.NOT_TRIED


class TestTheCommand:
    def test_reports_and_exits(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        port, key = free_port(), tmp_path / "conformance.pem"
        with simulator(tmp_path, partner=f"http://127.0.0.1:{port}") as base:
            words = [base, "--listen", f"127.0.0.1:{port}", "--key", str(key), "--json"]
            assert command.main(words) == 0
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert {line["outcome"] for line in lines} == {"kept"}
        assert len(lines) == len(checks._checks)
        assert key.stat().st_mode & 0o077 == 0

    def test_says_when_nothing_answers(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        nowhere = f"http://127.0.0.1:{free_port()}"
        words = [nowhere, "--listen", "127.0.0.1:0", "--key", str(tmp_path / "key.pem")]
        assert command.main(words) == 2
        assert report.Outcome.BROKEN in capsys.readouterr().out
