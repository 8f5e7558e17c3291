"""Reactions of protection: cries for help and words by message."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as, current_actor
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.rights import Right
from lindung.access.roles import ROBOT, acting_family, acting_worker
from lindung.duty import operations as duty
from lindung.outreach import keywords
from lindung.outreach import operations as outreach
from lindung.outreach import queries as messages
from lindung.outreach.events import MessageReceived
from lindung.outreach.models import Message
from lindung.protection import operations
from lindung.protection.events import CaseAnswered, CaseOpened
from lindung.protection.models import Case
from lindung.registry.operations import close_task_about, open_task

# Stands for a voice note or picture that came without a word.
NO_WORDS = "(Pesan suara atau gambar; ada di percakapan.)"

HOME_TASK = "case:home"
HOME_TITLE = gettext_noop("Meminta bantuan dan belum punya perwakilan: hubungi")


def _is_for_a_case(event: MessageReceived, entry: JournalEntry) -> bool:
    return entry.worker_id is not None and event.asks in {keywords.SOS, keywords.WORDS}


def _is_a_stranger_s_cry(event: MessageReceived, entry: JournalEntry) -> bool:
    return entry.worker_id is None and event.asks == keywords.SOS


@reacts_to(MessageReceived, when=_is_for_a_case)
def act_on_a_message(event: MessageReceived, entry: JournalEntry) -> None:
    """A cry for help, a relative's words and a person's own words reach a case at once."""
    message = outreach.told_of(event.message)
    if message.member is not None:
        _from_a_relative(message)
    elif event.asks == keywords.SOS:
        _cry_for_help(message)
    else:
        _own_words(message)


@reacts_to(MessageReceived, when=_is_a_stranger_s_cry)
def ring_for_somebody_unknown(event: MessageReceived, entry: JournalEntry) -> None:
    """A cry for help from a number that is nobody's yet rings like any other."""
    with acting_as(ROBOT):
        operations.ring_for_unknown(
            ROBOT, event.message, about=entry, channel=event.channel, at=entry.at
        )


def _has_only_an_office_at_home(event: CaseOpened, entry: JournalEntry) -> bool:
    return entry.post_id is None and bool(entry.region)


@reacts_to(CaseOpened, when=_has_only_an_office_at_home)
def ask_the_office_at_home(event: CaseOpened, entry: JournalEntry) -> None:
    """A candidate has no post: besides the ministry the office at home calls, by the same clock."""
    open_task(
        ROBOT,
        about=entry,
        kind=HOME_TASK,
        title=HOME_TITLE,
        due_at=event.answer_due_at,
        owner="office",
        subject=event.case,
    )


@reacts_to(CaseAnswered)
def the_office_at_home_is_done(event: CaseAnswered, entry: JournalEntry) -> None:
    """Somebody has answered; nobody at home has to call any more."""
    with acting_as(ROBOT):
        close_task_about(ROBOT, event.case, kind=HOME_TASK)


@reacts_to(CaseAnswered)
def the_call_was_answered(event: CaseAnswered, entry: JournalEntry) -> None:
    """Whoever wrote to the person on the case has answered the call as well."""
    officer = current_actor()
    if officer.may(Right.DUTY_ANSWER):
        duty.note_contact(officer, event.case, at=entry.at)


def _cry_for_help(message: Message) -> None:
    worker = message.worker
    assert worker is not None  # asked before
    me = acting_worker(worker.id, worker.shown_name)
    case = operations.call_for_help(
        me,
        worker.id,
        at=message.made_at,
        silent=message.silent,
        # The phone's item key: the press that came by data and this one are one.
        complaint_id=keywords.read(message.words).key or message.id,
    )
    if plain := _more_than_a_cry(message):
        operations.reply(me, case.id, words=plain, at=message.made_at)
    with acting_as(ROBOT):
        answered = messages.is_answered(message.id)
    if not answered and not message.silent:
        _answer(message, "sos_received", number=case.number)


def _own_words(message: Message) -> None:
    worker = message.worker
    assert worker is not None  # asked before
    me = acting_worker(worker.id, worker.shown_name)
    words = keywords.without_code(message.words) or NO_WORDS
    with acting_as(ROBOT):
        running = (
            Case.objects.filter(worker_id=worker.id, closed_at__isnull=True)
            .order_by("-opened_at")
            .first()
        )
    if running is None:
        operations.complain(
            me,
            worker.id,
            words=words,
            at=message.made_at,
            channel=message.channel,
            complaint_id=keywords.read(message.words).key or message.id,
        )
        return
    operations.reply(me, running.id, words=words, at=message.made_at)
    _answer(message, "words_on_case", number=running.number)


def _from_a_relative(message: Message) -> None:
    member, worker = message.member, message.worker
    assert member is not None  # asked before
    assert worker is not None  # a relative writes about somebody
    operations.tell_for(
        acting_family(member.id, member.name, worker=worker.id),
        words=message.words.strip() or NO_WORDS,
        at=message.made_at,
        complaint_id=message.id,
    )
    if message.sender is not None:
        outreach.answer_sender(
            ROBOT,
            message.sender,
            "family_received",
            answered=message,
            now=message.made_at,
            time=outreach.clock_time(message),
        )


def _answer(message: Message, template: str, *, number: str) -> None:
    assert message.worker is not None  # asked before
    time = outreach.clock_time(message)
    outreach.send(ROBOT, message.worker, template, now=message.made_at, time=time, number=number)


def _more_than_a_cry(message: Message) -> str:
    """The words of a cry for help, where they say more than that."""
    words = keywords.without_code(message.words)
    return words if len(keywords.plain(words).split()) > 1 else ""
