"""The examiner's own node: a key, an address that answers, and a memory of all that came.

To the node under test it is a partner like any other. It keeps the protocol itself, except where a
check breaks it on purpose.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.util import urlsafe_b64encode

from lindung.exchange.conformance.report import Broken
from lindung.exchange.wire import agreement, envelopes, signatures, texts
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import Signed
from lindung.kernel.ids import new_id

WELL_KNOWN = "/.well-known/lindung-exchange.json"
MESSAGES = "/exchange/v1/messages"
SUBJECTS = "/exchange/v1/subjects"


class ExaminerKey:
    """An Ed25519 key in a PEM file that only its owner may read; made when it is not there."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self.private = private
        self.x = urlsafe_b64encode(private.public_key().public_bytes_raw()).decode()
        self.kid = signatures.thumbprint(self.x)

    @classmethod
    def at(cls, file: Path) -> ExaminerKey:
        """The key in ``file``."""
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            pem = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            file.touch(mode=0o600)
            file.write_bytes(pem)
        private = serialization.load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise TypeError(f"{file} holds no Ed25519 key")
        return cls(private)

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature."""
        return self.private.sign(data)


@dataclass(frozen=True, slots=True)
class Ask:
    """A replay that the node asked of us: ``fault`` says what was wrong with the request."""

    subject: str
    first: int
    last: int
    fault: str


class Examiner:
    """One run against one node.

    Args:
        base: base address of the node under test.
        key: the examiner's key.
        node: the examiner's node name, as the other side entered it.
        listen: host and port to answer on; port 0 takes a free one.
        basis: the legal basis that the other side's partnership record names.
    """

    def __init__(
        self, base: str, key: ExaminerKey, *, node: str, listen: tuple[str, int], basis: str
    ) -> None:
        self.base, self.key, self.node, self.basis = base.rstrip("/"), key, node, basis
        self.http = httpx.Client(timeout=20, follow_redirects=False, trust_env=False)
        self.theirs: dict[str, Any] = {}
        self.came: list[Message] = []
        self.bad: list[str] = []
        self.asks: list[Ask] = []
        self.sent: dict[tuple[str, int], Signed] = {}
        self._lock = threading.Lock()
        self.server = ThreadingHTTPServer(listen, _door(self))
        self.url = f"http://{listen[0]}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()
        self.http.close()

    # --- what we say ----------------------------------------------------------------------------

    def document(self) -> bytes:
        """Our key document."""
        return texts.write_json(
            {
                "protocol": 1,
                "node": self.node,
                "name": "Conformance examiner",
                "country": "ZZ",
                "endpoint": f"{self.url}/exchange/v1",
                "sends": sorted(agreement.messages()),
                "accepts": sorted(agreement.messages()),
                "keys": [
                    {
                        "kty": "OKP", "crv": "Ed25519", "x": self.key.x, "kid": self.key.kid,
                        "use": "sig", "alg": "EdDSA", "valid_from": "2020-01-01T00:00:00Z",
                        "valid_to": None, "revoked_at": None,
                    }
                ],
            }
        )  # fmt: skip

    def message(self, subject: str, sequence: int | None, **changes: Any) -> Message:
        """A message that the node takes, about a subject of the examiner's own."""
        name, data = self.speech()
        identity = new_id()
        made = Message(
            id=identity,
            source=self.node,
            recipient=self.theirs["node"],
            type=agreement.type_of(name),
            time=datetime.now(UTC),
            subject=subject,
            sequence=sequence,
            correlation=identity,
            purpose=agreement.purposes_of(name)[0],
            basis=self.basis,
            schema=agreement.schema_of(name),
            data=data,
        )
        return replace(made, **changes)

    def speech(self) -> tuple[str, dict[str, Any]]:
        """The first message among those the node accepts, with the data of its published example.

        Raises:
            Broken: it accepts nothing that the protocol has an example of.
        """
        folder = agreement.FOLDER / "examples"
        for type_ in sorted(self.theirs["accepts"]):
            name = agreement.name_of(type_)
            file = folder / f"{name}.v1.json"
            if not name.startswith("receipt.") and file.exists():
                return name, dict(texts.read_json(file.read_bytes())["data"])
        raise Broken("`accepts` of the key document names no message of the protocol")

    def signed(self, message: Message) -> Signed:
        """Bytes and signature; kept, so that a replay can be answered."""
        raw = envelopes.write(message)
        proof = signatures.sign(raw, self.key)
        if message.sequence is not None:
            self.sent[message.subject, message.sequence] = raw, proof
        return raw, proof

    def request(self, target: str, **changes: Any) -> str:
        """A signed request of ours for ``target``."""
        claims = {
            "node": self.node,
            "recipient": self.theirs["node"],
            "method": "GET",
            "target": target,
            "time": texts.instant(datetime.now(UTC)),
            "id": str(new_id()),
        }
        return signatures.sign_request(texts.write_json(claims | changes), self.key)

    # --- what we ask ----------------------------------------------------------------------------

    def get(self, target: str, token: str | None = None) -> httpx.Response:
        """GET a path and query of the node, with a signed request if given."""
        headers = {} if token is None else {"Lindung-Request": token}
        return self.http.get(f"{self.base}{target}", headers=headers)

    def post(self, body: bytes, kind: str, **headers: str) -> httpx.Response:
        """POST bytes to the node's messages."""
        return self.http.post(
            f"{self.base}{MESSAGES}", content=body, headers={"Content-Type": kind, **headers}
        )

    def receipt(self, raw: bytes, proof: str | None) -> dict[str, Any]:
        """Post one message; the data of its technical receipt, proven to be one.

        Raises:
            Broken: no receipt, or not one that a sender may believe.
        """
        headers = {} if proof is None else {"Lindung-Signature": proof}
        answer = self.post(raw, texts.SINGLE, **headers)
        if answer.status_code != 200:
            raise Broken(f"HTTP {answer.status_code} instead of 200 with a technical receipt")
        got = answer.content, answer.headers.get("lindung-signature", "")
        return self.proven(got, about=raw)

    def proven(self, receipt: Signed, *, about: bytes) -> dict[str, Any]:
        """The data of a technical receipt over ``about``, after everything in it is checked."""
        raw, proof = receipt
        try:
            signatures.verify(raw, proof, self.their_x(signatures.claimed_kid(proof)))
            message = envelopes.read(raw)
            agreement.check(message.schema, message.data, "data_invalid")
        except Unacceptable as fault:
            raise Broken(f"the receipt itself: {fault.code} {fault.note}".strip()) from fault
        if message.name != "receipt.technical":
            raise Broken(f"the answer is a {message.name}")
        if message.source != self.theirs["node"]:
            raise Broken(f"the receipt's `source` is {message.source}")
        if message.sequence is not None:
            raise Broken("a receipt has no `sequence`")
        if message.data["digest"] != texts.digest(about):
            raise Broken("`digest` is not that of the bytes sent")
        return message.data

    def their_x(self, kid: str) -> str:
        """Their public key ``kid``, from the key document."""
        for key in self.theirs["keys"]:
            if key["kid"] == kid:
                return str(key["x"])
        raise Broken(f"signed by key {kid}, which the key document does not have")

    def decision(self, message_id: UUID, *, seconds: float, nth: int = 1) -> dict[str, Any]:
        """The ``nth`` business receipt about a message of ours, waited for.

        Raises:
            Broken: it did not come in time.
        """
        until = monotonic() + seconds
        while True:
            with self._lock:
                found = [
                    each.data
                    for each in self.came
                    if each.name == "receipt.business"
                    and each.data["message_id"] == str(message_id)
                ]
            if len(found) >= nth:
                return found[nth - 1]
            if monotonic() > until:
                raise Broken(f"no business receipt within {seconds:g} s")
            sleep(0.1)

    # --- what comes -----------------------------------------------------------------------------

    def take(self, items: list[Signed]) -> list[Signed]:
        """Note what came and answer with technical receipts."""
        receipts = []
        for raw, proof in items:
            outcome, subject, identity = "stored", "unknown", "unknown"
            try:
                signatures.verify(raw, proof, self.their_x(signatures.claimed_kid(proof)))
                message = envelopes.read(raw)
                agreement.check(message.schema, message.data, "data_invalid")
                subject, identity = message.subject, str(message.id)
                with self._lock:
                    self.came.append(message)
            except (Unacceptable, Broken) as fault:
                outcome = getattr(fault, "code", "signature_invalid")
                with self._lock:
                    self.bad.append(outcome)
            receipts.append(self._technical(raw, subject, identity, outcome))
        return receipts

    def _technical(self, raw: bytes, subject: str, identity: str, outcome: str) -> Signed:
        stored = outcome == "stored"
        receipt = Message(
            id=new_id(),
            source=self.node,
            recipient=self.theirs.get("node", "urn:lindung:node:unknown"),
            type=agreement.type_of("receipt.technical"),
            time=datetime.now(UTC),
            subject=subject,
            sequence=None,
            correlation=UUID(identity) if identity != "unknown" else new_id(),
            purpose=agreement.purposes_of("receipt.technical")[0],
            basis=self.basis,
            schema=agreement.schema_of("receipt.technical"),
            data={
                "message_id": identity,
                "digest": texts.digest(raw),
                "outcome": "stored" if stored else "refused",
                "reason": outcome,
                "stored_at": texts.instant(datetime.now(UTC)),
            },
        )
        written = envelopes.write(receipt)
        return written, signatures.sign(written, self.key)

    def replay(self, target: str, token: str) -> bytes | None:
        """Answer a replay of our own messages; what was wrong with the request is noted."""
        query = parse_qs(urlsplit(target).query)
        fault = ""
        try:
            claims = signatures.read_request(token, self.their_x(signatures.request_kid(token)))
            wanted = {
                "node": self.theirs["node"], "recipient": self.node, "method": "GET",
                "target": target,
            }  # fmt: skip
            fault = ", ".join(name for name, value in wanted.items() if claims.get(name) != value)
        except (Unacceptable, Broken) as refusal:
            fault = str(refusal)
        subject, first, last = query["subject"][0], int(query["from"][0]), int(query["to"][0])
        with self._lock:
            self.asks.append(Ask(subject, first, last, fault))
        items = [
            self.sent[subject, number]
            for number in range(first, last + 1)
            if (subject, number) in self.sent
        ]
        return texts.frame(items) if items and not fault else None


def _door(examiner: Examiner) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == WELL_KNOWN:
                raw = examiner.document()
                self._answer(200, raw, "application/json", signatures.sign(raw, examiner.key))
            elif path == MESSAGES:
                found = examiner.replay(self.path, self.headers.get("Lindung-Request", ""))
                self._answer(200 if found else 404, found or b"", texts.BATCH)
            elif path == SUBJECTS:
                subject = parse_qs(urlsplit(self.path).query).get("subject", [""])[0]
                raw = texts.write_json({"subject": subject, "received_through": 0})
                self._answer(200, raw, "application/json")
            else:
                self._answer(404, b"", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Content-Type") == texts.BATCH:
                self._answer(200, texts.frame(examiner.take(texts.unframe(body))), texts.BATCH)
                return
            [(raw, proof)] = examiner.take([(body, self.headers.get("Lindung-Signature", ""))])
            self._answer(200, raw, texts.SINGLE, proof)

        def _answer(self, status: int, raw: bytes, kind: str, proof: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(raw)))
            if proof:
                self.send_header("Lindung-Signature", proof)
            self.end_headers()
            self.wfile.write(raw)

        log_message: Callable[..., None] = lambda *_: None

    return Door
