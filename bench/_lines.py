"""The lines over which people reach us, each as its sender speaks it.

A phone sends from its outbox, a gateway and WhatsApp post what they sign, a mail server puts files
into a Maildir, an officer and a relative send forms. ``once`` tries one item once and says whether
it was taken.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from bench._two_nodes import Side
from lindung.outreach import item_key

SECRET = "bench-secret"  # noqa: S105  of a line that exists for minutes
AUTHSERV = "mail.bench.example"
CHECK_IN, COMPLAINT, SOS = "check_in", "complaint", "sos"
ALL = (CHECK_IN, COMPLAINT, SOS)
# Line → its share of what is said, and what is said over it.
LINES: dict[str, tuple[float, tuple[str, ...]]] = {
    "phone": (0.30, ALL),
    "sms": (0.20, ALL),
    "whatsapp": (0.15, ALL),
    "email": (0.10, ALL),
    "voice": (0.08, (COMPLAINT,)),
    "walk_in": (0.10, ALL),
    "family": (0.07, (COMPLAINT,)),
}
# Whose tables tell by which id it came.
WHATSAPP_ID = "wamid.{}"
_TOKEN = "b" * 32
# An Ogg page's first four bytes (RFC 3533, 6); what follows is of no interest here.
_VOICE = b"OggS" + bytes(60)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing one person says over one line."""

    key: UUID
    kind: str
    line: str
    who: dict[str, str]

    @property
    def text(self) -> str:
        """The words, as typed; a complaint's hold a mark that no other has."""
        key = item_key.write(self.key)
        return {
            CHECK_IN: f"BAIK {self.who['number']} {key}",
            COMPLAINT: f"Gaji belum dibayar, catatan {self.key.hex}",
            SOS: f"SOS {self.who['number']} {key}",
        }[self.kind]


class Refused(Exception):
    """An item that must be taken was refused for good."""


def once(client: httpx.Client, side: Side, item: Said, maildir: Path) -> bool:
    """Send an item once; whether the other end said that it was taken.

    Raises:
        Refused: it will never be taken.
        httpx.HTTPError: nobody answered.
    """
    if item.line == "email":
        return _email(item, maildir)
    speaks: dict[str, Callable[[httpx.Client, Side, Said], bool]] = {
        "phone": _phone,
        "sms": _sms,
        "whatsapp": _whatsapp,
        "voice": _whatsapp,
        "walk_in": _walk_in,
        "family": _family,
    }
    return speaks[item.line](client, side, item)


def _phone(client: httpx.Client, side: Side, item: Said) -> bool:
    at = datetime.now(UTC).isoformat()
    data = {
        CHECK_IN: {"condition": "good"},
        COMPLAINT: {"words": item.text, "kind": "wages_unpaid"},
        SOS: {},
    }[item.kind]
    batch = {
        "owner": item.who["owner"],
        "sent_at": at,
        "items": [{"key": str(item.key), "kind": item.kind, "at": at, "data": data}],
    }
    answer = client.post(
        f"{side.url}/saya/kirim/", json=batch, headers=_signed_in(item.who["session"])
    )
    if answer.status_code != 200:
        return False
    [told] = answer.json()["items"]
    if told["state"] == "refused":
        raise Refused(told["say"])
    return bool(told["state"] == "received")


def _sms(client: httpx.Client, side: Side, item: Said) -> bool:
    body = {"id": str(item.key), "from": item.who["telephone"], "text": item.text}
    return _posted(client, f"{side.url}/kanal/sms/", "X-Signature-256", body)


def _whatsapp(client: httpx.Client, side: Side, item: Said) -> bool:
    message: dict[str, Any] = {
        "id": WHATSAPP_ID.format(item.key),
        "from": item.who["telephone"].lstrip("+"),
        "timestamp": str(int(time.time())),
    }
    if item.line == "voice":
        message["type"] = "audio"
        message["audio"] = {"id": f"media{item.key.hex}", "mime_type": "audio/ogg; codecs=opus"}
    else:
        message["type"] = "text"
        message["text"] = {"body": item.text}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": "1", "display_phone_number": "1"},
        "messages": [message],
    }
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }
    return _posted(client, f"{side.url}/kanal/whatsapp/", "X-Hub-Signature-256", body)


def _walk_in(client: httpx.Client, side: Side, item: Said) -> bool:
    """An officer at the counter types what is said; a form sent twice has one key."""
    to = f"{side.url}/pekerja/{item.who['id']}/tatap-muka/"
    given = {"channel": "walk_in", "words": item.text}
    return _filled(client, to, item, given, item.who["officer"], leads="/percakapan/")


def _family(client: httpx.Client, side: Side, item: Said) -> bool:
    to = f"{side.url}/keluarga/"
    return _filled(client, to, item, {"words": item.text}, item.who["family"], leads="/keluarga/")


def _email(item: Said, maildir: Path) -> bool:
    """As a mail server that took it delivers: written aside, then moved in. Sent again it differs."""
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{AUTHSERV}; dmarc=pass header.from=surel.example"
    mail["X-Trial"] = uuid4().hex
    mail["From"] = item.who["email"]
    mail["To"] = "bantuan@lindung.example"
    mail["Message-ID"] = f"<{item.key}@surel.example>"
    mail["Subject"] = "Pesan"
    mail.set_content(item.text)
    name = f"{time.time_ns()}.{uuid4().hex}.bench"
    (maildir / "tmp" / name).write_bytes(mail.as_bytes())
    (maildir / "tmp" / name).rename(maildir / "new" / name)
    return True


def _posted(client: httpx.Client, to: str, header: str, body: dict[str, Any]) -> bool:
    raw = json.dumps(body).encode()
    mark = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    headers = {header: f"sha256={mark}", "Content-Type": "application/json"}
    return client.post(to, content=raw, headers=headers).status_code == 200


def _filled(
    client: httpx.Client, to: str, item: Said, given: dict[str, str], session: str, *, leads: str
) -> bool:
    form = given | {"once": str(item.key)}
    answer = client.post(to, data=form, headers=_signed_in(session))
    if answer.status_code in {403, 404, 422}:
        raise Refused(f"{item.line} {item.kind}: {answer.status_code}")
    if answer.status_code != 302:
        return False
    if leads not in answer.headers["Location"]:
        raise Refused(f"{item.line}: led to {answer.headers['Location']}")
    return True


def _signed_in(session: str) -> dict[str, str]:
    return {"Cookie": f"sessionid={session}; csrftoken={_TOKEN}", "X-CSRFToken": _TOKEN}


@contextmanager
def sink() -> Iterator[str]:
    """A gateway that takes whatever we send, gives it a number, and holds voice notes to fetch."""

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            id_ = str(uuid4())
            self._gives({"id": id_, "messages": [{"id": id_}]})

        def do_GET(self) -> None:
            if self.path.startswith("/bytes/"):
                self._answers(_VOICE, "audio/ogg")
            else:
                host = self.headers["Host"]
                self._gives({"url": f"http://{host}/bytes{self.path}"})

        def _gives(self, told: dict[str, Any]) -> None:
            self._answers(json.dumps(told).encode(), "application/json")

        def _answers(self, body: bytes, media: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
