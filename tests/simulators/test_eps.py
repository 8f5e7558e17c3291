"""The EPS simulator as a process of its own, against a small origin node that keeps the protocol."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lindung.exchange.wire import agreement, envelopes, signatures, texts
from lindung.exchange.wire.envelopes import Message
from lindung.kernel.ids import new_id
from simulators.eps import wire as strangers

ROOT = Path(__file__).resolve().parents[2]
US, THEM = "urn:lindung:node:id", "urn:lindung:node:kr-eps"


class FileKey:
    """A key of the origin's."""

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.x = strangers.b64url(self.private.public_key().public_bytes_raw())
        self.kid = signatures.thumbprint(self.x)

    def sign(self, data: bytes) -> bytes:
        """Ed25519."""
        return self.private.sign(data)


class Origin:
    """An origin node: takes what comes, keeps it, answers with technical receipts."""

    def __init__(self) -> None:
        self.key = FileKey()
        self.silent = False
        self.came: list[Message] = []
        self.sequences: dict[str, int] = {}
        origin = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                raw = origin.document()
                self.answer(200, raw, signatures.sign(raw, origin.key), "application/json")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if origin.silent:
                    self.answer(503, b"", "", "text/plain")
                    return
                if self.headers["Content-Type"] == texts.SINGLE:
                    [(raw, proof)] = origin.take([(body, self.headers["Lindung-Signature"])])
                    self.answer(200, raw, proof, texts.SINGLE)
                else:
                    items = texts.frame(origin.take(texts.unframe(body)))
                    self.answer(200, items, "", texts.BATCH)

            def answer(self, status: int, raw: bytes, proof: str, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(raw)))
                self.send_header("Lindung-Signature", proof)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def document(self) -> bytes:
        """Our key document."""
        key = {
            "kty": "OKP", "crv": "Ed25519", "x": self.key.x, "kid": self.key.kid, "use": "sig",
            "alg": "EdDSA", "valid_from": "2020-01-01T00:00:00Z", "valid_to": None,
            "revoked_at": None,
        }  # fmt: skip
        return texts.write_json(
            {
                "protocol": 1,
                "node": US,
                "name": "test",
                "country": "ID",
                "endpoint": f"{self.url}/exchange/v1",
                "sends": [],
                "accepts": [],
                "keys": [key],
            }  # fmt: skip
        )

    def take(self, items: list[texts.Signed]) -> list[texts.Signed]:
        """Keep and receipt."""
        receipts = []
        for raw, _proof in items:
            message = envelopes.read(raw)
            if message.id not in {m.id for m in self.came}:
                self.came.append(message)
            data = {
                "message_id": str(message.id), "outcome": "stored", "reason": "stored",
                "digest": texts.digest(raw), "stored_at": texts.instant(datetime.now(UTC)),
            }  # fmt: skip
            receipt = envelopes.write(self.message("receipt.technical", message.subject, data))
            receipts.append((receipt, signatures.sign(receipt, self.key)))
        return receipts

    def message(self, name: str, subject: str, data: dict[str, Any]) -> Message:
        """A message of ours, numbered in its lane."""
        sequence = None
        if not name.startswith("receipt."):
            self.sequences[subject] = sequence = self.sequences.get(subject, 0) + 1
        identity = new_id()
        return Message(
            id=identity, source=US, recipient=THEM, type=agreement.type_of(name),
            time=datetime.now(UTC), subject=subject, sequence=sequence, correlation=identity,
            purpose=agreement.purposes_of(name)[0], basis="MoU",
            schema=agreement.schema_of(name), data=data,
        )  # fmt: skip

    def of(self, name: str, subject: str) -> list[Message]:
        """What came of one kind about one subject."""
        return [m for m in self.came if m.name == name and m.subject == subject]


