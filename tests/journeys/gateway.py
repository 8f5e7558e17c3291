"""The SMS gateway of the journeys: carries what Lindung sends, and posts what a telephone without internet sends.

It stands beside the service for as long as that runs. What it posts is signed as the gateway's
form asks (docs/how-to/channels.md).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

SECRET = "journeys-sms-secret"  # noqa: S105  of a gateway that exists for minutes
SOURCE = "+6215000"
_SECONDS = 60.0


@dataclass
class Gateway:
    """What went out, in order, and the way in."""

    port: int
    sent: list[dict[str, str]] = field(default_factory=list)

    def settings(self, folder: Path) -> dict[str, str]:
        """What the service has to be told; its secret lies in the folder."""
        secret = folder / "sms-secret"
        secret.touch(mode=0o600)
        secret.write_text(SECRET)
        return {
            "LINDUNG_SMS": "http",
            "LINDUNG_SMS_URL": f"http://127.0.0.1:{self.port}",
            "LINDUNG_SMS_TOKEN_FILE": str(secret),
            "LINDUNG_SMS_SECRET_FILE": str(secret),
            "LINDUNG_SMS_SOURCE": SOURCE,
            "LINDUNG_PHONE_SMS": SOURCE,
        }

    def brings(self, service: str, *, sender: str, text: str, id_: str = "") -> str:
        """Post a text message to the service as it came from a telephone; gives its id.

        Raises:
            HTTPError: the service did not take it.
        """
        id_ = id_ or uuid4().hex
        raw = json.dumps({"id": id_, "from": sender, "text": text}).encode()
        mark = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Signature-256": f"sha256={mark}"}
        asked = Request(f"{service}/kanal/sms/", data=raw, headers=headers)  # noqa: S310  ours
        with urlopen(asked, timeout=20) as answer:  # noqa: S310
            assert answer.status == 200
        return id_

    def texts_to(self, number: str) -> list[str]:
        """What went to a telephone so far."""
        return [each["text"] for each in self.sent if each["to"] == number]

    def waits_for(self, number: str, count: int) -> list[str]:
        """Until so many texts went to a telephone.

        Raises:
            AssertionError: they do not.
        """
        until = time.monotonic() + _SECONDS
        while len(self.texts_to(number)) < count:
            assert time.monotonic() < until, f"waited in vain; so far: {self.texts_to(number)}"
            time.sleep(0.3)
        return self.texts_to(number)


@contextmanager
def standing(port: int) -> Iterator[Gateway]:
    """The gateway on that port."""
    made = Gateway(port)

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.sent.append(told)
            body = json.dumps({"id": uuid4().hex}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Takes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
