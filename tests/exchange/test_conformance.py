"""The conformance examiner keeps its word: good nodes pass every check, bad ones are found out."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections
from django.utils import timezone

from lindung.access import seals
from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.conformance import __main__ as command
from lindung.exchange.conformance import report, run
from lindung.exchange.conformance.examiner import WELL_KNOWN, Examiner, ExaminerKey
from lindung.exchange.conformance.report import Outcome, Result
from lindung.exchange.models import Partner, PartnerKey, SharedRecord
from lindung.exchange.operations import applying, outbox
from lindung.exchange.wire import texts
from simulators.eps.wire import Key
from tests import cast

ROOT = Path(__file__).resolve().parents[2]
NODE = "urn:lindung:node:conformance"


def free_port() -> int:
    """A port that nobody has taken yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def examining(base: str, *, port: int = 0, key: ExaminerKey | None = None) -> Iterator[Examiner]:
    """A examiner of the node at ``base``."""
    key = key or ExaminerKey(Ed25519PrivateKey.generate())
    examiner = Examiner(base, key, node=NODE, listen=("127.0.0.1", port), basis="Conformance test")
    yield examiner
    examiner.close()


def tried(examiner: Examiner) -> dict[str, Result]:
    """Every check's result by name."""
    return {each.name: each for each in run.run_all(run.Run(examiner, seconds=10))}


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
@pytest.mark.usefixtures("posts", "places")
def test_our_own_node_keeps_the_protocol(live_server: Any, scene: Any) -> None:
    with examining(live_server.url) as examiner:
        with scene():
            partner = Partner.objects.create(
                code="examiner", name="Examiner", country="KR", node=NODE, base_url=examiner.url,
                adapter="http", schemes=["g2g-kr"], agreement="Conformance test", is_demo=True,
            )  # fmt: skip
            PartnerKey.objects.create(
                kid=examiner.key.kid, x=examiner.key.x, partner=partner,
                pinned_at=datetime.now(UTC), valid_from=datetime(2020, 1, 1, tzinfo=UTC),
            )  # fmt: skip
        # A life that is shared with the examiner, so that there is a tree and a past to look at.
        cast.arrived(cast.worker())
        with acting_as(ROBOT):
            assert seals.seal(now=timezone.now()) is not None
        with working(partner):
            assert not_kept(tried(examiner)) == {}
            with acting_as(ROBOT):
                assert SharedRecord.objects.filter(partner=partner).exists()


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


