"""``deliver_sm`` of SMPP 3.4: a message from a telephone, or a delivery receipt.

The bytes are read by smpplib; what they mean is read here. Source: SMPP Protocol Specification v3.4,
issue 1.2: 4.6.1 (deliver_sm), 5.2.12 (esm_class), 5.2.19 (data_coding), 5.3.2 (optional parameters),
appendix B (delivery receipt format). Pieces of a long message: 3GPP TS 23.040, 9.2.3.24.1 and .8.
"""

from __future__ import annotations

import re
import struct
from typing import Any

from smpplib import exceptions, gsm, smpp

from lindung.outreach.parsing.parts import Item, Letter, Piece, Receipt, Unreadable

_RECEIPT, _UDH = 0x04, 0x40  # 5.2.12: message type in bits 5-2, UDHI in bit 6
_RECEIPT_MASK = 0x3C
# 5.3.2.35 message_state, and the short words of appendix B.
_BY_NUMBER = {2: "delivered", 3: "failed", 4: "failed", 5: "failed", 8: "failed"}
_BY_WORD = {
    "DELIVRD": "delivered",
    "EXPIRED": "failed",
    "DELETED": "failed",
    "UNDELIV": "failed",
    "REJECTD": "failed",
}
_FIELD = re.compile(r"\b(id|stat|err):\s*(\S+)", re.IGNORECASE)
_DEFAULT, _ASCII, _LATIN_1, _UCS2 = 0x00, 0x01, 0x03, 0x08
_COMMAND = "deliver_sm"


def read(raw: bytes) -> list[Item]:
    """The message or receipt.

    Raises:
        Unreadable: no whole ``deliver_sm``.
    """
    pdu = _pdu(raw)
    body = _body(pdu)
    esm = int(pdu.esm_class or 0)
    if esm & _RECEIPT_MASK == _RECEIPT:
        return _receipt(pdu, body)
    coding = int(pdu.data_coding or 0)
    sender = _address(pdu)
    piece, body = _header(body) if esm & _UDH else (None, body)
    piece = piece or _sar(pdu)
    words = _text(body, coding)
    if piece is not None and piece[2] > 1:
        reference, number, total = piece
        if not 1 <= number <= total:
            raise Unreadable("piece_out_of_range")
        return [Piece(sender, words, reference=reference, number=number, total=total)]
    # A sender of letters ("BANK") is a machine, and cannot be answered.
    return [Letter(sender=sender, words=words, automatic=not _is_number(sender))]


def _pdu(raw: bytes) -> Any:
    if len(raw) < 16:
        raise Unreadable("cut_short")
    try:
        pdu = smpp.parse_pdu(raw, client=_Numbers(), allow_unknown_opt_params=True)
    except (exceptions.PDUError, exceptions.UnknownCommandError, struct.error) as error:
        raise Unreadable("not_a_pdu") from error
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # What smpplib meets in bytes that only look like a PDU.
        raise Unreadable("not_a_pdu") from error
    if pdu.command != _COMMAND:
        raise Unreadable("other_command")
    return pdu


def _body(pdu: Any) -> bytes:
    """4.6.1: the text stands in ``short_message``, or in ``message_payload`` where it is longer."""
    return bytes(pdu.short_message or b"") or bytes(getattr(pdu, "message_payload", None) or b"")


def _receipt(pdu: Any, body: bytes) -> list[Item]:
    told = {name.lower(): value for name, value in _FIELD.findall(body.decode("latin-1"))}
    named = getattr(pdu, "receipted_message_id", None)
    id_ = _c_string(named) if named else told.get("id", "")
    if not id_:
        raise Unreadable("receipt_without_id")
    number = getattr(pdu, "message_state", None)
    state = _BY_NUMBER.get(number, "") if isinstance(number, int) else ""
    state = state or _BY_WORD.get(told.get("stat", "").upper(), "")
    # Under way, accepted, unknown: nothing that we do not know already.
    return [Receipt(id_, state, f"smpp {told.get('err', '')}".strip())] if state else []


def _address(pdu: Any) -> str:
    sender = _c_string(pdu.source_addr)
    if not sender:
        raise Unreadable("no_sender")
    return sender


def _is_number(sender: str) -> bool:
    return sender.removeprefix("+").isdigit()


def _header(body: bytes) -> tuple[tuple[int, int, int] | None, bytes]:
    """Reference, number and total of a piece from the user data header, and the rest of the body."""
    if not body or len(body) < body[0] + 1:
        raise Unreadable("header_cut_short")
    header, rest = body[1 : body[0] + 1], body[body[0] + 1 :]
    at = 0
    while at + 1 < len(header):
        element, length = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + length]
        if element == 0x00 and len(value) == 3:
            return (value[0], value[2], value[1]), rest
        if element == 0x08 and len(value) == 4:
            return (value[0] << 8 | value[1], value[3], value[2]), rest
        at += 2 + length
    return None, rest


def _sar(pdu: Any) -> tuple[int, int, int] | None:
    """5.3.2.22 to .24: the same in optional parameters."""
    found = [
        getattr(pdu, name, None)
        for name in ("sar_msg_ref_num", "sar_segment_seqnum", "sar_total_segments")
    ]
    if not all(isinstance(each, int) for each in found):
        return None
    reference, number, total = found
    return (reference, number, total)  # type: ignore[return-value]  # all three are numbers


def _text(body: bytes, coding: int) -> str:
    """5.2.19; the operator's default alphabet is GSM 03.38, one septet in a byte."""
    if coding == _UCS2:
        return body.decode("utf-16-be", errors="replace")
    if coding in {_ASCII, _LATIN_1}:
        return body.decode("latin-1")
    if coding == _DEFAULT:
        return _gsm(body)
    return body.decode("utf-8", errors="replace")


def _gsm(body: bytes) -> str:
    table, letters, escaped = gsm.GSM_CHARACTER_TABLE, [], False
    for byte in body:
        if byte == 0x1B:
            escaped = True
            continue
        at = byte + 128 if escaped else byte
        escaped = False
        letters.append(table[at] if byte < 128 and at < len(table) else "\N{REPLACEMENT CHARACTER}")
    return "".join(letters)


def _c_string(value: Any) -> str:
    raw = value if isinstance(value, bytes) else str(value).encode("latin-1", "replace")
    return raw.split(b"\x00", 1)[0].decode("latin-1").strip()


class _Numbers:
    """What smpplib asks of a client while it only reads."""

    sequence = 0

    def next_sequence(self) -> int:
        return 0
