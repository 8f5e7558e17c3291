"""Sending words to people: written with the change, sent when it commits.

This is the one place that sends: whom, over what, when and in which words the person's own rules
allow is asked here, once when the message is made and again when it leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone as clock

from lindung.access.acting import acting_as, acting_within
from lindung.access.actors import Actor
from lindung.access.jobs import SOON, enqueue
from lindung.access.journal import Told, append_all, is_retold, record, told_at
from lindung.access.jurisdictions import workweek_of
from lindung.access.models import Post
from lindung.access.operation import operation
from lindung.access.ready import add
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.duty import queries as duty
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach import addresses, channels, lines, safe_contact, templates
from lindung.outreach.channels import Parcel
from lindung.outreach.events import MessageFailed, MessageQueued, MessageSent
from lindung.outreach.lifecycles import MESSAGE, MessageState
from lindung.outreach.models import Channel, Message, SafeContact, Sender
from lindung.outreach.practice import practice
from lindung.outreach.queries import incoming
from lindung.outreach.queries import rules as rules_of
from lindung.outreach.templates import SECRET_TEMPLATES, render
from lindung.registry.models import Worker

# Messages of one act that one job carries.
_TOGETHER = 100
_answered: ContextVar[Message | None] = ContextVar("answered", default=None)


def told_of(message_id: UUID) -> Message:
    """The message that an event tells of: the one that is acted on right now, else read anew.

    Raises:
        NotFound: no such message.
    """
    message = _answered.get()
    if message is not None and message.id == message_id:
        return message
    with acting_within(ROBOT):
        return incoming(message_id)


@contextmanager
def answering(message: Message) -> Iterator[None]:
    """What is sent to the same person in the block answers ``message``, over the channel it came by."""
    token = _answered.set(message)
    try:
        yield
    finally:
        _answered.reset(token)


def send(
    actor: Actor,
    worker: Worker,
    template: str,
    *,
    now: datetime | None = None,
    secret: bool = False,
    at_once: bool = False,
    channel: str = "",
    address_id: UUID | None = None,
    **facts: str,
) -> Message:
    """Put in words for a person, in their language and by their safe channel.

    Part of the caller's operation: the message exists if and only if the change does.

    Args:
        secret: the facts (a code, a link) are kept only in the message itself.
        at_once: the person is waiting for it now, so safe hours do not hold it back.
        channel: over which the person asked for it; without one the person's rules decide.
        address_id: the identifier it goes to, where it matters which of the person's.
        facts: what the template's places say.
    """
    now = now or told_at()
    # How a person may safely be reached is not told to everyone whose act they are told of.
    with acting_within(ROBOT):
        rules = rules_of(worker.id)
        words, language = render(template, worker.language, facts)
        answered = _answer_to(worker)
        channel = _channel(rules, template, answered, channel)
        harmless = rules is not None and rules.harmless
        message = Message(
            worker=worker,
            channel=channel,
            template=template,
            facts={} if secret else facts,
            language=language,
            words=words,
            carried=templates.neutral(template, worker.language, facts)
            if harmless and channel != Channel.WEB
            else "",
            made_at=now,
            # Who has just written is at the phone, and waits for the answer.
            at_once=at_once or answered is not None,
            answers=answered,
            address_id=address_id,
            **worker.scope(),
        )
        return _put_in(actor, message, rules=rules)


def send_many(
    actor: Actor,
    workers: Sequence[Worker],
    template: str,
    *,
    now: datetime,
    but: Mapping[UUID, Collection[str]] | None = None,
    **facts: str,
) -> list[Message]:
    """Put in the same words for many people, each by their own rules: language, channel, safe hours.

    Part of the caller's operation, like :func:`send`, with a few statements for all. Their own page
    is the last channel of everybody; who was asked over every channel gets no message.

    Args:
        but: channels over which a person is not to be written to, since it was done.
    """
    tried = but or {}
    with acting_as(ROBOT):
        own = SafeContact.objects.in_bulk([each.id for each in workers])
        zones = dict(Post.objects.values_list("id", "timezone"))
        said: dict[str, tuple[str, str]] = {}
        made = []
        for worker in workers:
            rules = own.get(worker.id)
            left = [
                each
                for each in safe_contact.channels_for(rules)
                if each not in tried.get(worker.id, ())
            ]
            if not left:
                continue
            if worker.language not in said:
                said[worker.language] = render(template, worker.language, facts)
            words, language = said[worker.language]
            harmless = rules is not None and rules.harmless and left[0] != Channel.WEB
            zone = zones.get(worker.post_id or 0, settings.TIME_ZONE)
            made.append(
                Message(
                    worker=worker,
                    channel=left[0],
                    template=template,
                    facts=facts,
                    language=language,
                    words=words,
                    carried=templates.neutral(template, worker.language, facts) if harmless else "",
                    made_at=now,
                    not_before_at=safe_contact.earliest(rules, now=now, timezone=zone),
                    **worker.scope(),
                )
            )
        Message.objects.bulk_create(made)
        # Nobody reacts to it, so it is told for all at once.
        append_all(
            [Told(MessageQueued(template=e.template, channel=e.channel), e) for e in made],
            actor=actor,
        )
        for start in range(0, len(made), _TOGETHER):
            chunk = [str(each.id) for each in made[start : start + _TOGETHER]]
            enqueue("outreach.deliver_all", message_ids=chunk)
    return made


def write(
    actor: Actor, worker: Worker, *, words: str, channel: str, now: datetime, template: str = ""
) -> Message:
    """Put in an officer's own words, or a template that the officer chose; part of an operation.

    Own words travel only where the person allowed it; elsewhere they wait on the person's own page,
    and what travels says that a message is there.

    Raises:
        Incomplete: no words, or a channel that the person closed.
    """
    with acting_within(ROBOT):
        rules = SafeContact.objects.filter(worker=worker).first()
        language, carried = worker.language, ""
        if channel not in safe_contact.channels_for(rules):
            raise Incomplete(
                fields={"channel": "Orangnya tidak mengizinkan saluran ini. Pilih yang lain."}
            )
        if template:
            words, language = render(template, worker.language, {})
        if not words.strip():
            raise Incomplete(fields={"words": "Tulis pesannya dahulu."})
        if channel != Channel.WEB:
            if rules is not None and rules.harmless:
                carried = render("neutral", worker.language, {})[0]
            elif not template and not (rules is not None and rules.open_words):
                carried = render("message_waiting", worker.language, {})[0]
        message = Message(
            worker=worker,
            channel=channel,
            template=template,
            language=language,
            words=words.strip(),
            carried=carried,
            made_at=now,
            author=actor.name,
            **worker.scope(),
        )
        return _put_in(actor, message, rules=rules)


def answer_sender(
    actor: Actor, sender: Sender, template: str, *, answered: Message, now: datetime, **facts: str
) -> Message | None:
    """Answer an address, not a person: who uses it is unknown, shared, or a relative.

    Returns:
        nothing where the sender had answers enough for this hour, or cannot read one.
    """
    with acting_within(ROBOT):
        if answered.channel not in {Channel.SMS, Channel.WHATSAPP, Channel.EMAIL}:
            return None
        language = sender.language or settings.LANGUAGE_CODE
        words, language = render(template, language, facts)
        message = Message(
            sender=sender,
            channel=answered.channel,
            template=template,
            facts=facts,
            language=language,
            words=words,
            made_at=now,
            at_once=True,
            answers=answered,
            **sender.scope(),
        )
        if _answered_enough(answered):
            return None
        return _put_in(actor, message, rules=None)


def deliver(actor: Actor, message_id: UUID, *, now: datetime) -> Message:
    """Hand a waiting message to its channel, in steps of their own, so that no lock waits for a network.

    A message whose safe hours have not come is left waiting; the job runs again then. Run twice, it
    is sent once. Cut off between the channel's answer and our note of it, it is sent again.

    Raises:
        NotFound: no such message.
    """
    parcel = take(actor, message_id, now=now)
    if parcel is None:
        return _found(actor, message_id)
    try:
        outside_id = channels.hand_over(parcel)
    except channels.Refused as refused:
        return give_up(actor, message_id, why=str(refused), now=now)
    except channels.NotTaken as not_taken:
        return try_later(actor, message_id, why=str(not_taken), now=now)
    return handed_over(actor, message_id, outside_id=outside_id, now=now)


@operation(Right.MESSAGE_SEND)
def take(actor: Actor, message_id: UUID, *, now: datetime) -> Parcel | None:
    """The message as its channel gets it, or ``None`` where nothing is to be carried now.

    Raises:
        NotFound: no such message.
    """
    message = _locked(message_id)
    if message.state != MessageState.WAITING:
        return None
    rules = (
        SafeContact.objects.filter(worker=message.worker_id).first() if message.worker_id else None
    )
    if not message.at_once:
        message.not_before_at = safe_contact.earliest(rules, now=now, timezone=_zone(message))
        if message.not_before_at > now:
            message.save(update_fields=["not_before_at"])
            enqueue_later(message, at=message.not_before_at)
            return None
    # The person may have closed the channel since the message was made.
    if message.template not in SECRET_TEMPLATES and _is_closed(rules, message):
        _failed(actor, message, why="closed by the person", now=now)
        return None
    to = _address(message, now=now)
    if to is None:
        _failed(actor, message, why=f"no address for {message.channel}", now=now)
        return None
    message.attempts += 1
    message.save(update_fields=["attempts"])
    harmless = rules is not None and rules.harmless
    return Parcel(
        id=message.id,
        channel=message.channel,
        to=to,
        words=message.carried or message.words,
        language=message.language,
        subject=templates.subject(message.language, harmless=harmless),
        template=_named(message, harmless=harmless),
        facts=dict(message.facts) if not message.carried else {},
        open=_is_open(message, now=now),
        automatic=not message.author,
    )


@operation(Right.MESSAGE_SEND)
def handed_over(actor: Actor, message_id: UUID, *, outside_id: str, now: datetime) -> Message:
    """Note that the channel took the message over, and by which id its receipts will name it."""
    message = _locked(message_id)
    if message.state != MessageState.WAITING:
        return message
    message.state = MESSAGE.take("send", MessageState(message.state))
    message.sent_at = now
    message.outside_id = outside_id[:120]
    message.failure = ""
    message.save(update_fields=["state", "sent_at", "outside_id", "failure"])
    told = MessageSent(template=message.template, channel=message.channel)
    record(told, actor=actor, about=message)
    return message


@operation(Right.MESSAGE_SEND)
def give_up(actor: Actor, message_id: UUID, *, why: str, now: datetime) -> Message:
    """Note that the channel will never take the message; the person's next channel is tried."""
    message = _locked(message_id)
    if message.state == MessageState.WAITING:
        _failed(actor, message, why=why, now=now)
    return message


