"""Words from people, over any channel: whose they are, what they ask for, and what we answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.jobs import enqueue
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.identifiers import Kind
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import NotFound
from lindung.outreach import addresses, keywords, lines, numbered
from lindung.outreach.addresses import Address, NoAddress
from lindung.outreach.events import MessageReceived
from lindung.outreach.keywords import Asked
from lindung.outreach.lifecycles import MessageState, SenderState
from lindung.outreach.models import (
    Channel,
    Message,
    Received,
    ReceivedState,
    SafeContact,
    Sender,
)
from lindung.outreach.operations import enclosures, keeping, receipts
from lindung.outreach.operations.sending import answer_sender, answering, clock_time, send
from lindung.outreach.parsing import email, plain, smpp, sms_http, whatsapp
from lindung.outreach.parsing.parts import Item, Letter, Piece, Receipt, Unreadable
from lindung.outreach.practice import practice
from lindung.registry import queries as registry
from lindung.registry.models import FamilyMember, Worker
from lindung.registry.operations import open_task

NOTHING = "nothing"
OURS = {Channel.WEB, Channel.WALK_IN, Channel.CALL}
# Over these an answer of ours can go back.
ANSWERED = {Channel.SMS, Channel.WHATSAPP, Channel.EMAIL}
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Who:
    """Whose words they are: a person, a relative of one, or nobody we may decide on.

    Attributes:
        own: whether the address is one of the person's own; None where nobody looked.
    """

    worker: Worker | None = None
    member: FamilyMember | None = None
    shared: bool = False
    own: bool | None = None


@operation(Right.MESSAGE_RECEIVE)
def receive(
    actor: Actor,
    *,
    channel: str,
    sender: str = "",
    raw: str,
    at: datetime,
    outside_id: str = "",
    worker_id: UUID | None = None,
) -> Message:
    """Take one message that a page, a walk-in desk or another system hands in.

    Args:
        sender: telephone or e-mail address; not needed where the person is known.
        raw: the words as they came.
        outside_id: the id that whoever hands it in has for it; the same again changes nothing.
        worker_id: the person, where whoever hands it in has seen who it is.
    Returns:
        the message; without a worker it waits for an officer.
    Raises:
        NotFound: no such person, or none this actor may see.
        Unreadable: no sender and no person.
    """
    known = registry.worker(worker_id) if worker_id is not None else None
    # Two systems may number alike.
    outside_id = f"{actor.id.hex[:12]}:{outside_id}"[:120] if outside_id else new_id().hex
    note = plain.write(sender=sender, words=raw, outside_id=outside_id, at=at)
    with acting_as(ROBOT):
        row = keeping.keep_here(channel, note, outside_id=f"handed:{outside_id}", at=at)
        letter = Letter(sender=sender, words=raw, outside_id=outside_id, at=at)
        author = actor.name if channel in {Channel.WALK_IN, Channel.CALL} else ""
        message = _store(letter, channel=channel, received=row, known=known, author=author)
        _became(row, ReceivedState.READ)
    return message


@operation(Right.MESSAGE_RECEIVE)
def read_kept(actor: Actor, received_id: UUID, *, now: datetime) -> list[Message]:
    """Read what was kept: store its messages, settle its receipts. Read again, it changes nothing.

    What cannot be read stays, with the reason, until a person has dealt with it.

    Raises:
        NotFound: nothing was kept under that id.
    """
    row = Received.objects.select_for_update().filter(id=received_id).first()
    if row is None:
        raise NotFound
    if row.state == ReceivedState.PART:
        return _join(row, now=now)
    if row.state != ReceivedState.WAITING:
        return []
    try:
        items = parsed(row)
        made = []
        for each in items:
            if isinstance(each, Receipt):
                if not receipts.settle(actor, row.channel, each, now=now) and _is_fresh(row, now):
                    # It overtook our own note of what was handed over.
                    _read_again(row, at=now + timedelta(seconds=30))
                    return []
            elif isinstance(each, Piece):
                return _piece(row, each, now=now)
            else:
                made.append(_store(each, channel=row.channel, received=row))
    except Unreadable as why:
        unreadable(actor, row, reason=why.code, now=now)
        return []
    _became(row, ReceivedState.READ)
    return made


def unreadable(actor: Actor, row: Received, *, reason: str, now: datetime) -> None:
    """Leave what cannot be read to a person; part of an operation."""
    _became(row, ReceivedState.UNREADABLE, reason=reason)
    open_task(
        actor,
        about=row,
        kind="message:unreadable",
        title=gettext_noop("Pesan masuk tidak terbaca: periksa dan catat dengan tangan"),
        due_at=now + timedelta(minutes=practice().look_minutes["unreadable"]),
        owner="ministry",
        subject=row.id,
    )


def parsed(row: Received) -> list[Item]:
    """What stands in kept bytes.

    Raises:
        Unreadable: not what the line carries.
    """
    raw = keeping.opened(row)
    on = lines.lines()
    if row.channel == Channel.EMAIL:
        return email.read(raw, authserv=on.email.authserv if on.email else "")
    if row.channel == Channel.WHATSAPP:
        ours = on.whatsapp.phone_number_id if on.whatsapp else ""
        return whatsapp.read(raw, phone_number_id=ours)
    if row.channel == Channel.SMS:
        # A PDU begins with its length (SMPP 3.4, 3.2); JSON with a brace.
        return sms_http.read(raw) if raw[:1] in {b"{", b" ", b"\n"} else smpp.read(raw)
    return plain.read(raw)


def react(actor: Actor, message: Message, asked: Asked, *, sender: Sender | None) -> None:
    """Do what a message asks for, and answer with what happened; part of an operation."""
    if message.worker_id is None:
        _wait_for_somebody(actor, message, asked, sender)
        return
    with answering(message):
        if message.asks in {keywords.STOP, keywords.START} and message.member_id is None:
            _stop_or_start(actor, message)
        told = MessageReceived(message=message.id, channel=message.channel, asks=message.asks)
        record(told, actor=actor, about=message)
        _answer_at_least(actor, message, sender)


def _store(
    letter: Letter,
    *,
    channel: str,
    received: Received,
    known: Worker | None = None,
    author: str = "",
) -> Message:
    """The message of a letter, once; and whatever follows from it."""
    outside_id = (letter.outside_id or received.outside_id)[:120]
    sender = None
    if letter.sender or known is None:
        sender = _sender(channel, letter.sender, at=received.at)
    before = Message.objects.filter(incoming=True, channel=channel, outside_id=outside_id).first()
    if before is not None:
        return before
    asked = keywords.read(letter.words)
    if known is not None:
        who = Who(worker=known)
    else:
        who = _who(sender, letter, asked, channel, at=received.at)
    asks, silent = _asks(letter, asked, who, sender, at=received.at)
    worker = who.worker
    message = Message(
        worker=worker,
        incoming=True,
        channel=channel,
        language=asked.language or (worker.language if worker else ""),
        words=letter.words[:_LONGEST],
        state=MessageState.DELIVERED,
        made_at=received.at,
        delivered_at=received.at,
        outside_id=outside_id,
        asks=asks,
        silent=silent,
        author=author or (who.member.name if who.member else ""),
        sender=sender,
        member=who.member,
        received=received,
        **(worker.scope() if worker is not None else _scope(sender)),
    )
    message.save(force_insert=True)
    if sender is not None:
        sender.last_at = received.at
        sender.language = asked.language or sender.language
        sender.save(update_fields=["last_at", "language"])
    enclosures.keep_all(message, letter.enclosures)
    if worker is not None and sender is not None and asked.public_number and _owns(who, sender):
        _claim_waiting(ROBOT, sender, worker, but=message)
    react(ROBOT, message, asked, sender=sender)
    return message


def _sender(channel: str, text: str, *, at: datetime) -> Sender:
    """The row of an address, locked, so that messages of one sender are stored one after another."""
    try:
        address = Address.of(channel, text)
    except NoAddress:
        raise Unreadable("no_address") from None
    known = Sender.objects.select_for_update(of=("self",)).select_related("worker", "member")
    found = known.filter(kind=str(address.kind), blind__in=address.indexes()).first()
    if found is not None:
        return found
    post = addresses.post_for(address)
    Sender.objects.bulk_create(
        [
            Sender(
                id=new_id(),
                kind=str(address.kind),
                blind=address.indexes()[0],
                cipher=addresses.sealed(address),
                masked=address.masked,
                first_at=at,
                last_at=at,
                post_id=post.id if post is not None else None,
                country=post.country if post is not None else "",
            )
        ],
        ignore_conflicts=True,
    )
    return known.get(kind=str(address.kind), blind__in=address.indexes())


def _who(sender: Sender | None, letter: Letter, asked: Asked, channel: str, *, at: datetime) -> Who:
    """Whose words they are; what is not certain is an officer's to decide."""
    assert sender is not None  # without a person there is a sender
    people: list[Worker] = []
    if sender.state in {SenderState.UNKNOWN, SenderState.SHARED} and letter.proven:
        # Of the day on which it came: whose the number was when it last wrote may have changed.
        address = Address.of(channel, letter.sender)
        people = addresses.people_at(address, on=timezone.localdate(at))
    mine = [each for each in people if each.public_number == asked.public_number]
    numbered = mine[0] if mine else _numbered(asked.public_number)
    # A cry for help that names somebody is about that person, whosever telephone it is: a false
    # alarm is dearer to nobody than a missed one.
    cries = asked.asks == keywords.SOS and numbered is not None
    if sender.state == SenderState.SET_ASIDE or not letter.proven:
        return Who(worker=numbered) if cries else Who()
    if sender.state == SenderState.MATCHED:
        if sender.member is None and numbered is not None and numbered.id != sender.worker_id:
            return Who(worker=numbered) if cries else Who(shared=True)
        return Who(worker=sender.worker, member=sender.member)
    if numbered is not None:
        own = numbered.id in {each.id for each in people}
        if own or cries:
            return Who(worker=numbered, own=own)
        return Who(shared=bool(people))
    if sender.state == SenderState.SHARED or len(people) > 1:
        return Who(shared=True)
    return Who(worker=people[0], own=True) if people else Who()


