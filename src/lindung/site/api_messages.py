"""Messages that another system hands in: a call centre, a consulate's own line, a partner's hotline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_noop
from ninja import Schema, Status
from pydantic import Field

from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete
from lindung.outreach import operations
from lindung.outreach.addresses import Address, NoAddress
from lindung.outreach.models import Channel
from lindung.site.api import ApiRequest, acting, api

_CHANNELS = (Channel.SMS, Channel.WHATSAPP, Channel.EMAIL, Channel.CALL)


class MessageIn(Schema):
    """One message as it came to the other system."""

    channel: str = Field(description="sms, whatsapp, email or call")
    sender: str = Field(
        max_length=254, description="telephone with country code, or e-mail address"
    )
    words: str = Field(max_length=20_000)
    id: str = Field(
        min_length=1,
        max_length=100,
        description="the other system's own; the same again changes nothing",
    )
    at: datetime | None = Field(None, description="when it came there; without it, now")


class MessageOut(Schema):
    """What became of it."""

    id: UUID
    known: bool = Field(description="whose words they are is known; otherwise an officer looks")


@api.post(
    "/messages", response={201: MessageOut}, operation_id="hand_in_message", tags=["messages"]
)
@acting(Right.MESSAGE_RECEIVE)
def hand_in_message(request: ApiRequest, body: MessageIn) -> Status[MessageOut]:
    """Hand in a message; its words are kept before they are read, and what they ask for is done."""
    now = datetime.now(UTC)
    wrong = {}
    if body.channel not in _CHANNELS:
        wrong["channel"] = gettext_noop("Pilih sms, whatsapp, email, atau call.")
    else:
        try:
            Address.of(body.channel, body.sender)
        except NoAddress:
            wrong["sender"] = gettext_noop("Tulis nomor dengan kode negara, atau alamat surel.")
    if body.at is not None and (body.at.tzinfo is None or body.at > now + timedelta(minutes=5)):
        wrong["at"] = gettext_noop("Tulis waktunya dengan zona, tidak di masa depan.")
    if wrong:
        raise Incomplete(fields=wrong)
    message = operations.receive(
        request.auth,
        channel=body.channel,
        sender=body.sender,
        raw=body.words,
        at=min(body.at or now, now),
        outside_id=body.id,
    )
    return Status(201, MessageOut(id=message.id, known=message.worker_id is not None))
