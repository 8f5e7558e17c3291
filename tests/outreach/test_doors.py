"""The doors: what lines post to us, what the desk shows, what another system hands in."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.outreach import operations
from lindung.outreach.lines import Email, HttpGateway, Lines, WhatsApp
from lindung.outreach.models import Medium, Message, Received
from lindung.outreach.operations import keeping
from lindung.registry.models import Task
from tests import cast
from tests.outreach.test_parsing import MESSAGE, changed, deliver_sm, mail
from tests.outreach.test_receiving import PHONE, person, rows

pytestmark = pytest.mark.usefixtures("posts")

ON = Lines(
    sms=HttpGateway("https://sms.test", "t", "secret1", "LINDUNG"),
    whatsapp=WhatsApp("https://graph.test", "27681414235104944", "t", "app1", "verify1"),
    email=Email("bantuan@lindung.test", authserv="mx.lindung.test"),
)


@pytest.fixture
def on() -> Iterator[None]:
    with override_settings(LINES=ON):
        yield


def signed(raw: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def post(path: str, raw: bytes, **headers: str) -> Any:
    return Client().post(path, raw, content_type="application/json", headers=headers)


def read_all() -> list[Message]:
    made = []
    for row in rows(Received, state="waiting"):
        made += operations.read_kept(ROBOT, row.id, now=cast.NOW)
    return made


@pytest.mark.usefixtures("on")
class TestTheWebhookOfWhatsApp:
    def test_answers_the_challenge(self) -> None:
        query = {"hub.mode": "subscribe", "hub.verify_token": "verify1", "hub.challenge": "1158"}
        answer = Client().get("/kanal/whatsapp/", query)
        assert (answer.status_code, answer.content) == (200, b"1158")
        wrong = Client().get("/kanal/whatsapp/", query | {"hub.verify_token": "x"})
        assert wrong.status_code == 403

    def test_keeps_what_is_signed_and_reads_it_once(self) -> None:
        who = person()
        raw = json.dumps(MESSAGE).encode()
        header = {"X-Hub-Signature-256": signed(raw, "app1")}
        for _each in range(2):
            assert post("/kanal/whatsapp/", raw, **header).status_code == 200
        [message] = read_all()
        assert (message.worker_id, message.channel, message.asks) == (
            who.id, "whatsapp", "check_in:good",
        )  # fmt: skip

    def test_refuses_a_wrong_signature_and_writes_it_down(self) -> None:
        raw = json.dumps(MESSAGE).encode()
        answer = post("/kanal/whatsapp/", raw, **{"X-Hub-Signature-256": signed(raw, "other")})
        assert (answer.status_code, answer.json()) == (401, {"code": "bad_signature"})
        [kept] = rows(Received)
        assert (kept.state, kept.reason, bytes(kept.sealed)) == ("refused", "bad_signature", b"")

    def test_refuses_what_is_too_large(self) -> None:
        raw = b"x" * 600_000
        answer = post("/kanal/whatsapp/", raw, **{"X-Hub-Signature-256": signed(raw, "app1")})
        assert (answer.status_code, answer.json()) == (413, {"code": "too_large"})

    def test_keeps_a_voice_note_to_be_fetched(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from lindung.outreach.gateways import fetching

        monkeypatch.setattr(fetching, "fetch", lambda _channel, _id: b"OggS-suara")
        person()
        raw = changed(type="audio", audio={"id": "190", "mime_type": "audio/ogg"})
        post("/kanal/whatsapp/", raw, **{"X-Hub-Signature-256": signed(raw, "app1")})
        read_all()
        [medium] = rows(Medium)
        operations.fetch(ROBOT, medium.id)
        with acting_as(ROBOT):
            assert operations.enclosure(medium.id) == ("audio/ogg", b"OggS-suara")


class TestALineThatIsOff:
    @pytest.mark.parametrize("path", ["/kanal/whatsapp/", "/kanal/sms/"])
    def test_has_no_door(self, path: str) -> None:
        assert post(path, b"{}").status_code == 404


@pytest.mark.usefixtures("on")
class TestTheSmsGateway:
    def test_hands_in_a_message(self) -> None:
        person()
        raw = json.dumps({"id": "g1", "from": PHONE, "text": "SOS"}).encode()
        assert (
            post("/kanal/sms/", raw, **{"X-Signature-256": signed(raw, "secret1")}).status_code
            == 200
        )
        [message] = read_all()
        assert (message.asks, message.outside_id) == ("sos", "g1")


class TestReadKept:
    def test_leaves_what_is_unreadable_to_a_person(self) -> None:
        keeping.keep("sms", b"\x00\x00\x00\x10junk", at=cast.NOW)
        assert read_all() == []
        [row] = rows(Received)
        assert row.state == "unreadable"
        [task] = rows(Task, kind="message:unreadable")
        operations.settle_unreadable(cast.MINISTRY, row.id, reason="Iklan operator.")
        with acting_as(ROBOT):
            task.refresh_from_db()
        assert task.state != "open"

    def test_joins_the_pieces_of_a_long_message_in_any_order(self) -> None:
        person()
        for number, text in ((2, b"belum dibayar"), (1, b"Gaji saya ")):
            raw = deliver_sm(bytes([5, 0, 3, 7, 2, number]) + text, esm=0x40)
            keeping.keep("sms", raw, at=cast.NOW)
        # The telephone of the PDUs is PHONE without its plus.
        [message] = read_all()
        assert message.words == "Gaji saya belum dibayar"

    def test_does_not_wait_for_ever_for_a_piece(self) -> None:
        from datetime import timedelta

        person()
        raw = deliver_sm(bytes([5, 0, 3, 7, 2, 1]) + b"TOLONG saya", esm=0x40)
        row = keeping.keep("sms", raw, at=cast.NOW)
        assert operations.read_kept(ROBOT, row.id, now=cast.NOW) == []
        [message] = operations.read_kept(ROBOT, row.id, now=cast.NOW + timedelta(minutes=11))
        assert message.asks == "sos"

    def test_takes_what_the_network_sent_again_as_one(self) -> None:
        from datetime import timedelta

        first, again = (
            keeping.keep_again_within(
                "sms", deliver_sm(b"SOS"), about=b"SOS", at=cast.NOW + timedelta(minutes=minutes)
            )
            for minutes in (0, 2)
        )
        later = keeping.keep_again_within(
            "sms", deliver_sm(b"SOS"), about=b"SOS", at=cast.NOW + timedelta(minutes=30)
        )
        assert first.id == again.id != later.id

    def test_believes_no_from_line(self) -> None:
        from lindung.kernel.identifiers import Kind
        from lindung.registry.operations import add_identifier

        who = cast.worker()
        add_identifier(
            cast.self_of(who.id), who.id, kind=Kind.EMAIL, value="siti@example.org", on=cast.TODAY
        )
        proven = "mx.lindung.test; dmarc=pass header.from=example.org"
        with override_settings(LINES=ON):
            keeping.keep("email", mail().as_bytes(), at=cast.NOW)
            other = mail(Authentication_Results=proven)
            other.replace_header("Message-ID", "<2@example.org>")
            keeping.keep("email", other.as_bytes(), at=cast.NOW)
            made = {each.outside_id: each.worker_id for each in read_all()}
        assert made == {"<1@example.org>": None, "<2@example.org>": who.id}