def _numbered(number: str) -> Worker | None:
    if not number:
        return None
    try:
        return registry.worker_by_number(number)
    except NotFound:
        return None


def _asks(
    letter: Letter, asked: Asked, who: Who, sender: Sender | None, *, at: datetime
) -> tuple[str, bool]:
    """What the message asks for, and whether the answer must look harmless."""
    if who.worker is not None and who.member is None:
        rules = SafeContact.objects.filter(worker=who.worker).only("help_word").first()
        agreed = keywords.plain(rules.help_word) if rules is not None else ""
        if agreed and f" {agreed} " in f" {keywords.plain(letter.words)} ":
            return keywords.SOS, True
    if letter.automatic:
        return NOTHING, False
    if asked.asks == keywords.SOS:
        return keywords.SOS, False
    question = numbered.open_question(who.worker.id, at=at) if who.worker is not None else None
    asks = asked.asks
    if asks == keywords.WORDS and question is not None:
        asks = numbered.read(keywords.without_code(letter.words), question) or asks
        if asks == keywords.SOS:
            return keywords.SOS, False
    if sender is not None and _too_many(sender, at=at):
        return NOTHING, False
    if who.member is not None and asks.startswith(keywords.CHECK_IN):
        # A relative cannot say for somebody how they are, unless we have just asked.
        return (f"{numbered.ABOUT}{asks}" if question is not None else keywords.WORDS), False
    return asks, False


