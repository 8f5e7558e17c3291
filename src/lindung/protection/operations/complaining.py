"""What a person said, taken as it was said; what they write later on their case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.ready import Given, Question, add
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.protection.events import ComplaintMade, WorkerWrote
from lindung.protection.kinds import kind_of
from lindung.protection.models import OPEN, Case, CaseKind, CaseNote, Complaint
from lindung.protection.operations.opening import open_case
from lindung.protection.operations.parts import locked, write_note
from lindung.registry import queries as registry

_KNOWN = Question(
    lambda: Case.objects.filter(complaint_id=Given("complaint"), worker_id=Given("worker"))[:1]
)


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
    if known := _KNOWN.first(complaint=key, worker=worker_id):
        return known
    complaint = Complaint(
        id=key,
        worker=worker,
        at=at,
        words=words,
        channel=channel,
        language=worker.language,
        compartment=key if kind_of(kind).sealed else OPEN,
        **worker.scope(),
    )
    add(complaint)
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
        if known := _KNOWN.first(complaint=key, worker=worker.id):
            return known
        complaint = Complaint(
            id=key,
            worker=worker,
            at=at,
            words=words,
            channel="family",
            language=worker.language,
            told_by=actor.id,
            **worker.scope(),
        )
        add(complaint)
        record(ComplaintMade(complaint=key, channel="family"), actor=actor, about=complaint)
        return open_case(
            ROBOT, worker.id, kind=CaseKind.OTHER, at=at, complaint_id=key, words=words
        )


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
    case = locked(case_id)
    if case.closed_at is not None:
        raise StepClosed(step="reply", state=case.state)
    note = write_note(case, words=words, at=at, author=actor.name, from_worker=True)
    record(WorkerWrote(case=case.id, number=case.number), actor=actor, about=case)
    return note
