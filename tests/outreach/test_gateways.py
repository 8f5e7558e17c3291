"""Each line against a server that speaks the real protocol over a socket, written by somebody else.

SMPP: the server of ``smpp34`` (another code base than the client's ``smpplib``). SMTP: ``aiosmtpd``.
WhatsApp and the SMS gateway: an HTTP server of the standard library; what is posted is compared with
the published examples.
"""

from __future__ import annotations

import asyncio
import json
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import smpp34
from aiosmtpd.controller import Controller
from django.test import override_settings

from lindung.kernel.ids import new_id
from lindung.outreach.channels import NotTaken, Parcel, Refused
from lindung.outreach.gateways import email, smpp, sms_http, whatsapp
from lindung.outreach.lines import Email, HttpGateway, Smpp, WhatsApp
from lindung.outreach.parsing.parts import Letter, Receipt

SECONDS = 2


def parcel(**given: Any) -> Parcel:
    values = {"id": new_id(), "channel": "sms", "to": "+821055550101", "words": "Halo Siti",
        "language": "id", "subject": "Pesan untuk Anda"}  # fmt: skip
    return Parcel(**(values | given))


class Smsc:
    """An SMSC: binds whoever knows the password, answers submissions, delivers what it is told to."""

    def __init__(self) -> None:
        self.submitted: queue.Queue[Any] = queue.Queue()
        self.to_deliver: queue.Queue[dict[str, Any]] = queue.Queue()
        self.answered: queue.Queue[Any] = queue.Queue()
        self.reject = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop: asyncio.Event
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Smsc:
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *_told: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def line(self, **given: Any) -> Smpp:
        values = {"host": "127.0.0.1", "port": self.port, "system_id": "lindung",
            "password": "rahasia1", "source": "LINDUNG", "seconds": SECONDS}  # fmt: skip
        return Smpp(**(values | given))

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = smpp34.Server(host="127.0.0.1", port=self.port, system_id="SMSC")
        await server.start()
        self._ready.set()
        tasks: set[asyncio.Task[None]] = set()
        stop = asyncio.ensure_future(self._stop.wait())
        while True:
            heard = asyncio.ensure_future(server.next())
            await asyncio.wait({stop, heard}, return_when=asyncio.FIRST_COMPLETED)
            if stop.done():
                heard.cancel()
                break
            event = heard.result()
            if isinstance(event, smpp34.Esme):
                tasks.add(asyncio.ensure_future(self._deliver(event)))
            elif isinstance(event, smpp34.SubmitSmEvent):
                if self.reject:
                    event.reject(self.reject)
                else:
                    self.submitted.put(event)
                    event.accept(message_id=f"id{self.submitted.qsize()}")
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.stop()

    async def _deliver(self, esme: Any) -> None:
        while True:
            try:
                wanted = self.to_deliver.get_nowait()
            except queue.Empty:
                await asyncio.sleep(0.02)
                continue
            try:
                # It answers a resp with an error status by a generic_nack, and waits on.
                answer = await asyncio.wait_for(esme.deliver_sm(**wanted), 1)
            except (smpp34.SmppError, TimeoutError) as error:
                self.answered.put(type(error).__name__)
            else:
                self.answered.put(answer.is_success)


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    with Smsc() as server:
        yield server