def _too_many(sender: Sender, *, at: datetime) -> bool:
    hour = Message.objects.filter(sender=sender, incoming=True, made_at__gt=at - timedelta(hours=1))
    return hour.count() >= practice().messages_an_hour


def _scope(sender: Sender | None) -> dict[str, object]:
    return sender.scope() if sender is not None else {}


def _stop_or_start(actor: Actor, message: Message) -> None:
    worker = message.worker
    assert worker is not None  # asked before
    rules, _made = SafeContact.objects.select_for_update().get_or_create(
        worker=worker, defaults=worker.scope()
    )
    stop = message.asks == keywords.STOP
    others = [each for each in rules.stopped if each != message.channel]
    if message.channel in ANSWERED:
        if stop:
            # The last word over this channel; after it nothing of ours goes there.
            send(actor, worker, "stopped", now=message.made_at, channel=message.channel)
        rules.stopped = [*others, message.channel] if stop else others
        rules.save(update_fields=["stopped"])
        if not stop:
            send(actor, worker, "started", now=message.made_at)


def _answer_at_least(actor: Actor, message: Message, sender: Sender | None) -> None:
    """Say that the words came, where nothing that followed has said more."""
    if (
        message.channel not in ANSWERED
        or message.asks in {NOTHING, keywords.STOP}
        or message.silent
    ):
        return
    if Message.objects.filter(answers=message).exists():
        return
    time = clock_time(message)
    if message.member_id is not None and sender is not None:
        answer_sender(
            actor, sender, "received_at", answered=message, now=message.made_at, time=time
        )
    elif message.worker is not None:
        send(actor, message.worker, "received_at", now=message.made_at, time=time)


