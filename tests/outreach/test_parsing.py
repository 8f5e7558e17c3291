"""Readers of what comes in: published examples, and whatever else somebody sends."""

from __future__ import annotations

import hashlib
import hmac
import json
from email.message import EmailMessage
from typing import Any

import pytest
import smpp34
from hypothesis import given
from hypothesis import strategies as st

from lindung.outreach.parsing import email, plain, smpp, sms_http, whatsapp
from lindung.outreach.parsing.parts import Letter, Piece, Receipt, Unreadable

READERS = [plain.read, smpp.read, sms_http.read, whatsapp.read, email.read]
# 4.6.1 of the SMPP 3.4 text, octet by octet, put down by hand.
HEADER = "{length:08x} 00000005 00000000 00000001"
BODY = (
    "00"  # service_type: null, the default
    "01 01 383231303535353530313031 00"  # source: international, ISDN, "821055550101"
    "01 01 3939393030 00"  # destination "99900"
    "{esm:02x}"  # esm_class
    "00 00"  # protocol_id, priority_flag
    "00 00"  # schedule_delivery_time, validity_period: null
    "00 00"  # registered_delivery, replace_if_present_flag
    "{coding:02x}"  # data_coding
    "00"  # sm_default_msg_id
)


def deliver_sm(text: bytes = b"", *, esm: int = 0, coding: int = 0, optional: bytes = b"") -> bytes:
    """A ``deliver_sm`` by the book."""
    body = bytes.fromhex(BODY.format(esm=esm, coding=coding).replace(" ", ""))
    body += bytes([len(text)]) + text + optional
    head = bytes.fromhex(HEADER.format(length=16 + len(body)).replace(" ", ""))
    return head + body


class TestSmpp:
    def test_reads_a_message(self) -> None:
        [letter] = smpp.read(deliver_sm(b"BAIK"))
        assert letter == Letter(sender="821055550101", words="BAIK")

    def test_makes_bytes_that_another_library_reads_alike(self) -> None:
        seen = smpp34.decode(deliver_sm(b"BAIK"))
        assert isinstance(seen, smpp34.DeliverSm)
        assert (seen.source_addr, seen.short_message) == ("821055550101", b"BAIK")

    def test_reads_what_another_library_writes(self) -> None:
        raw = smpp34.DeliverSm(
            source_addr="821055550101",
            destination_addr="99900",
            short_message="kabar 안녕".encode("utf-16-be"),
            data_coding=8,
        ).encode()
        [letter] = smpp.read(raw)
        assert isinstance(letter, Letter)
        assert letter.words == "kabar 안녕"

    def test_reads_the_default_alphabet(self) -> None:
        # 3GPP TS 23.038, 6.2.1: 0x00 is the at sign, 0x02 the dollar, escape 0x65 the euro.
        [letter] = smpp.read(deliver_sm(b"\x00 \x02 \x1b\x65"))
        assert isinstance(letter, Letter)
        assert letter.words == "@ $ €"

    def test_reads_a_long_text_in_message_payload(self) -> None:
        text = b"x" * 300
        tlv = bytes.fromhex("0424") + len(text).to_bytes(2, "big") + text  # 5.3.2.32
        [letter] = smpp.read(deliver_sm(b"", optional=tlv))
        assert isinstance(letter, Letter)
        assert letter.words == "x" * 300

    def test_reads_a_receipt_of_appendix_b(self) -> None:
        text = (
            b"id:IIIIIIIIII sub:001 dlvrd:001 submit date:0912010830 done date:0912010831"
            b" stat:DELIVRD err:000 text:Baik"
        )
        assert smpp.read(deliver_sm(text, esm=0x04)) == [
            Receipt("IIIIIIIIII", "delivered", "smpp 000")
        ]

    def test_reads_a_receipt_of_optional_parameters(self) -> None:
        # 5.3.2.12 receipted_message_id, 5.3.2.35 message_state 5: undeliverable
        tlvs = bytes.fromhex("001e 0004 61626300 0427 0001 05".replace(" ", ""))
        [receipt] = smpp.read(deliver_sm(b"", esm=0x04, optional=tlvs))
        assert isinstance(receipt, Receipt)
        assert (receipt.outside_id, receipt.state) == ("abc", "failed")

    def test_leaves_out_a_receipt_of_something_under_way(self) -> None:
        assert smpp.read(deliver_sm(b"id:1 stat:ENROUTE err:000", esm=0x04)) == []

    @pytest.mark.parametrize("header", ["050003 07 02 01", "060804 0007 02 01"])
    def test_knows_a_piece_by_its_header(self, header: str) -> None:
        raw = deliver_sm(bytes.fromhex(header.replace(" ", "")) + b"awal", esm=0x40)
        assert smpp.read(raw) == [Piece("821055550101", "awal", reference=7, number=1, total=2)]

    def test_knows_a_piece_by_optional_parameters(self) -> None:
        # 5.3.2.22 sar_msg_ref_num, .24 sar_segment_seqnum, .23 sar_total_segments
        tlvs = bytes.fromhex("020c 0002 0007 020f 0001 02 020e 0001 02".replace(" ", ""))
        assert smpp.read(deliver_sm(b"akhir", optional=tlvs)) == [
            Piece("821055550101", "akhir", reference=7, number=2, total=2)
        ]

    def test_answers_no_sender_of_letters(self) -> None:
        raw = smpp34.DeliverSm(
            source_addr="BANK", destination_addr="99900", short_message=b"Promo"
        ).encode()
        [letter] = smpp.read(raw)
        assert isinstance(letter, Letter)
        assert letter.automatic

    @given(st.binary(max_size=300))
    def test_reads_or_refuses_any_body(self, body: bytes) -> None:
        head = bytes.fromhex(HEADER.format(length=16 + len(body)).replace(" ", ""))
        _reads_or_refuses(smpp.read, head + body)

    @given(
        st.binary(max_size=140), st.integers(0, 255), st.integers(0, 255), st.binary(max_size=60)
    )
    def test_reads_or_refuses_any_text_coding_and_class(
        self, text: bytes, esm: int, coding: int, optional: bytes
    ) -> None:
        raw = deliver_sm(text, esm=esm, coding=coding, optional=optional)
        _reads_or_refuses(smpp.read, raw)


