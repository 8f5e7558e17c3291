"""SMS by SMPP 3.4: one binding to send, one that stays to receive (``manage.py sms_line``).

The library smpplib speaks the protocol; what is kept and when it is acknowledged is decided here:
``deliver_sm_resp`` leaves only after the bytes are stored, so an SMSC that gets no answer sends again.
Source: SMPP Protocol Specification v3.4, issue 1.2; sections are named where they matter.
"""

from __future__ import annotations

import logging
import socket
import ssl
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from smpplib import consts, exceptions, gsm
from smpplib.client import Client
from smpplib.smpp import make_pdu

from lindung.kernel.faults import where
from lindung.outreach.channels import NotTaken, Parcel, Refused
from lindung.outreach.lines import Smpp

log = logging.getLogger(__name__)

_NEXT_TIME = {
    consts.SMPP_ESME_RTHROTTLED,
    consts.SMPP_ESME_RMSGQFUL,
    consts.SMPP_ESME_RSYSERR,
}  # 5.1.3
_FAILED_FOR_NOW = consts.SMPP_ESME_RX_T_APPN  # 5.1.3: temporary error of ours, send again
_MOST = 64 * 1024
Take = Callable[[bytes, bytes], None]


class Line(Client):
    """smpplib's client that also keeps the bytes of what it reads, and reads no endless PDU."""

    raw = b""

    def _recv_exact(self, exact_size: int) -> bytes:
        if not 0 <= exact_size <= _MOST:
            raise exceptions.ConnectionError("a PDU of that length is none")
        read: bytes = super()._recv_exact(exact_size)
        self.raw = read if exact_size == 4 else self.raw + read
        return read

    def read_pdu(self) -> Any:
        """Read one PDU; what cannot be read is answered as 4.3.1 (generic_nack) asks."""
        try:
            return super().read_pdu()
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error) as error:
            raise exceptions.PDUError("unreadable") from error


def send(line: Smpp, parcel: Parcel) -> str:
    """Bind, submit one message in its pieces, unbind; gives the SMSC's id of the last piece.

    A receipt is asked for the last piece (5.2.17): when it is there, the network has all of them.

    Raises:
        Refused: the SMSC will never take it. NotTaken: not now.
    """
    pieces, coding, esm_class = gsm.make_parts(parcel.words)
    client = _connected(line)
    try:
        _bind(client, "transmitter", line)
        id_ = ""
        for number, piece in enumerate(pieces, 1):
            id_ = _submit(
                client,
                line,
                parcel,
                short_message=piece,
                data_coding=coding,
                esm_class=esm_class,
                registered_delivery=number == len(pieces),
            )
    except (exceptions.ConnectionError, OSError) as error:
        raise NotTaken(type(error).__name__) from None
    else:
        return id_
    finally:
        _close(client)


def listen(line: Smpp, take: Take, *, stop: Callable[[], bool]) -> None:
    """Bind as a transceiver and hand every ``deliver_sm`` to ``take`` until told to stop.

    Args:
        take: stores the bytes, and what tells this message from another; whatever it raises is
            answered with a temporary error, so that the SMSC sends again.
        stop: asked after each PDU and at least once in ``line.seconds``.

    Raises:
        NotTaken: the line broke or could not be bound; bind again after a while.
    """
    client = _connected(line)
    try:
        _bind(client, "transceiver", line)
        client.set_message_received_handler(lambda pdu: _taken(client, pdu, take))
        heard = time.monotonic()
        while not stop():
            try:
                client.read_once(auto_send_enquire_link=False)
                heard = time.monotonic()
            except TimeoutError:
                # 7.2 (enquire_link timer): a peer that is silent after being asked is gone.
                if time.monotonic() - heard > 3 * line.seconds:
                    raise NotTaken("silent") from None
                _ask_whether_there(client)
            except exceptions.PDUError as error:
                log.warning("the SMSC sent an error or what cannot be read %s", _status(error))
    except (exceptions.ConnectionError, OSError) as error:
        raise NotTaken(type(error).__name__) from None
    finally:
        _close(client)


