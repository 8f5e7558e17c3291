"""What WhatsApp's Cloud API posts to us: messages and what became of ours.

Source: Meta, WhatsApp Business Platform, "Webhooks" and "messages" reference; signature by
``X-Hub-Signature-256`` over the exact bytes with the app's secret.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from lindung.outreach.parsing.parts import Enclosure, Item, Letter, Receipt, Unreadable

SIGNATURE = "X-Hub-Signature-256"
_STATES = {"delivered": "delivered", "read": "read", "failed": "failed"}
_MEDIA = ("audio", "image", "document", "video", "sticker")
_MOST = 200


class Profile(msgspec.Struct):
    """Where words stand in the kinds of message that have them."""

    body: str = ""
    text: str = ""
    title: str = ""
    caption: str = ""
    id: str = ""
    mime_type: str = ""


class Interactive(msgspec.Struct):
    """The button or line of a list that was tapped."""

    button_reply: Profile | None = None
    list_reply: Profile | None = None


class In(msgspec.Struct):
    """One message to us."""

    id: str
    type: str
    sender: str = msgspec.field(name="from", default="")
    timestamp: str = ""
    text: Profile | None = None
    button: Profile | None = None
    interactive: Interactive | None = None
    audio: Profile | None = None
    image: Profile | None = None
    document: Profile | None = None
    video: Profile | None = None
    sticker: Profile | None = None


class Trouble(msgspec.Struct):
    """Why a message of ours failed."""

    code: int = 0


class Status(msgspec.Struct):
    """What became of one message of ours."""

    id: str
    status: str
    errors: list[Trouble] = []


class Metadata(msgspec.Struct):
    """Which of our numbers it is about."""

    phone_number_id: str = ""


class Value(msgspec.Struct):
    """What one change holds."""

    metadata: Metadata = msgspec.field(default_factory=Metadata)
    messages: list[In] = []
    statuses: list[Status] = []


class Change(msgspec.Struct):
    """One change; other fields than ``messages`` are about the account."""

    field: str = ""
    value: Value = msgspec.field(default_factory=Value)


class Entry(msgspec.Struct):
    """Changes of one account."""

    changes: list[Change] = []


class Envelope(msgspec.Struct):
    """One call of the webhook."""

    object: str
    entry: list[Entry] = []


def read(raw: bytes, *, phone_number_id: str = "") -> list[Item]:
    """Messages and receipts, in their order.

    Args:
        phone_number_id: ours; what is about another number of the account is left out.

    Raises:
        Unreadable: not what the platform posts.
    """
    try:
        envelope = msgspec.json.decode(raw, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unreadable("not_a_webhook") from None
    if envelope.object != "whatsapp_business_account":
        raise Unreadable("other_object")
    found: list[Item] = []
    for entry in envelope.entry:
        for change in entry.changes:
            ours = change.value.metadata.phone_number_id
            if change.field != "messages" or (phone_number_id and ours != phone_number_id):
                continue
            found += [_letter(each) for each in change.value.messages if each.type != "reaction"]
            found += [_receipt(each) for each in change.value.statuses if each.status in _STATES]
    if len(found) > _MOST:
        raise Unreadable("too_many")
    return found


def _letter(message: In) -> Letter:
    if not message.sender or not message.id:
        raise Unreadable("no_sender")
    enclosures = []
    words = ""
    for name in _MEDIA:
        part: Profile | None = getattr(message, name)
        if part is not None and part.id:
            enclosures.append(Enclosure(part.mime_type[:80], outside_id=part.id[:120]))
            words = part.caption
    return Letter(
        sender=message.sender,
        words=_words(message) or words,
        outside_id=message.id,
        at=_instant(message.timestamp),
        enclosures=tuple(enclosures),
    )


def _words(message: In) -> str:
    if message.text is not None:
        return message.text.body
    if message.button is not None:
        return message.button.text
    if message.interactive is not None:
        tapped = message.interactive.button_reply or message.interactive.list_reply
        return tapped.title if tapped is not None else ""
    return ""


def _receipt(status: Status) -> Receipt:
    reason = f"whatsapp {status.errors[0].code}" if status.errors else ""
    return Receipt(status.id, _STATES[status.status], reason)


def _instant(timestamp: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        return None