class Simulator:
    """The process under test; may be killed and started again on the same database."""

    def __init__(self, home: Path, origin: Origin) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "LINDUNG_HOME": str(home), "LINDUNG_SIMULATOR_PORT": str(self.port),
            "LINDUNG_NODE_URL": origin.url,
        }  # fmt: skip
        self.origin = origin
        self.start()

    def start(self) -> None:
        """Start and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simulators.eps"], cwd=ROOT, env=self.environment,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        eventually(self.ready)

    def ready(self) -> bool:
        """Whether /health answers."""
        try:
            return httpx.get(f"{self.url}/health").status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """As the machine would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def post(self, message: Message, *, key: FileKey | None = None) -> dict[str, Any]:
        """Send one message; returns the data of the technical receipt, verified."""
        raw = envelopes.write(message)
        answer = httpx.post(
            f"{self.url}/exchange/v1/messages", content=raw,
            headers={
                "Content-Type": texts.SINGLE,
                "Lindung-Signature": signatures.sign(raw, key or self.origin.key),
            },
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        document = httpx.get(f"{self.url}/.well-known/lindung-exchange.json").json()
        proof = answer.headers["lindung-signature"]
        signatures.verify(answer.content, proof, document["keys"][0]["x"])
        return envelopes.read(answer.content).data

    def control(self, **wish: Any) -> httpx.Response:
        """The JSON control."""
        return httpx.post(f"{self.url}/control", json=wish)

    def act(self, subject: str, act: str, **values: Any) -> httpx.Response:
        """What an official does."""
        return httpx.post(f"{self.url}/candidates/{subject}/{act}", json=values)


def eventually(check: Callable[[], Any], *, seconds: float = 15) -> Any:
    """Wait until the check gives something true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError("did not happen in time")


def candidate(passport: str, **person: str) -> dict[str, Any]:
    """Data of a candidate."""
    return {
        "listed_on": "2026-03-01", "scheme": "E-9", "sector": "manufacturing",
        "person": {
            "name": "SITI", "birth_date": "1999-02-03", "sex": "female", "nationality": "ID",
            **person,
        },
        "passport": {"number": passport, "issued_on": "2024-01-01", "expires_on": "2034-01-01"},
    }  # fmt: skip


@pytest.fixture
def origin() -> Iterator[Origin]:
    """An origin node."""
    node = Origin()
    yield node
    node.server.shutdown()
    node.server.server_close()


@pytest.fixture
def eps(tmp_path: Path, origin: Origin) -> Iterator[Simulator]:
    """The simulator, with a fixed day in Korea."""
    simulator = Simulator(tmp_path, origin)
    simulator.control(today="2026-03-02")
    yield simulator
    simulator.kill()


def offered(eps: Simulator, origin: Origin, subject: str, passport: str) -> Message:
    """A candidate with an offer to be answered by 2026-03-16."""
    assert eps.post(origin.message("candidate.listed", subject, candidate(passport)))
    eventually(lambda: origin.of("roster.status", subject))
    assert eps.act(subject, "offer").status_code == 200
    message: Message = eventually(lambda: origin.of("contract.offered", subject))[0]
    return message


def answer_to(offer: Message, on: str) -> dict[str, Any]:
    """A signed yes."""
    return {
        "offer_no": offer.data["offer_no"], "answer": "accepted", "answered_on": on,
        "signed": {"signed_on": on, "method": "in_person"},
        "read_to_worker": {"language": "jv", "read_on": on},
    }  # fmt: skip


def business(origin: Origin, message: Message) -> dict[str, Any]:
    """The business receipt of a message of ours."""
    found: Message = eventually(
        lambda: [
            m
            for m in origin.of("receipt.business", message.subject)
            if m.data["message_id"] == str(message.id)
        ]
    )[0]
    return found.data


class TestTheSimulator:
    def test_puts_a_candidate_on_the_roster_and_offers_a_lawful_wage(
        self, eps: Simulator, origin: Origin
    ) -> None:
        offer = offered(eps, origin, "PMI-1", "C0000001")
        assert int(offer.data["terms"]["wage"]["monthly_ordinary"]) >= 10_320 * 209
        assert agreement.faults(offer.schema, offer.data) == []
        assert [m.sequence for m in origin.came if m.sequence] == [1, 2]

    def test_keeps_its_outbox_over_kill_minus_nine(self, eps: Simulator, origin: Origin) -> None:
        listed = origin.message("candidate.listed", "PMI-2", candidate("C0000002"))
        origin.silent = True
        assert eps.post(listed)["outcome"] == "stored"
        eventually(lambda: httpx.get(f"{eps.url}/health").json()["waiting"])
        eps.kill()
        origin.silent = False
        eps.start()
        assert eventually(lambda: origin.of("roster.status", "PMI-2"), seconds=25)
        assert business(origin, listed)["outcome"] == "accepted"

    def test_refuses_a_wrong_signer_and_goes_on_unmoved(
        self, eps: Simulator, origin: Origin
    ) -> None:
        message = origin.message("candidate.listed", "PMI-3", candidate("C0000003"))
        assert eps.post(message)["outcome"] == "stored"  # pins our key
        forged = origin.message("candidate.removed", "PMI-3", {
            "removed_on": "2026-03-02", "reason": "other",
        })  # fmt: skip
        assert eps.post(forged, key=FileKey())["reason"] == "key_unknown"
        assert eps.post(forged)["outcome"] == "stored"

    def test_refuses_lawless_answers_with_their_reasons(
        self, eps: Simulator, origin: Origin
    ) -> None:
        offer = offered(eps, origin, "PMI-4", "C0000004")
        unknown = {**answer_to(offer, "2026-03-03"), "offer_no": "SLC-2026-999999"}
        first = origin.message("contract.answered", "PMI-4", unknown)
        late = origin.message("contract.answered", "PMI-4", answer_to(offer, "2026-03-17"))
        for each in (first, late):
            eps.post(each)
        assert business(origin, first)["reason"] == "offer_unknown"
        assert business(origin, late)["reason"] == "answer_late"
        yes = origin.message("contract.answered", "PMI-4", answer_to(offer, "2026-03-16"))
        again = origin.message("contract.answered", "PMI-4", answer_to(offer, "2026-03-16"))
        for each in (yes, again):
            eps.post(each)
        assert business(origin, yes)["outcome"] == "accepted"
        assert business(origin, again)["reason"] == "offer_closed"

    def test_answers_a_repeat_as_a_repeat_and_applies_it_once(
        self, eps: Simulator, origin: Origin
    ) -> None:
        message = origin.message("candidate.listed", "PMI-5", candidate("C0000005"))
        first, second = eps.post(message), eps.post(message)
        assert (first["repeat"], second["repeat"]) == (False, True)
        assert first["stored_at"] == second["stored_at"]
        eventually(lambda: origin.of("roster.status", "PMI-5"))
        time.sleep(0.6)
        assert len(origin.of("roster.status", "PMI-5")) == 1

    def test_waits_for_a_missing_message(self, eps: Simulator, origin: Origin) -> None:
        first = origin.message("candidate.listed", "PMI-6", candidate("C0000006"))
        second = origin.message("candidate.removed", "PMI-6", {
            "removed_on": "2026-03-02", "reason": "unfit",
        })  # fmt: skip
        assert eps.post(second)["outcome"] == "stored"
        time.sleep(0.6)
        assert not origin.of("receipt.business", "PMI-6")
        eps.post(first)
        assert business(origin, second)["outcome"] == "accepted"

    def test_refuses_people_its_law_does_not_admit(self, eps: Simulator, origin: Origin) -> None:
        old = candidate("C0000007", birth_date="1980-01-01")
        message = origin.message("candidate.listed", "PMI-7", old)
        eps.post(message)
        assert business(origin, message)["reason"] == "not_eligible"

    def test_sends_what_the_agreement_forbids_only_on_command(
        self, eps: Simulator, origin: Origin
    ) -> None:
        eps.post(origin.message("candidate.listed", "PMI-8", candidate("C0000008")))
        eventually(lambda: origin.of("roster.status", "PMI-8"))
        eps.control(faults={"wrong_data": "extra_field", "wrong_data_left": 1})
        eps.act("PMI-8", "offer")
        offer = eventually(lambda: origin.of("contract.offered", "PMI-8"))[0]
        assert agreement.faults(offer.schema, offer.data)
        assert eps.control().json()["faults"] == {}

    def test_takes_no_new_key_unless_a_person_accepts_it(
        self, eps: Simulator, origin: Origin
    ) -> None:
        assert eps.post(origin.message("candidate.listed", "PMI-9", candidate("C0000009")))
        origin.key = FileKey()
        removed = {"removed_on": "2026-03-02", "reason": "other"}
        message = origin.message("candidate.removed", "PMI-9", removed)
        assert eps.post(message)["reason"] == "key_unknown"
        assert eps.control(accept_keys=True).status_code == 200
        assert eps.post(message)["outcome"] == "stored"

    def test_serves_its_pages_and_refuses_other_sites(self, eps: Simulator) -> None:
        for page in ("/", "/messages", "/control"):
            answer = httpx.get(f"{eps.url}{page}", headers={"Accept": "text/html"})
            assert answer.status_code == 200
            assert "simulator" in answer.text
        foreign = httpx.post(
            f"{eps.url}/control", json={}, headers={"Origin": "https://elsewhere.example"}
        )
        assert foreign.status_code == 403
        assert json.loads(eps.control(nonsense=1).text)["status"] == 400