@operation(Right.MESSAGE_SEND)
def try_later(actor: Actor, message_id: UUID, *, why: str, now: datetime) -> Message:
    """Put the delivery in again after a growing wait; after the last one the message has failed."""
    message = _locked(message_id)
    if message.state != MessageState.WAITING:
        return message
    waits = practice().waits_minutes
    if message.attempts > len(waits):
        _failed(actor, message, why=why or "not taken", now=now)
        return message
    message.failure = why[:120]
    message.save(update_fields=["failure"])
    enqueue_later(message, at=now + timedelta(minutes=waits[message.attempts - 1]))
    return message


def enqueue_later(message: Message, *, at: datetime) -> None:
    """Put the delivery in again for then."""
    enqueue(
        "outreach.deliver",
        lock=f"message:{message.id}",
        at=at,
        message_id=str(message.id),
    )


def failed_after_all(actor: Actor, message: Message, *, why: str, now: datetime) -> None:
    """A receipt says that a message which was handed over never arrived; part of an operation."""
    _failed(actor, message, why=why, now=now)


def clock_time(message: Message) -> str:
    """When a message came, on the clock of where the person is, as an answer says it."""
    with acting_within(ROBOT):
        zone = _zone(message)
    return f"{clock.localtime(message.made_at, ZoneInfo(zone)):%H.%M}"