class TestSmpp:
    def test_hands_a_message_to_the_smsc_and_gives_its_id(self, smsc: Smsc) -> None:
        assert smpp.send(smsc.line(), parcel()) == "id1"
        sent = smsc.submitted.get(timeout=2)
        assert (sent.source_addr, sent.destination_addr) == ("LINDUNG", "821055550101")
        assert sent.short_message == b"Halo Siti"
        assert sent.registered_delivery == 1

    def test_writes_other_scripts_in_ucs2(self, smsc: Smsc) -> None:
        smpp.send(smsc.line(), parcel(words="안녕하세요"))
        sent = smsc.submitted.get(timeout=2)
        assert (sent.data_coding, sent.short_message.decode("utf-16-be")) == (8, "안녕하세요")

    def test_cuts_a_long_message_and_asks_for_one_receipt(self, smsc: Smsc) -> None:
        words = "Pesan panjang. " * 20
        assert smpp.send(smsc.line(), parcel(words=words)) == "id2"
        first, last = smsc.submitted.get(timeout=2), smsc.submitted.get(timeout=2)
        assert (first.registered_delivery, last.registered_delivery) == (0, 1)
        assert first.esm_class & 0x40
        # 3GPP TS 23.040, 9.2.3.24.1: length, element, its length, reference, total, number
        assert first.short_message[:3] == b"\x05\x00\x03"
        assert first.short_message[4:6] == b"\x02\x01"
        assert (first.short_message[6:] + last.short_message[6:]).decode() == words

    def test_tries_later_when_the_smsc_is_full(self, smsc: Smsc) -> None:
        smsc.reject = smpp34.ESME_RTHROTTLED
        with pytest.raises(NotTaken):
            smpp.send(smsc.line(), parcel())

    def test_gives_up_on_a_number_that_is_none(self, smsc: Smsc) -> None:
        smsc.reject = smpp34.ESME_RINVDSTADR
        with pytest.raises(Refused, match="smpp 0xb"):
            smpp.send(smsc.line(), parcel())

    def test_tries_later_when_nobody_answers(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            line = Smpp("127.0.0.1", closed.getsockname()[1], "x", "y", "z", seconds=1)
            with pytest.raises(NotTaken):
                smpp.send(line, parcel())

    def test_acknowledges_only_what_was_stored(self, smsc: Smsc) -> None:
        taken: list[bytes] = []
        failures = iter([True, False, False])

        def take(raw: bytes, about: bytes) -> None:
            if next(failures):
                raise OSError
            taken.append(raw)

        stop = threading.Event()
        listener = threading.Thread(
            target=smpp.listen,
            args=(smsc.line(), take),
            kwargs={"stop": stop.is_set},
            daemon=True,
        )
        listener.start()
        text = {"source_addr": "821055550101", "destination_addr": "99900", "short_message": b"SOS"}
        receipt = text | {
            "esm_class": 4, "short_message": b"id:id1 stat:DELIVRD err:000",
        }  # fmt: skip
        for each in (text, text, receipt):
            smsc.to_deliver.put(each)
        try:
            first, *others = [smsc.answered.get(timeout=5) for _each in range(3)]
        finally:
            stop.set()
            listener.join(3 * SECONDS)
        # 5.1.3: ESME_RX_T_APPN, a temporary error of ours: the SMSC sends again.
        assert first is not True
        assert others == [True, True]
        from lindung.outreach.parsing import smpp as reading

        assert [reading.read(raw) for raw in taken] == [
            [Letter("821055550101", "SOS")],
            [Receipt("id1", "delivered", "smpp 000")],
        ]


class _Answering(BaseHTTPRequestHandler):
    """Writes down what is asked and answers as told."""

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.server.asked.append((self.command, self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        status, kind, content = self.server.reply(self.path)  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _answer  # noqa: N815  as http.server calls them

    def log_message(self, *_told: Any) -> None:
        pass


@contextmanager
def http_server(reply: Callable[[str], tuple[int, str, bytes]]) -> Iterator[tuple[str, list[Any]]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    server.asked, server.reply = [], reply  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.asked  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def said(status: int, body: Any) -> Callable[[str], tuple[int, str, bytes]]:
    return lambda _path: (status, "application/json", json.dumps(body).encode())


def whatsapp_line(url: str) -> WhatsApp:
    return WhatsApp(url, "106540352242922", "token1", "app1", "verify1", seconds=SECONDS)


ACCEPTED = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "821055550101", "wa_id": "821055550101"}],
    "messages": [{"id": "wamid.HBg"}],
}


class TestWhatsApp:
    def test_posts_free_words_within_the_time(self) -> None:
        with http_server(said(200, ACCEPTED)) as (url, asked):
            assert whatsapp.send(whatsapp_line(url), parcel(open=True)) == "wamid.HBg"
        [(method, path, headers, body)] = asked
        assert (method, path) == ("POST", "/106540352242922/messages")
        assert headers["Authorization"] == "Bearer token1"
        assert json.loads(body) == {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "821055550101",
            "type": "text",
            "text": {"preview_url": False, "body": "Halo Siti"},
        }

    def test_posts_a_template_after_it(self) -> None:
        given = parcel(
            template="case_received", facts={"due": "03-03-2026 10.00", "number": "KSS-26-000001"}
        )
        with http_server(said(200, ACCEPTED)) as (url, asked):
            whatsapp.send(whatsapp_line(url), given)
        body = json.loads(asked[0][3])
        assert body["type"] == "template"
        assert body["template"] == {
            "name": "case_received",
            "language": {"code": "id"},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "text": "KSS-26-000001"},
                        {"type": "text", "text": "03-03-2026 10.00"},
                    ],
                }
            ],
        }

    def test_never_carries_a_code(self) -> None:
        with pytest.raises(Refused):
            whatsapp.send(whatsapp_line("http://127.0.0.1:9"), parcel(template="entry_code"))

    @pytest.mark.parametrize(
        ("status", "kind"), [(429, NotTaken), (503, NotTaken), (400, Refused), (401, Refused)]
    )
    def test_tells_not_now_from_never(self, status: int, kind: type[Exception]) -> None:
        error = {"error": {"code": 131047, "message": "Re-engagement +821055550101"}}
        with http_server(said(status, error)) as (url, _asked), pytest.raises(kind) as told:
            whatsapp.send(whatsapp_line(url), parcel(open=True))
        assert "+82" not in str(told.value)

    def test_fetches_a_voice_note(self) -> None:
        def reply(path: str) -> tuple[int, str, bytes]:
            if path == "/media":
                return 200, "audio/ogg", b"OggS-suara"
            return 200, "application/json", json.dumps({"url": f"{base}/media"}).encode()

        base = ""
        with http_server(reply) as (url, asked):
            base = url
            assert whatsapp.fetch(whatsapp_line(url), "190") == b"OggS-suara"
        assert [each[1] for each in asked] == ["/190", "/media"]
        assert asked[1][2]["Authorization"] == "Bearer token1"

    def test_gives_its_token_to_nobody_else(self) -> None:
        with http_server(said(200, {"url": "http://evil.test/media"})) as (url, _asked):
            with pytest.raises(Refused, match="media elsewhere"):
                whatsapp.fetch(whatsapp_line(url), "190")