def _reads_or_refuses(read: Any, raw: bytes) -> None:
    try:
        items = read(raw)
    except Unreadable as why:
        assert why.code
        assert len(why.code) <= 40
    else:
        assert all(isinstance(each, (Letter, Piece, Receipt)) for each in items)


MESSAGE = {
    "object": "whatsapp_business_account",
    "entry": [
        {
            "id": "8856996819413533",
            "changes": [
                {
                    "field": "messages",
                    "value": {
                        "messaging_product": "whatsapp",
                        "metadata": {
                            "display_phone_number": "16505553333",
                            "phone_number_id": "27681414235104944",
                        },
                        "contacts": [{"profile": {"name": "Siti"}, "wa_id": "821055550101"}],
                        "messages": [
                            {
                                "from": "821055550101",
                                "id": "wamid.ABC",
                                "timestamp": "1683229471",
                                "type": "text",
                                "text": {"body": "BAIK"},
                            }
                        ],
                    },
                }
            ],
        }
    ],
}


def changed(**message: Any) -> bytes:
    """The published example with another message in it."""
    body = json.loads(json.dumps(MESSAGE))
    value = body["entry"][0]["changes"][0]["value"]
    value["messages"][0] = {
        key: each for key, each in value["messages"][0].items() if key != "text"
    } | message
    return json.dumps(body).encode()


class TestWhatsApp:
    def test_reads_a_message(self) -> None:
        [letter] = whatsapp.read(json.dumps(MESSAGE).encode(), phone_number_id="27681414235104944")
        assert isinstance(letter, Letter)
        assert (letter.sender, letter.words, letter.outside_id) == (
            "821055550101", "BAIK", "wamid.ABC",
        )  # fmt: skip
        assert letter.at is not None
        assert letter.at.year == 2023

    def test_leaves_out_what_is_for_another_number(self) -> None:
        assert whatsapp.read(json.dumps(MESSAGE).encode(), phone_number_id="1") == []

    def test_reads_a_voice_note(self) -> None:
        audio = {"id": "1908647269898587", "mime_type": "audio/ogg; codecs=opus", "voice": True}
        [letter] = whatsapp.read(changed(type="audio", audio=audio))
        assert isinstance(letter, Letter)
        assert letter.words == ""
        assert [each.outside_id for each in letter.enclosures] == ["1908647269898587"]

    @pytest.mark.parametrize(
        ("message", "words"),
        [
            ({"type": "image", "image": {"id": "1", "caption": "Kamar saya"}}, "Kamar saya"),
            ({"type": "button", "button": {"text": "BAIK", "payload": "x"}}, "BAIK"),
            (
                {
                    "type": "interactive",
                    "interactive": {"type": "button_reply", "button_reply": {"title": "TOLONG"}},
                },
                "TOLONG",
            ),
            ({"type": "unsupported", "errors": [{"code": 131051}]}, ""),
        ],
    )
    def test_reads_the_words_of_other_kinds(self, message: dict[str, Any], words: str) -> None:
        [letter] = whatsapp.read(changed(**message))
        assert isinstance(letter, Letter)
        assert letter.words == words

    def test_reads_what_became_of_ours(self) -> None:
        body = json.loads(json.dumps(MESSAGE))
        value = body["entry"][0]["changes"][0]["value"]
        del value["messages"]
        value["statuses"] = [
            {"id": "wamid.1", "status": "sent", "timestamp": "1", "recipient_id": "8210"},
            {"id": "wamid.1", "status": "delivered"},
            {"id": "wamid.1", "status": "read"},
            {"id": "wamid.2", "status": "failed", "errors": [{"code": 131026, "title": "x"}]},
        ]
        assert whatsapp.read(json.dumps(body).encode()) == [
            Receipt("wamid.1", "delivered"),
            Receipt("wamid.1", "read"),
            Receipt("wamid.2", "failed", "whatsapp 131026"),
        ]

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["object", "entry", "changes", "field", "value", "messages", "statuses", "from",
                     "id", "type", "text", "body", "timestamp", "audio"]
                ),
                inner,
                max_size=5,
            ),
            max_leaves=25,
        )
    )  # fmt: skip
    def test_reads_or_refuses_any_json(self, body: Any) -> None:
        if isinstance(body, dict):
            body = {"object": "whatsapp_business_account"} | body
        _reads_or_refuses(whatsapp.read, json.dumps(body).encode())