def _put_in(actor: Actor, message: Message, *, rules: SafeContact | None) -> Message:
    """Save a message that is ready, and put in the job that carries it."""
    message.not_before_at = message.made_at
    if not message.at_once:
        message.not_before_at = safe_contact.earliest(
            rules, now=message.made_at, timezone=_zone(message)
        )
    add(message)
    told = MessageQueued(template=message.template, channel=message.channel)
    record(told, actor=actor, about=message)
    if is_retold():
        # It was said in its time; saying it again now would frighten people.
        message.state = MESSAGE.take("send", MessageState.WAITING)
        message.sent_at = message.made_at
        message.save(update_fields=["state", "sent_at"])
    else:
        enqueue(
            "outreach.deliver",
            lock=f"message:{message.id}",
            priority=SOON if message.at_once else None,
            message_id=str(message.id),
        )
    return message


def _channel(rules: SafeContact | None, template: str, answered: Message | None, asked: str) -> str:
    # Somebody looks on, or a machine answers us each time: nothing lights up, and the own page keeps
    # what is to be known.
    if answered is not None and (answered.silent or _answered_enough(answered)):
        return str(Channel.WEB)
    # A code is asked for by telephone number, and has to come to that telephone.
    if template in SECRET_TEMPLATES and lines.is_on(Channel.SMS):
        return str(Channel.SMS)
    if asked and safe_contact.may_use(rules, asked):
        return asked
    if answered is not None and _may_answer(rules, answered.channel):
        return answered.channel
    return safe_contact.channel_for(rules)