class TestHttpGateway:
    def test_posts_a_message_with_the_same_reference_each_time(self) -> None:
        given = parcel()
        with http_server(said(200, {"id": "g-1"})) as (url, asked):
            line = HttpGateway(url, "token1", "secret1", "LINDUNG", seconds=SECONDS)
            assert [sms_http.send(line, given) for _each in range(2)] == ["g-1", "g-1"]
        bodies = [json.loads(each[3]) for each in asked]
        assert bodies[0] == bodies[1]
        assert bodies[0] == {
            "from": "LINDUNG",
            "to": "+821055550101",
            "text": "Halo Siti",
            "reference": str(given.id),
        }


class Mailbox:
    """Takes in what is sent, or answers as told."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.answer = "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:  # noqa: N802, E501
        if not self.answer.startswith("250"):
            return self.answer
        envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    handler = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_HOST_USER="",
        EMAIL_USE_TLS=False,
        EMAIL_TIMEOUT=SECONDS,
    ):
        yield handler
    controller.stop()


MAIL = Email("Bantuan <bantuan@lindung.test>")


class TestEmail:
    def test_sends_with_nothing_in_the_subject(self, mailbox: Mailbox) -> None:
        given = parcel(channel="email", to="siti@example.org")
        id_ = email.send(MAIL, given)
        [envelope] = mailbox.taken
        sent = message_from_bytes(envelope.content, policy=policy.default)
        assert envelope.rcpt_tos == ["siti@example.org"]
        assert sent["Subject"] == "Pesan untuk Anda"
        assert sent["Message-ID"] == id_ == f"<{given.id}@lindung.test>"
        assert sent["Auto-Submitted"] == "auto-generated"
        assert sent.get_content().strip() == "Halo Siti"

    def test_does_not_call_an_officers_words_automatic(self, mailbox: Mailbox) -> None:
        email.send(MAIL, parcel(channel="email", to="siti@example.org", automatic=False))
        sent = message_from_bytes(mailbox.taken[0].content, policy=policy.default)
        assert sent["Auto-Submitted"] is None

    @pytest.mark.parametrize(
        ("answer", "kind"), [("451 later", NotTaken), ("550 no such user", Refused)]
    )
    def test_tells_not_now_from_never(
        self, mailbox: Mailbox, answer: str, kind: type[Exception]
    ) -> None:
        mailbox.answer = answer
        with pytest.raises(kind):
            email.send(MAIL, parcel(channel="email", to="siti@example.org"))

    def test_tries_later_when_nobody_answers(self) -> None:
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1", EMAIL_PORT=9, EMAIL_TIMEOUT=1,
        ), pytest.raises(NotTaken):  # fmt: skip
            email.send(MAIL, parcel(channel="email", to="siti@example.org"))
