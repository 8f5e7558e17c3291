"""A member behind the servers: a destination's node that is reached, and reaches us, by X-Road."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from simulators.eps.node import Node, read_batch, write_batch
from simulators.eps.wire import Refused, read_json, write_json

SINGLE, BATCH = "application/cloudevents+json", "application/vnd.lindung.batch+json"


class Member(Node):
    """The node of the EPS simulator under another name; it accepts whatever it understands."""

    def document(self) -> bytes:
        """Our key document."""
        told = read_json(super().document())
        return write_json(told | {"name": "A member of X-Road, for demonstration", "country": "BN"})


def make_server(node: Member, port: int, client: str) -> ThreadingHTTPServer:
    """The member's information system; its security server alone reaches it.

    Args:
        client: whose calls it takes: the partner's `X-Road-Client`.
    """

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                self._answer(*_read(node, self.path, self.headers.get("Lindung-Request", "")))
            except (Refused, KeyError, ValueError):
                self._answer(401, b"", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("X-Road-Client") != client:
                self._answer(403, b'{"title": "Not agreed."}', "application/problem+json")
            elif self.headers.get("Content-Type") == SINGLE:
                proof = self.headers.get("Lindung-Signature", "")
                [(raw, signature)] = node.take([(body, proof)])
                self._answer(200, raw, SINGLE, signature)
            else:
                try:
                    receipts = node.take(read_batch(body))
                    self._answer(200, write_batch(receipts), BATCH)
                except Refused:
                    self._answer(400, b'{"title": "No batch."}', "application/problem+json")

        def _answer(self, status: int, raw: bytes, kind: str, signature: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(raw)))
            if signature:
                self.send_header("Lindung-Signature", signature)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return ThreadingHTTPServer(("127.0.0.1", port), Door)


def _read(node: Member, target: str, token: str) -> tuple[int, bytes, str, str]:
    """Answer a GET: keys, a replay, a count; everything else is not there."""
    address = urlsplit(target)
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    if address.path == "/.well-known/lindung-exchange.json":
        raw = node.document()
        return 200, raw, "application/json", node.key.sign(raw)
    if address.path == "/exchange/v1/messages":
        first, last = int(asked["from"]), int(asked["to"])
        found = node.answer_replay(token, target, asked["subject"], first, last)
        return (200 if found else 404), found, BATCH, ""
    if address.path == "/exchange/v1/subjects":
        node.admit_request(token, target)
        through = node.received_through(asked["subject"])
        told = {"subject": asked["subject"], "received_through": through}
        return 200, json.dumps(told).encode(), "application/json", ""
    return 404, b"", "text/plain", ""