def _may_answer(rules: SafeContact | None, channel: str) -> bool:
    """Whoever writes over a channel may be answered there, unless their rules say otherwise."""
    if channel not in {Channel.SMS, Channel.WHATSAPP, Channel.EMAIL}:
        return False
    return rules is None or safe_contact.may_use(rules, channel)


def _answer_to(worker: Worker) -> Message | None:
    answered = _answered.get()
    if answered is None or answered.worker_id != worker.id or answered.member_id is not None:
        return None
    return answered


def _answered_enough(message: Message) -> bool:
    """Whether an address had answers enough for this hour: two machines stop here."""
    recent = Message.objects.filter(
        answers__sender=message.sender,
        incoming=False,
        channel=message.channel,
        made_at__gt=message.made_at - timedelta(hours=1),
    )
    return message.sender is not None and recent.count() >= practice().answers_an_hour


def _failed(actor: Actor, message: Message, *, why: str, now: datetime) -> None:
    message.state = MESSAGE.take("fail", MessageState(message.state))
    message.failure = why[:120]
    message.save(update_fields=["state", "failure"])
    told = MessageFailed(template=message.template, channel=message.channel)
    record(told, actor=actor, about=message)
    _take_next_channel(actor, message, now=now)


def _take_next_channel(actor: Actor, message: Message, *, now: datetime) -> None:
    """The same words over the person's next channel; the own page is always left."""
    if message.worker is None:
        return
    rules = SafeContact.objects.filter(worker=message.worker_id).first()
    tried = set(_tried(message))
    left = [each for each in safe_contact.channels_for(rules) if each not in tried]
    if not left:
        return
    harmless = rules is not None and rules.harmless
    channel = left[0]
    carried = message.carried
    if channel != Channel.WEB and harmless and not carried:
        carried = templates.neutral(message.template, message.language, message.facts)
    again = Message(
        worker=message.worker,
        channel=channel,
        template=message.template,
        facts=message.facts,
        language=message.language,
        words=message.words,
        carried="" if channel == Channel.WEB else carried,
        made_at=now,
        at_once=message.at_once,
        author=message.author,
        answers=message.answers,
        instead_of=message,
        **message.scope(),
    )
    _put_in(actor, again, rules=rules)


def _tried(message: Message) -> Iterator[str]:
    step: Message | None = message
    while step is not None:
        yield step.channel
        step = step.instead_of


def _is_closed(rules: SafeContact | None, message: Message) -> bool:
    if message.worker_id is None or message.channel == Channel.WEB:
        return False
    if duty.is_dark(message.worker_id):
        return True  # somebody looks on while the person calls for help
    if message.answers_id is not None:
        return rules is not None and not _may_answer(rules, message.channel)
    return not safe_contact.may_use(rules, message.channel)


def _address(message: Message, *, now: datetime) -> str | None:
    if message.channel == Channel.WEB:
        return ""
    if message.worker_id is None:
        return addresses.opened(message.sender) if message.sender is not None else None
    # An answer goes back to where the words came from.
    answered = message.answers
    if answered is not None and answered.sender is not None and answered.channel == message.channel:
        return addresses.opened(answered.sender)
    return addresses.to_reach(
        message.worker_id,
        message.channel,
        on=clock.localdate(now),
        address_id=message.address_id,
    )


def _named(message: Message, *, harmless: bool) -> str:
    """The template under which a channel knows what travels."""
    if not message.carried:
        return message.template or "message_waiting"
    return "neutral" if harmless or message.template else "message_waiting"


def _is_open(message: Message, *, now: datetime) -> bool:
    since = now - timedelta(hours=practice().open_hours)
    came = Message.objects.filter(incoming=True, channel=message.channel, made_at__gt=since)
    if message.worker_id is not None:
        came = came.filter(worker_id=message.worker_id, member__isnull=True)
    else:
        came = came.filter(sender=message.sender)
    return came.exists()


def _zone(message: Message) -> str:
    if message.post_id is None:
        return settings.TIME_ZONE
    week = workweek_of(message.post_id)
    return week.timezone if week is not None else settings.TIME_ZONE


def _locked(message_id: UUID) -> Message:
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("worker", "sender", "answers__sender", "instead_of")
        .filter(id=message_id)
        .first()
    )
    if message is None:
        raise NotFound
    return message


def _found(actor: Actor, message_id: UUID) -> Message:
    with acting_as(actor):
        return Message.objects.get(id=message_id)