class TestSignatures:
    def test_hold_for_the_exact_bytes_alone(self) -> None:
        raw = b'{"id":"1"}'
        good = "sha256=" + hmac.new(b"secret", raw, hashlib.sha256).hexdigest()
        assert sms_http.is_signed(raw, good, "secret")
        assert not sms_http.is_signed(raw + b" ", good, "secret")
        assert not sms_http.is_signed(raw, good, "other")
        assert not sms_http.is_signed(raw, "", "secret")
        assert not sms_http.is_signed(raw, "sha256=ä", "secret")


def mail(**given: str) -> EmailMessage:
    """An e-mail from a worker."""
    made = EmailMessage()
    headers = {"From": "Siti <siti@example.org>", "To": "bantuan@lindung.test",
        "Message-ID": "<1@example.org>", "Subject": "Gaji", "Date": "Mon, 2 Mar 2026 10:00:00 +0700",
    } | {name.replace("_", "-"): value for name, value in given.items()}  # fmt: skip
    for name, value in headers.items():
        made[name] = value
    made.set_content("Gaji saya belum dibayar\n\n> kata yang lama\n")
    return made


class TestEmail:
    def test_reads_a_letter_without_what_it_quotes(self) -> None:
        [letter] = email.read(mail().as_bytes())
        assert isinstance(letter, Letter)
        assert letter.sender == "siti@example.org"
        assert letter.words == "Gaji saya belum dibayar"
        assert letter.outside_id == "<1@example.org>"
        assert not letter.automatic

    @pytest.mark.parametrize(
        "headers",
        [
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-generated; x=y"},
            {"Precedence": "bulk"},
            {"List_Id": "<x.example.org>"},
            {"Return_Path": "<>"},
        ],
    )
    def test_knows_machines(self, headers: dict[str, str]) -> None:
        [letter] = email.read(mail(**headers).as_bytes())
        assert isinstance(letter, Letter)
        assert letter.automatic

    @pytest.mark.parametrize(
        ("result", "proven"),
        [
            ("mx.lindung.test; dmarc=pass header.from=example.org", True),
            ("mx.lindung.test; spf=pass smtp.mailfrom=evil.test", False),
            ("mx.lindung.test; dmarc=fail header.from=example.org", False),
            ("mx.lindung.test; dmarc=pass header.from=example.org.evil.test", False),
            ("mx.evil.test; dmarc=pass header.from=example.org", False),
        ],
    )
    def test_believes_a_sender_only_on_our_own_servers_word(
        self, result: str, proven: bool
    ) -> None:
        raw = mail(Authentication_Results=result).as_bytes()
        [letter] = email.read(raw, authserv="mx.lindung.test")
        assert isinstance(letter, Letter)
        assert letter.proven is proven

    def test_reads_a_bounce(self) -> None:
        raw = (
            b"From: MAILER-DAEMON@mx.test\r\nContent-Type: multipart/report;"
            b' report-type=delivery-status; boundary="b"\r\n\r\n'
            b"--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n"
            b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            b"Reporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; x@example.org\r\n"
            b"Action: failed\r\nStatus: 5.1.1\r\n\r\n"
            b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <ours@lindung.test>\r\n"
            b"From: bantuan@lindung.test\r\n\r\nHalo\r\n--b--\r\n"
        )
        assert email.read(raw) == [Receipt("<ours@lindung.test>", "failed", "email 5.1.1")]

    def test_reads_enclosures_and_html(self) -> None:
        made = EmailMessage()
        made["From"] = "siti@example.org"
        made.set_content("<p>Tolong&nbsp;<script>x()</script>saya</p>", subtype="html")
        made.add_attachment(b"OggS123", maintype="audio", subtype="ogg", filename="suara.ogg")
        [letter] = email.read(made.as_bytes())
        assert isinstance(letter, Letter)
        assert letter.words.split() == ["Tolong", "saya"]
        assert [each.data for each in letter.enclosures] == [b"OggS123"]


@pytest.mark.parametrize("read", READERS, ids=lambda each: each.__module__.split(".")[-1])
@given(raw=st.binary(max_size=400))
def test_every_reader_reads_or_refuses_any_bytes(read: Any, raw: bytes) -> None:
    _reads_or_refuses(read, raw)
