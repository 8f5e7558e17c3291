"""Sending words to people: written with the change, sent when it commits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.jobs import enqueue
from lindung.access.journal import is_retold, record, told_at
from lindung.access.models import Post
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NotFound
from lindung.outreach import channels, safe_contact
from lindung.outreach.events import MessageFailed, MessageQueued, MessageSent
from lindung.outreach.lifecycles import MESSAGE, MessageState
from lindung.outreach.models import Message, SafeContact
from lindung.outreach.templates import render
from lindung.registry.models import Worker


def send(
    actor: Actor,
    worker: Worker,
    template: str,
    *,
    now: datetime | None = None,
    secret: bool = False,
    at_once: bool = False,
    **facts: str,
) -> Message:
    """Put in words for a person, in their language and by their safe channel.

    Part of the caller's operation: the message exists if and only if the change does.

    Args:
        secret: the facts (a code, a link) are kept only in the message itself.
        at_once: the person is waiting for it now, so safe hours do not hold it back.
        facts: what the template's places say.
    """
    now = now or told_at()
    # How a person may safely be reached is not told to everyone whose act they are told of.
    with acting_as(ROBOT):
        rules = SafeContact.objects.filter(worker=worker).first()
        words, language = render(template, worker.language, facts)
        in_charge = Post.objects.filter(id=worker.post_id or 0).only("timezone").first()
        zone = in_charge.timezone if in_charge else ""
        at = now
        if not at_once:
            at = safe_contact.earliest(rules, now=now, timezone=zone or settings.TIME_ZONE)
        message = Message.objects.create(
            worker=worker,
            channel=safe_contact.channel_for(rules),
            template=template,
            facts={} if secret else facts,
            language=language,
            words=words,
            not_before_at=at,
            made_at=now,
            **worker.scope(),
        )
        told = MessageQueued(template=template, channel=message.channel)
        record(told, actor=actor, about=message)
        if is_retold():
            # It was said in its time; saying it again now would frighten people.
            message.state = MESSAGE.take("send", MessageState.WAITING)
            message.sent_at = now
            message.save(update_fields=["state", "sent_at"])
        else:
            enqueue("outreach.deliver", lock=f"message:{message.id}", message_id=str(message.id))
    return message


@operation(Right.MESSAGE_SEND)
def deliver(actor: Actor, message_id: UUID, *, now: datetime) -> Message:
    """Hand a waiting message to its channel.

    A message whose safe hours have not come is left waiting; the job runs again then. Run twice,
    it is sent once.

    Raises:
        NotFound: no such message.
        channels.NotTaken: the channel did not take it; try again.
    """
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("worker")
        .filter(id=message_id)
        .first()
    )
    if message is None:
        raise NotFound
    if message.state != MessageState.WAITING:
        return message
    if message.not_before_at and message.not_before_at > now:
        enqueue_later(message)
        return message
    told = {"template": message.template, "channel": message.channel}
    try:
        channels.hand_over(message)
    except channels.Refused as refused:
        message.state = MESSAGE.take("fail", MessageState(message.state))
        message.failure = str(refused)[:120]
        record(MessageFailed(**told), actor=actor, about=message)
    else:
        message.state = MESSAGE.take("send", MessageState(message.state))
        message.sent_at = now
        record(MessageSent(**told), actor=actor, about=message)
    message.save(update_fields=["state", "sent_at", "failure"])
    return message


def enqueue_later(message: Message) -> None:
    """Put the delivery in again for when the person may be reached."""
    enqueue(
        "outreach.deliver",
        lock=f"message:{message.id}",
        at=message.not_before_at,
        message_id=str(message.id),
    )
