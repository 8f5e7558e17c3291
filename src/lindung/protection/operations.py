"""From a complaint to the worker's own word that it is solved."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.jurisdictions import workweek_of
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.clock import Workweek
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach.operations import send
from lindung.protection.clocks import clock_of
from lindung.protection.events import (
    CaseAnswered,
    CaseClosed,
    CaseMoved,
    CaseOpened,
    CaseTaken,
    ComplaintMade,
    WorkerWrote,
)
from lindung.protection.lifecycles import CASE, CaseState
from lindung.protection.models import Case, CaseKind, CaseNote, Complaint
from lindung.protection.stages import STAGE_LABELS
from lindung.registry import queries as registry
from lindung.registry.models import WorkerState

# A cry for help within this time of an open one is the same cry, said again; our own practice.
SAME_CALL = timedelta(hours=1)
SOS = "SOS"


@operation(Right.COMPLAINT_MAKE)
def complain(
    actor: Actor,
    worker_id: UUID,
    *,
    words: str,
    at: datetime,
    kind: CaseKind = CaseKind.OTHER,
    channel: str = "web",
    complaint_id: UUID | None = None,
) -> Case:
    """Take a complaint as it was said, and open the case that answers it in the same moment.

    Args:
        kind: as the worker sees it; an officer may know better later.
        complaint_id: the key made at the tap; the same key again gives the case that stands.
    Raises:
        NotFound: not this worker.
        Incomplete: nothing was said.
    """
    if not words.strip():
        raise Incomplete(fields={"words": "Tulis atau ucapkan apa yang terjadi."})
    worker = registry.worker(worker_id)
    key = complaint_id or new_id()
    if known := Case.objects.filter(complaint_id=key, worker=worker).first():
        return known
    complaint = Complaint.objects.create(
        id=key,
        worker=worker,
        at=at,
        words=words,
        channel=channel,
        language=worker.language,
        **worker.scope(),
    )
    record(ComplaintMade(complaint=complaint.id, channel=channel), actor=actor, about=complaint)
    # The worker may complain but not open cases: our robot does, in the same transaction.
    with acting_as(ROBOT):
        return open_case(ROBOT, worker_id, kind=kind, at=at, complaint_id=complaint.id, words=words)


@operation(Right.COMPLAINT_MAKE)
def tell_for(actor: Actor, *, words: str, at: datetime, complaint_id: UUID | None = None) -> Case:
    """Take what a relative says about the person they act for, and open the case that answers it.

    Raises:
        NotFound: the actor acts for nobody.
        Incomplete: nothing was said.
    """
    if actor.worker is None:
        raise NotFound
    if not words.strip():
        raise Incomplete(fields={"words": "Tulis atau ucapkan apa yang terjadi."})
    # A relative reads no complaint and no case, not even their own: our robot keeps it.
    with acting_as(ROBOT):
        worker = registry.worker(actor.worker)
        key = complaint_id or new_id()
        if known := Case.objects.filter(complaint_id=key, worker=worker).first():
            return known
        complaint = Complaint.objects.create(
            id=key,
            worker=worker,
            at=at,
            words=words,
            channel="family",
            language=worker.language,
            told_by=actor.id,
            **worker.scope(),
        )
        record(ComplaintMade(complaint=key, channel="family"), actor=actor, about=complaint)
        return open_case(
            ROBOT, worker.id, kind=CaseKind.OTHER, at=at, complaint_id=key, words=words
        )


@operation(Right.COMPLAINT_MAKE)
def call_for_help(actor: Actor, worker_id: UUID, *, at: datetime) -> Case:
    """Take the pressed emergency button: a case of its own, or the one still open, pressed again.

    Raises:
        NotFound: not this worker.
    """
    running = Case.objects.filter(
        worker_id=worker_id,
        closed_at__isnull=True,
        complaint__channel="sos",
        opened_at__gt=at - SAME_CALL,
    ).first()
    if running is None:
        return complain(actor, worker_id, words=SOS, at=at, channel="sos")
    reply(actor, running.id, words=SOS, at=at)
    return running


@operation(Right.COMPLAINT_MAKE)
def reply(actor: Actor, case_id: UUID, *, words: str, at: datetime) -> CaseNote:
    """Take what the worker writes on their own case.

    Raises:
        NotFound: no such case, or not this worker's.
        Incomplete: nothing was written.
        StepClosed: the worker said already that it is solved.
    """
    if not words.strip():
        raise Incomplete(fields={"words": "Tulis pesannya dahulu."})
    case = _locked(case_id)
    if case.closed_at is not None:
        raise StepClosed(step="reply", state=case.state)
    note = _note(case, words=words, at=at, author=actor.name, from_worker=True)
    record(WorkerWrote(case=case.id, number=case.number), actor=actor, about=case)
    return note


@operation(Right.CASE_OPEN)
def open_case(
    actor: Actor,
    worker_id: UUID,
    *,
    kind: CaseKind,
    at: datetime,
    complaint_id: UUID | None = None,
    words: str = "",
) -> Case:
    """Open a case; its clocks begin now and no hand-over restarts them.

    Raises:
        NotFound: no such person, or none this actor may see.
    """
    worker = registry.worker(worker_id)
    week = workweek_of(worker.post_id) or Workweek(country="", timezone=settings.TIME_ZONE)
    clock = clock_of(kind)
    case = Case.objects.create(
        number=next_number(Series.CASE, on=at.date()),
        worker=worker,
        complaint_id=complaint_id,
        kind=kind,
        opened_at=at,
        answer_due_at=clock.answer_due(at, week),
        due_at=clock.close_due(at, week),
        is_demo=worker.is_demo,
        **worker.scope(),
    )
    record(
        CaseOpened(
            case=case.id,
            number=case.number,
            kind=str(kind),
            label=str(CaseKind(kind).label),
            answer_due_at=case.answer_due_at,
            due_at=case.due_at,
        ),
        actor=actor,
        about=case,
    )
    if words:
        _note(case, words=words, at=at, author=worker.shown_name, from_worker=True)
    WorkerState.objects.filter(worker=worker).update(open_cases=F("open_cases") + 1)
    due = case.answer_due_at.astimezone(ZoneInfo(week.timezone))
    send(actor, worker, "case_received", number=case.number, due=f"{due:%d-%m-%Y %H.%M}")
    return case


@operation(Right.CASE_WORK)
def take_case(actor: Actor, case_id: UUID) -> Case:
    """Become the owner of a case; its clocks go on as they were."""
    case = _locked(case_id)
    case.owner_id = actor.id
    case.owner_name = actor.name
    case.version += 1
    case.save(update_fields=["owner_id", "owner_name", "version"])
    record(CaseTaken(case=case.id, number=case.number, owner=actor.name), actor=actor, about=case)
    return case


@operation(Right.CASE_WORK)
def add_note(actor: Actor, case_id: UUID, *, words: str, at: datetime, internal: bool) -> CaseNote:
    """Write to the worker, or keep an internal note. The first word to the worker is the answer.

    Raises:
        NotFound: no such case, or none this actor may see.
        Incomplete: nothing was written.
    """
    if not words.strip():
        raise Incomplete(fields={"words": "Tulis pesannya dahulu."})
    case = _locked(case_id)
    note = _note(case, words=words, at=at, author=actor.name, internal=internal)
    if not internal:
        if case.answered_at is None:
            case.answered_at = at
            case.save(update_fields=["answered_at"])
            record(CaseAnswered(case=case.id, number=case.number), actor=actor, about=case)
        send(actor, registry.worker(case.worker_id), "case_note", number=case.number)
    return note


@operation(Right.CASE_WORK)
def move_case(actor: Actor, case_id: UUID, *, step: str, outcome: str = "") -> Case:
    """Take a case a step on: ``understand``, ``handle`` or ``report outcome``.

    Raises:
        NotFound: no such case, or none this actor may see.
        StepClosed: the step is not open now.
        Incomplete: an outcome without words.
    """
    case = _locked(case_id)
    case.state = CASE.take(step, CaseState(case.state))
    if case.state == CaseState.OUTCOME:
        if not outcome.strip():
            raise Incomplete(fields={"outcome": "Tulis hasilnya; pekerja membaca dan memastikan."})
        case.outcome = outcome
    if case.state == CaseState.CONFIRMED:
        raise NotFound
    case.version += 1
    case.save(update_fields=["state", "outcome", "version"])
    _moved(actor, case, step)
    if case.state == CaseState.OUTCOME:
        send(actor, registry.worker(case.worker_id), "case_outcome", number=case.number)
    return case


@operation(Right.OUTCOME_CONFIRM)
def answer_outcome(actor: Actor, case_id: UUID, *, solved: bool, at: datetime) -> Case:
    """The worker's word on the outcome: it closes the case, or sends it back to work.

    Raises:
        NotFound: no such case, or not this worker's.
        StepClosed: no outcome was reported.
    """
    case = _locked(case_id)
    case.state = CASE.take("confirm" if solved else "object", CaseState(case.state))
    case.closed_at = at if solved else None
    case.version += 1
    case.save(update_fields=["state", "closed_at", "version"])
    if solved:
        record(CaseClosed(case=case.id, number=case.number), actor=actor, about=case)
        WorkerState.objects.filter(worker_id=case.worker_id, open_cases__gt=0).update(
            open_cases=F("open_cases") - 1
        )
    else:
        _moved(actor, case, "object")
    return case


def _moved(actor: Actor, case: Case, step: str) -> None:
    label = str(STAGE_LABELS[CaseState(case.state)])
    record(
        CaseMoved(case=case.id, number=case.number, step=step, label=label),
        actor=actor,
        about=case,
    )


def _note(
    case: Case,
    *,
    words: str,
    at: datetime,
    author: str,
    from_worker: bool = False,
    internal: bool = False,
) -> CaseNote:
    return CaseNote.objects.create(
        case=case,
        worker_id=case.worker_id,
        at=at,
        words=words,
        author=author,
        from_worker=from_worker,
        internal=internal,
        **case.scope(),
    )


def _locked(case_id: UUID) -> Case:
    case = Case.objects.select_for_update().filter(id=case_id).first()
    if case is None:
        raise NotFound
    return case
