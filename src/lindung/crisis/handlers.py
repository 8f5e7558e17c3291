"""Whatever people say after an event, over any door, is their answer to it."""

from __future__ import annotations

from lindung.access.acting import acting_within
from lindung.access.events import Event
from lindung.access.models import JournalEntry
from lindung.access.reactions import reacts_to
from lindung.access.roles import ROBOT
from lindung.crisis import operations, queries
from lindung.crisis.lifecycles import AnswerState
from lindung.crisis.operations.asking import ASKED_BY
from lindung.monitoring.events import CheckedIn
from lindung.monitoring.models import CheckIn
from lindung.outreach import keywords, numbered
from lindung.outreach import queries as messages
from lindung.outreach.events import MessageQueued, MessageReceived
from lindung.protection.events import CaseOpened
from lindung.protection.models import Case, Complaint
from lindung.registry.models import Condition, Source


def _is_of_somebody(event: Event, entry: JournalEntry) -> bool:
    return entry.worker_id is not None


def _may_answer(event: MessageReceived, entry: JournalEntry) -> bool:
    asks = event.asks
    return entry.worker_id is not None and (asks == keywords.SOS or asks.startswith(numbered.ABOUT))


def _carried_our_question(event: MessageQueued, entry: JournalEntry) -> bool:
    return entry.worker_id is not None and event.template in ASKED_BY


# Most check-ins and messages come while nothing has happened: they are let by with as few questions
# to the database as can be.
@reacts_to(CheckedIn, when=_is_of_somebody)
def a_check_in_is_an_answer(event: CheckedIn, entry: JournalEntry) -> None:
    """Well is safe; anything less, and somebody looks."""
    assert entry.worker_id is not None  # asked before
    with acting_within(ROBOT):
        if not queries.is_asked(entry.worker_id):
            return
        given = CheckIn.objects.filter(id=event.check_in).only("at", "channel").first()
        if given is None:
            return
        safe = event.condition == Condition.GOOD
        operations.heard(
            ROBOT,
            entry.worker_id,
            state=AnswerState.SAFE if safe else AnswerState.NEEDS_HELP,
            source=Source.WORKER,
            at=given.at,
            over=given.channel,
        )


@reacts_to(CaseOpened, when=_is_of_somebody)
def a_case_is_a_cry_for_help(event: CaseOpened, entry: JournalEntry) -> None:
    """Whoever asked for help since it happened needs it, by whatever door they came."""
    assert entry.worker_id is not None  # asked before
    with acting_within(ROBOT):
        if not queries.is_asked(entry.worker_id):
            return
        case = Case.objects.filter(id=event.case).first()
        if case is None:
            return
        operations.heard(
            ROBOT,
            entry.worker_id,
            state=AnswerState.NEEDS_HELP,
            source=_source(case),
            at=case.opened_at,
            case_id=case.id,
        )


@reacts_to(MessageReceived, when=_may_answer)
def an_answer_by_message(event: MessageReceived, entry: JournalEntry) -> None:
    """A cry repeated on a running case, and what a relative says when we have just asked."""
    assert entry.worker_id is not None  # asked before
    about = event.asks.startswith(numbered.ABOUT)
    with acting_within(ROBOT):
        if not queries.is_asked(entry.worker_id):
            return
        message = messages.incoming(event.message)
        if about:
            said = event.asks.removeprefix(f"{numbered.ABOUT}{keywords.CHECK_IN}")
            safe = said == Condition.GOOD
        else:
            safe = False
        running = Case.objects.filter(worker_id=entry.worker_id, closed_at__isnull=True)
        case = None if safe else running.order_by("-opened_at").first()
        operations.heard(
            ROBOT,
            entry.worker_id,
            state=AnswerState.SAFE if safe else AnswerState.NEEDS_HELP,
            source=Source.FAMILY if message.member_id else Source.WORKER,
            at=message.made_at,
            over=message.channel,
            case_id=case.id if case else None,
        )


@reacts_to(MessageQueued, when=_carried_our_question)
def the_next_channel(event: MessageQueued, entry: JournalEntry) -> None:
    """A channel did not take our question, and the same words go by the next one."""
    assert entry.worker_id is not None  # asked before
    with acting_within(ROBOT):
        operations.note_channel(entry.worker_id, event.channel, at=entry.at)


def _told_by_family(case: Case) -> bool:
    if case.complaint_id is None:
        return False
    told = Complaint.objects.filter(id=case.complaint_id).only("told_by").first()
    return told is not None and told.told_by is not None


def _source(case: Case) -> Source:
    if _told_by_family(case):
        return Source.FAMILY
    return Source.WORKER if case.complaint_id is not None else Source.OFFICER
