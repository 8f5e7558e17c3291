"""The work on a case: its owner, words to the worker, the steps."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.documents.models import Content, Document
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach.operations import send
from lindung.protection.clocks import clock_of
from lindung.protection.events import (
    CaseAnswered,
    CasePlanned,
    CaseTaken,
    KindSet,
    TaskDone,
    TaskSet,
)
from lindung.protection.kinds import CLOSED, kind_of
from lindung.protection.lifecycles import CASE, CaseState
from lindung.protection.models import (
    OPEN,
    Case,
    CaseKind,
    CaseNote,
    CaseTask,
    Complaint,
    Evidence,
    NoteSort,
    SealedPart,
)
from lindung.protection.operations.parts import (
    changed,
    locked,
    moved,
    needed,
    still_open,
    week_of,
    worker_of,
    write_note,
)

# What an officer may take a case through; the other steps have operations of their own.
_OURS = {"understand", "handle", "report outcome"}


@operation(Right.CASE_WORK)
def take_case(actor: Actor, case_id: UUID, *, version: int | None = None) -> Case:
    """Become the owner of a case; its clocks go on as they were.

    Raises:
        NotFound: no such case, or none this actor may see.
        Conflict: somebody changed it meanwhile.
    """
    case = still_open(locked(case_id, version), "take")
    case.owner_id = actor.id
    case.owner_name = actor.name
    changed(case, "owner_id", "owner_name")
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
    case = locked(case_id)
    note = write_note(case, words=words, at=at, author=actor.name, internal=internal)
    if not internal:
        if case.answered_at is None:
            case.answered_at = at
            case.save(update_fields=["answered_at"])
            record(CaseAnswered(case=case.id, number=case.number), actor=actor, about=case)
        send(actor, worker_of(case), "case_note", number=case.number)
    return note


@operation(Right.CASE_WORK)
def move_case(
    actor: Actor, case_id: UUID, *, step: str, outcome: str = "", version: int | None = None
) -> Case:
    """Take a case a step on: ``understand``, ``handle`` or ``report outcome``.

    Raises:
        NotFound: no such case, or none this actor may see.
        StepClosed: the step is not open now.
        Incomplete: an outcome without words.
    """
    case = locked(case_id, version)
    if step not in _OURS:
        raise NotFound
    case.state = CASE.take(step, CaseState(case.state))
    if case.state == CaseState.OUTCOME:
        if not outcome.strip():
            raise Incomplete(fields={"outcome": "Tulis hasilnya; pekerja membaca dan memastikan."})
        if case.is_sealed:
            # Whoever writes the outcome need not have the case open at that moment.
            with acting_as(ROBOT):
                SealedPart.objects.filter(case_id=case.id).update(outcome=outcome)
        else:
            case.outcome = outcome
    changed(case, "state", "outcome")
    moved(actor, case, step)
    if case.state == CaseState.OUTCOME:
        send(actor, worker_of(case), "case_outcome", number=case.number)
    return case


@operation(Right.CASE_WORK)
def write_plan(actor: Actor, case_id: UUID, *, words: str, at: datetime) -> CaseNote:
    """Keep the plan for the person's safety; the first one stops its clock. Only the desk reads it.

    Raises:
        NotFound: no such case, or none this actor may see.
        StepClosed: it has ended.
        Incomplete: no words.
    """
    needed(words=words)
    case = still_open(locked(case_id), "plan")
    note = write_note(
        case, words=words, at=at, author=actor.name, internal=True, sort=NoteSort.PLAN
    )
    if case.planned_at is None:
        case.planned_at = at
        changed(case, "planned_at")
    record(CasePlanned(case=case.id, number=case.number), actor=actor, about=case)
    return note


@operation(Right.CASE_WORK)
def set_task(
    actor: Actor, case_id: UUID, *, words: str, due_on: date, at: datetime, mine: bool = True
) -> CaseTask:
    """Keep what is to be done on a case and until when.

    Args:
        mine: whether the actor does it, else whoever owns the case.
    Raises:
        NotFound: no such case, or none this actor may see.
        StepClosed: it has ended.
        Incomplete: no words.
    """
    needed(words=words)
    case = still_open(locked(case_id), "set task")
    task = CaseTask(
        case=case,
        worker_id=case.worker_id,
        words=words.strip()[:300],
        owner_id=actor.id if mine else case.owner_id,
        owner_name=actor.name if mine else case.owner_name,
        due_on=due_on,
        at=at,
        by_name=actor.name,
        compartment=case.compartment,
        **case.scope(),
    )
    task.save(force_insert=True)
    record(TaskSet(case=case.id, number=case.number), actor=actor, about=case)
    return task


@operation(Right.CASE_WORK)
def finish_task(actor: Actor, task_id: UUID, *, at: datetime) -> CaseTask:
    """Tick off a task of a case; ticking twice changes nothing.

    Raises:
        NotFound: no such task, or none this actor may read.
    """
    task = CaseTask.objects.select_for_update(of=("self",)).filter(id=task_id).first()
    if task is None:
        raise NotFound
    if task.done_at is None:
        task.done_at = at
        task.save(update_fields=["done_at"])
        case = Case.objects.get(id=task.case_id)
        record(TaskDone(case=case.id, number=case.number), actor=actor, about=case)
    return task


@operation(Right.CASE_WORK)
def set_kind(actor: Actor, case_id: UUID, *, kind: CaseKind, version: int | None = None) -> Case:
    """Say better what a case is about. A sealed kind seals it with all its words; none unseals.

    Clocks move only nearer: what was promised is kept.

    Raises:
        NotFound: no such case, or none this actor may see.
        Conflict: somebody changed it meanwhile.
        StepClosed: it has ended.
    """
    case = still_open(locked(case_id, version), "set kind")
    about, clock, week = kind_of(kind), clock_of(kind), week_of(case)
    case.clock_class = about.class_
    case.answer_due_at = min(case.answer_due_at, clock.answer_due(case.opened_at, week))
    case.due_at = min(case.due_at, clock.close_due(case.opened_at, week))
    plans = [case.plan_due_at, clock.plan_due(case.opened_at, week)]
    case.plan_due_at = min((each for each in plans if each is not None), default=None)
    if about.sealed or case.is_sealed:
        _seal(case, kind)
    else:
        case.kind = kind
    changed(
        case,
        "kind",
        "outcome",
        "compartment",
        "clock_class",
        "answer_due_at",
        "plan_due_at",
        "due_at",
    )
    record(KindSet(case=case.id, number=case.number), actor=actor, about=case)
    return case


def _seal(case: Case, kind: CaseKind) -> None:
    with acting_as(ROBOT):
        part, _made = SealedPart.objects.get_or_create(
            case=case,
            defaults={
                "worker_id": case.worker_id,
                "compartment": case.id,
                "kind": kind,
                "outcome": case.outcome,
                **case.scope(),
            },
        )
        part.kind = kind
        part.save(update_fields=["kind"])
        for model in (CaseNote, CaseTask):
            model._default_manager.filter(case_id=case.id).update(compartment=part.compartment)
        shown = Q(case_id=case.id)
        if case.complaint_id is not None:
            shown |= Q(complaint_id=case.complaint_id)
            said = Complaint.objects.filter(id=case.complaint_id, compartment=OPEN)
            said.update(compartment=part.compartment)
        evidence = Evidence.objects.filter(shown)
        files = list(evidence.values_list("document_id", flat=True))
        evidence.update(compartment=part.compartment)
        Document.objects.filter(id__in=files).update(compartment=part.compartment)
        Content.objects.filter(document_id__in=files).update(compartment=part.compartment)
    case.kind, case.outcome, case.compartment = CLOSED, "", part.compartment
