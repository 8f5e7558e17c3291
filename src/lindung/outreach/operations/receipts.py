"""What became of a message after the channel took it: receipts, in whatever order they come."""

from __future__ import annotations

from datetime import datetime

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.kernel.lifecycle import StepClosed
from lindung.outreach.events import MessageArrived
from lindung.outreach.lifecycles import MESSAGE, MessageState
from lindung.outreach.models import Channel, Message
from lindung.outreach.operations.sending import failed_after_all
from lindung.outreach.parsing.parts import Receipt

_STEPS = {"delivered": "deliver", "read": "read", "failed": "fail"}


def settle(actor: Actor, channel: str, receipt: Receipt, *, now: datetime) -> bool:
    """Write down what a receipt says; part of an operation.

    One that comes twice, or after a better one, changes nothing.

    Returns:
        whether the message it speaks of is known.
    """
    message = _message(channel, receipt.outside_id)
    if message is None:
        return False
    try:
        state = MESSAGE.take(_STEPS[receipt.state], MessageState(message.state))
    except StepClosed:
        return True
    if state is MessageState.FAILED:
        failed_after_all(actor, message, why=receipt.reason or "receipt: failed", now=now)
        return True
    message.state = state
    fields = ["state", "delivered_at"]
    message.delivered_at = message.delivered_at or now
    if state is MessageState.READ:
        message.read_at = now
        fields.append("read_at")
    message.save(update_fields=fields)
    told = MessageArrived(
        template=message.template, channel=message.channel, read=state is MessageState.READ
    )
    record(told, actor=actor, about=message)
    return True


def _message(channel: str, outside_id: str) -> Message | None:
    ours = Message.objects.select_for_update(of=("self",)).select_related(
        "worker", "sender", "instead_of"
    )
    ours = ours.filter(channel=channel, incoming=False).exclude(outside_id="")
    return ours.filter(outside_id__in=_spellings(channel, outside_id)).first()


def _spellings(channel: str, outside_id: str) -> list[str]:
    """Some SMSCs answer a submission with the id in hexadecimal and write the receipt in decimal."""
    found = [outside_id]
    if channel == Channel.SMS and outside_id.isdigit():
        number = int(outside_id)
        found += [f"{number:x}", f"{number:X}", f"{number:08x}", f"{number:08X}"]
    return found