def _taken(client: Line, pdu: Any, take: Take) -> int:
    told = (pdu.source_addr, pdu.destination_addr, pdu.esm_class, pdu.data_coding)
    body = bytes(pdu.short_message or b"") or bytes(getattr(pdu, "message_payload", None) or b"")
    # A receipt that comes again says the same; so does a message, but for its sequence number.
    about = repr(told).encode() + b"|" + body + b"|" + repr(_optional(pdu)).encode()
    try:
        take(client.raw, about)
    except Exception as error:
        # Whatever it was: not stored is not acknowledged.
        log.error("a message was not stored: %s", where(error))
        return int(_FAILED_FOR_NOW)
    return int(consts.SMPP_ESME_ROK)


def _optional(pdu: Any) -> list[tuple[str, Any]]:
    names = ("receipted_message_id", "message_state", "sar_msg_ref_num", "sar_segment_seqnum")
    return [(name, getattr(pdu, name, None)) for name in names]


def _connected(line: Smpp) -> Line:
    context = ssl.create_default_context() if line.tls else None
    client = Line(
        line.host,
        line.port,
        timeout=line.seconds,
        logger_name="lindung.smpp",
        allow_unknown_opt_params=True,
    )
    try:
        if context is not None:
            raw = socket.create_connection((line.host, line.port), timeout=line.seconds)
            client._socket = context.wrap_socket(raw, server_hostname=line.host)
            client.state = consts.SMPP_CLIENT_STATE_OPEN
        else:
            client.connect()
    except (exceptions.ConnectionError, OSError) as error:
        _close(client)
        raise NotTaken(type(error).__name__) from None
    return client


def _bind(client: Line, kind: str, line: Smpp) -> None:
    bind = client.bind_transmitter if kind == "transmitter" else client.bind_transceiver
    try:
        bind(system_id=line.system_id, password=line.password, system_type=line.system_type)
    except exceptions.PDUError as error:
        raise NotTaken(f"bind refused {_status(error)}") from None


def _submit(client: Line, line: Smpp, parcel: Parcel, **given: Any) -> str:
    ton, source = _type_of(line.source)
    sent = client.send_message(
        source_addr_ton=ton,
        source_addr_npi=consts.SMPP_NPI_ISDN if ton == consts.SMPP_TON_INTL else 0,
        source_addr=source,
        dest_addr_ton=consts.SMPP_TON_INTL,
        dest_addr_npi=consts.SMPP_NPI_ISDN,
        destination_addr=parcel.to.removeprefix("+"),
        **given,
    )
    while True:
        answer = client.read_pdu()
        if answer.command == "enquire_link":
            client._enquire_link_received(answer)
        elif answer.command in {"submit_sm_resp", "generic_nack"} and (
            answer.sequence == sent.sequence
        ):
            break
    if answer.status in _NEXT_TIME:
        raise NotTaken(f"smpp {answer.status:#x}")
    if answer.is_error():
        raise Refused(f"smpp {answer.status:#x}")
    id_ = answer.message_id or b""
    return (
        (id_ if isinstance(id_, bytes) else str(id_).encode()).split(b"\x00")[0].decode("latin-1")
    )


def _type_of(source: str) -> tuple[int, str]:
    """5.2.5: a number with its country code, a short number of the network, or letters."""
    if source.startswith("+"):
        return int(consts.SMPP_TON_INTL), source.removeprefix("+")
    if source.isdigit():
        return int(consts.SMPP_TON_NWSPEC), source
    return int(consts.SMPP_TON_ALNUM), source


def _status(error: exceptions.PDUError) -> str:
    return f"{error.args[1]:#x}" if len(error.args) > 1 else ""


def _ask_whether_there(client: Line) -> None:
    client.send_pdu(make_pdu("enquire_link", client=client))


def _close(client: Line) -> None:
    with suppress(exceptions.ConnectionError, exceptions.PDUError, OSError):
        if client.state not in {consts.SMPP_CLIENT_STATE_CLOSED, consts.SMPP_CLIENT_STATE_OPEN}:
            client.unbind()
    client.state = consts.SMPP_CLIENT_STATE_OPEN
    if client._socket is not None:
        client._socket.close()
        client._socket = None
    client.state = consts.SMPP_CLIENT_STATE_CLOSED
