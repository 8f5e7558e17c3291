"""Whatever people say after an event, over any door, is their answer to it."""

from __future__ import annotations

from lindung.access.acting import acting_as
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


@reacts_to(CheckedIn)
def a_check_in_is_an_answer(event: CheckedIn, entry: JournalEntry) -> None:
    """Well is safe; anything less, and somebody looks."""
    if entry.worker_id is None:
        return
    with acting_as(ROBOT):
        given = CheckIn.objects.filter(id=event.check_in).only("at", "channel").first()
        if given is None or not queries.open_for(entry.worker_id):
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


@reacts_to(CaseOpened)
def a_case_is_a_cry_for_help(event: CaseOpened, entry: JournalEntry) -> None:
    """Whoever asked for help since it happened needs it, by whatever door they came."""
    if entry.worker_id is None:
        return
    with acting_as(ROBOT):
        if not queries.open_for(entry.worker_id):
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


@reacts_to(MessageReceived)
def an_answer_by_message(event: MessageReceived, entry: JournalEntry) -> None:
    """A cry repeated on a running case, and what a relative says when we have just asked."""
    if entry.worker_id is None:
        return
    about = event.asks.startswith(numbered.ABOUT)
    if not about and event.asks != keywords.SOS:
        return
    with acting_as(ROBOT):
        if not queries.open_for(entry.worker_id):
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


@reacts_to(MessageQueued)
def the_next_channel(event: MessageQueued, entry: JournalEntry) -> None:
    """A channel did not take our question, and the same words go by the next one."""
    if entry.worker_id is None or event.template not in ASKED_BY:
        return
    with acting_as(ROBOT):
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