def lets_anybody_ask(what: str, answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """401 becomes 200, at questions alone."""
    status, content, headers = as_it_is(answer)
    return (200 if status == 401 and "digests" in what else status), content, headers


class Resigning:
    """A node that says something else and signs it itself: no signature gives it away.

    Args:
        key: the good node's own.
        where: the address it lies at.
        lie: what it makes of the answer.
    """

    def __init__(self, key: Key, where: str, lie: Callable[[dict[str, Any]], None]) -> None:
        self.key, self.where, self.lie = key, where, lie

    def __call__(self, what: str, answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
        status, content, headers = as_it_is(answer)
        if status == 200 and what.partition("?")[0].endswith(self.where):
            said = json.loads(content)
            self.lie(said)
            content = texts.write_json(said)
            headers["lindung-signature"] = self.key.sign(content)
        return status, content, headers


def other_leaf(said: dict[str, Any]) -> None:
    """One leaf of each bucket is another."""
    for node in said["nodes"]:
        if node.get("leaves"):
            node["leaves"][0][1] = "ab" * 32


def other_child(said: dict[str, Any]) -> None:
    """One child of each split node is another."""
    for node in said["nodes"]:
        if "children" in node:
            node["children"][0] = "cd" * 32


def forgets_one(said: dict[str, Any]) -> None:
    """One leaf of each bucket is left out, and not counted."""
    for node in said["nodes"]:
        if node.get("leaves"):
            node["leaves"].pop()
            node["count"] -= 1


def other_record(said: dict[str, Any]) -> None:
    """What is shown is not what was hashed."""
    for record in said["records"]:
        record["standing"] = "withdrawn"


def knows_everybody(said: dict[str, Any]) -> None:
    """A number that nobody shares is not said to be unknown."""
    said["unknown"] = []


def for_another(said: dict[str, Any]) -> None:
    """An answer to another request."""
    said["request"] = "019cab00-0000-7000-8000-0000000000ff"


def other_head(said: dict[str, Any]) -> None:
    """A head that is not the hash of its facts."""
    said["link"]["root"] = "ef" * 32


def rewritten_past(said: dict[str, Any]) -> None:
    """A chain whose links hold and which leads elsewhere."""
    for link in said["links"]:
        link["root"] = "ef" * 32
        body = link["facts"].encode() + bytes.fromhex(link["previous"] + link["root"])
        link["head"] = hashlib.sha256(body).hexdigest()


def proves_what_is_not_there(said: dict[str, Any]) -> None:
    """Leaves that lead to no root."""
    for each in said["leaves"]:
        each["leaf"] = "00" * 32


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
            for each in run.run_all(run.Run(examiner, seconds=5))
            if each.outcome == Outcome.BROKEN
        }
    assert found <= set(results)


# --- nodes that lie about their books and their past ----------------------------------------------

FIRST = {"key document", "stores a message"}  # what the others rest on


@dataclass(frozen=True)
class Good:
    """A node with a tree that is split and a past that is sealed, and how to meet it."""

    base: str
    port: int
    key: ExaminerKey
    own: Key

    def broken(self, change: Change, only: set[str]) -> set[str]:
        """The checks that find something where ``change`` lies between."""
        with (
            altered(self.base, change) as base,
            examining(base, port=self.port, key=self.key) as examiner,
        ):
            tried = run.run_all(run.Run(examiner, seconds=10), only=FIRST | only)
            return {each.name for each in tried if each.outcome != Outcome.KEPT}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Good]:
    """One for all lies: what they are told of is not kept by it."""
    home, port, key = (
        tmp_path_factory.mktemp("good"),
        free_port(),
        ExaminerKey(Ed25519PrivateKey.generate()),
    )
    with simulator(home, partner=f"http://127.0.0.1:{port}") as base:
        found = Good(base, port, key, Key.at(home / "simulators" / "eps.key"))
        assert found.broken(lambda _, answer: as_it_is(answer), {EVERYONE}) == set()
        yield found


EVERYONE, ADDS_UP = "every shared subject is in the tree", "the tree adds up"
HASHED, CHAIN, PROVEN = (
    "records hash to their leaves", "the past is one chain", "messages stand in the past",
)  # fmt: skip


@pytest.mark.parametrize(
    ("where", "lie", "found"),
    [
        ("digests", other_leaf, ADDS_UP),
        ("digests", other_child, ADDS_UP),
        ("digests", for_another, ADDS_UP),
        ("digests", forgets_one, EVERYONE),
        ("records", other_record, HASHED),
        ("records", knows_everybody, HASHED),
        ("head", other_head, CHAIN),
        ("head/proof", rewritten_past, CHAIN),
        ("leaves", proves_what_is_not_there, PROVEN),
    ],
)
def test_a_lie_about_books_or_past_is_found_out(
    good: Good, where: str, lie: Callable[[dict[str, Any]], None], found: str
) -> None:
    # Messages about people are what a past holds: the check that proves them needs some.
    extra = {EVERYONE} if found == PROVEN else set()
    assert good.broken(Resigning(good.own, where, lie), {found} | extra) == {found}


def test_questions_of_anybody_answered_are_found_out(good: Good) -> None:
    assert good.broken(lets_anybody_ask, {"questions from the partner only"}) == {
        "questions from the partner only"
    }


def test_a_node_without_comparison_is_not_tried(good: Good) -> None:
    def has_none(what: str, answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
        return (404, b"", {}) if "digests" in what else as_it_is(answer)

    with (
        altered(good.base, has_none) as base,
        examining(base, port=good.port, key=good.key) as examiner,
    ):
        tried = list(run.run_all(run.Run(examiner), only=FIRST | {ADDS_UP, CHAIN}))
    assert [each.outcome for each in tried[2:]] == [Outcome.NOT_TRIED] * 2


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
        assert len(lines) == len(run._checks)
        assert key.stat().st_mode & 0o077 == 0

    def test_says_when_nothing_answers(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        nowhere = f"http://127.0.0.1:{free_port()}"
        words = [nowhere, "--listen", "127.0.0.1:0", "--key", str(tmp_path / "key.pem")]
        assert command.main(words) == 2
        assert report.Outcome.BROKEN in capsys.readouterr().out