def _wait_for_somebody(actor: Actor, message: Message, asked: Asked, sender: Sender | None) -> None:
    """Nobody knows yet whose words these are: an officer gets a task, the sender a true answer."""
    assert sender is not None  # without a person there is a sender
    if sender.state == SenderState.SET_ASIDE:
        return
    cries = message.asks == keywords.SOS
    open_task(
        actor,
        about=sender,
        kind="sender:sos" if cries else "sender:match",
        title=gettext_noop("SOS dari nomor yang belum dikenal: hubungi sekarang")
        if cries
        else gettext_noop("Pesan dari pengirim yang belum dikenal: cocokkan dengan orangnya"),
        due_at=message.made_at
        + timedelta(minutes=practice().look_minutes["sos" if cries else "words"]),
        owner="post" if sender.post_id is not None else "ministry",
        subject=sender.id,
    )
    told = MessageReceived(message=message.id, channel=message.channel, asks=message.asks)
    record(told, actor=actor, about=message)
    if message.asks == NOTHING:
        return
    template = "sos_unknown" if cries else "which_one" if _is_shared(sender) else "who_are_you"
    answer_sender(
        actor,
        sender,
        template,
        answered=message,
        now=message.made_at,
        time=clock_time(message),
    )


def _is_shared(sender: Sender) -> bool:
    return sender.state == SenderState.SHARED or bool(_owners(sender))


def _owns(who: Who, sender: Sender) -> bool:
    """Whether the address is one of the person's own: a number that is written proves nothing."""
    if who.own is None:
        return who.worker in _owners(sender)
    return who.own


def _owners(sender: Sender) -> list[Worker]:
    address = Address(Kind(sender.kind), addresses.opened(sender))
    return addresses.people_at(address, on=timezone.localdate(sender.last_at))


def _claim_waiting(actor: Actor, sender: Sender, worker: Worker, *, but: Message) -> None:
    """Who has just said who they are wrote what waited since we asked."""
    since = but.made_at - timedelta(hours=practice().open_hours)
    waiting = Message.objects.select_for_update().filter(
        sender=sender, incoming=True, worker__isnull=True, made_at__gt=since
    )
    give(actor, list(waiting.order_by("made_at")), worker)


def give(
    actor: Actor, waiting: list[Message], worker: Worker, member: FamilyMember | None = None
) -> None:
    """Give waiting messages to the person whose they are, and do what they ask for."""
    for message in waiting:
        message.worker = worker
        message.member = member
        message.author = member.name if member is not None else message.author
        message.language = message.language or worker.language
        for name, value in worker.scope().items():
            setattr(message, name, value)
        message.save()
        message.media.update(worker=worker, **worker.scope())
        react(actor, message, keywords.read(message.words), sender=message.sender)


def _piece(row: Received, piece: Piece, *, now: datetime) -> list[Message]:
    """Keep a piece until the others are here, or long enough."""
    sender = _sender(row.channel, piece.sender, at=row.at)
    row.group = f"{bytes(sender.blind).hex()}:{piece.reference}:{piece.total}"
    row.part, row.parts = piece.number, piece.total
    row.state = ReceivedState.PART
    row.save(update_fields=["group", "part", "parts", "state"])
    made = _join(row, now=now)
    if not made:
        _read_again(row, at=now + timedelta(minutes=practice().parts_minutes))
    return made


def _join(row: Received, *, now: datetime) -> list[Message]:
    """The message of all pieces; of those that came, where the rest did not come in time."""
    day = row.at - timedelta(days=1)
    pieces = Received.objects.select_for_update().filter(
        group=row.group, state=ReceivedState.PART, at__gt=day
    )
    by_number = {each.part: each for each in pieces.order_by("-at")}
    late = row.at + timedelta(minutes=practice().parts_minutes) <= now
    if len(by_number) < row.parts and not late:
        return []
    words, sender = [], ""
    for number in range(1, row.parts + 1):
        if number in by_number:
            [piece] = parsed(by_number[number])
            assert isinstance(piece, Piece)  # it was one when it was kept
            words.append(piece.words)
            sender = piece.sender
        else:
            words.append(" … ")
    first = by_number[min(by_number)]
    letter = Letter(sender=sender, words="".join(words), outside_id=first.outside_id)
    message = _store(letter, channel=row.channel, received=first)
    for each in pieces:
        _became(each, ReceivedState.READ)
    return [message]


def _became(row: Received, state: ReceivedState, *, reason: str = "") -> None:
    row.state, row.reason = state, reason[:40]
    row.save(update_fields=["state", "reason"])


def _is_fresh(row: Received, now: datetime) -> bool:
    return row.at + timedelta(minutes=practice().receipt_minutes) > now


def _read_again(row: Received, *, at: datetime) -> None:
    enqueue("outreach.read", lock=f"received:{row.id}", at=at, received_id=str(row.id))
