"""Envelopes: CloudEvents 1.0 in structured JSON, as §2 narrows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from lindung.exchange.wire import agreement
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import read_instant, read_json


@dataclass(frozen=True, slots=True)
class Message:
    """One message, read or to be written; attributes as in the protocol."""

    id: UUID
    source: str
    recipient: str
    type: str
    time: datetime
    subject: str
    sequence: int | None
    correlation: UUID
    purpose: str
    basis: str
    schema: str
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """The type without prefix and version, as people here say it."""
        return agreement.name_of(self.type)

    @property
    def is_receipt(self) -> bool:
        """Receipts have no sequence and get no business receipt."""
        return self.name.startswith("receipt.")


def check_agreed(message: Message) -> None:
    """Whether a message says what was agreed for its type, and for a purpose that was.

    Raises:
        Unacceptable: ``type_unknown``, ``schema_unknown``, ``data_invalid`` or ``purpose_refused``.
    """
    known = agreement.messages().get(message.type)
    if known is None:
        raise Unacceptable("type_unknown")
    if message.schema != known["$id"]:
        raise Unacceptable("schema_unknown")
    agreement.check(message.schema, message.data, "data_invalid")
    if message.purpose not in known["x-purpose"]:
        raise Unacceptable("purpose_refused")


def write(message: Message) -> bytes:
    """The bytes of a message: these are signed, stored and sent, and never made again."""
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(message.id),
        "source": message.source,
        "recipient": message.recipient,
        "type": message.type,
        "time": message.time.replace(microsecond=message.time.microsecond // 1000 * 1000),
        "subject": message.subject,
        "correlationid": str(message.correlation),
        "purpose": message.purpose,
        "legalbasis": message.basis,
        "dataschema": message.schema,
        "datacontenttype": "application/json",
    }
    if message.sequence is not None:
        attributes["sequence"] = message.sequence
    return JSONFormat().write(CloudEvent(attributes, message.data))


def read(raw: bytes) -> Message:
    """The message in ``raw``; its ``data`` is not checked here.

    The schema is narrower than CloudEvents, so what it lets by is one.

    Raises:
        Unacceptable: ``json_invalid``, ``duplicate_member`` or ``envelope_invalid``.
    """
    value = read_json(raw)
    agreement.check(agreement.ENVELOPE, value, "envelope_invalid")
    envelope = cast("dict[str, Any]", value)
    try:
        time = read_instant(envelope["time"])
    except ValueError as error:
        raise Unacceptable("envelope_invalid") from error
    return Message(
        id=UUID(envelope["id"]),
        source=envelope["source"],
        recipient=envelope["recipient"],
        type=envelope["type"],
        time=time,
        subject=envelope["subject"],
        sequence=envelope.get("sequence"),
        correlation=UUID(envelope["correlationid"]),
        purpose=envelope["purpose"],
        basis=envelope["legalbasis"],
        schema=envelope["dataschema"],
        data=envelope["data"],
    )
