"""What a person asks about their data, and the answer: a task with the law's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.outreach.operations import send
from lindung.privacy import schedule, terms
from lindung.privacy.events import DataAnswered, DataAsked
from lindung.privacy.labels import REQUEST_STATES
from lindung.privacy.lifecycles import REQUEST, RequestState
from lindung.privacy.models import Request, RequestKind
from lindung.registry import operations as registering
from lindung.registry import queries as registry

TASK = "data-request"
MOST_WORDS = 1_000
_STEPS = {
    RequestState.GRANTED: "grant",
    RequestState.PARTLY: "grant a part",
    RequestState.REFUSED: "refuse",
}


class AskedAlready(Refusal):
    """The same is asked and waits for an answer."""

    status = 409
    slug = "data-already-asked"
    title = "Permintaan yang sama sudah tercatat dan belum dijawab."
    advice = "Lihat permintaan itu di bawah; Anda dapat menariknya kembali."


@operation(Right.DATA_ASK)
def ask(actor: Actor, worker_id: UUID, *, kind: str, words: str = "", at: datetime) -> Request:
    """Take a request of a person about their data; it becomes a task with the law's clock.

    Law:
        UU 27/2022 art. 6-11 and 14; the terms are rules ``id.data.*``.
    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: no kind, or a correction that does not say what is wrong.
        AskedAlready: the same waits for an answer.
    """
    worker = registry.worker(worker_id)
    words = words.strip()[:MOST_WORDS]
    if kind not in RequestKind.values:
        raise Incomplete(fields={"kind": "Pilih salah satu."})
    if kind == RequestKind.CORRECT and not words:
        raise Incomplete(fields={"words": "Tuliskan apa yang salah dan apa yang benar."})
    if Request.objects.filter(worker=worker, kind=kind, state=RequestState.ASKED).exists():
        raise AskedAlready
    rule, _ = schedule.rule_of(kind)
    term = terms.until(rule, at)
    row = Request.objects.create(
        worker=worker, kind=kind, words=words, asked_at=at,
        asked_name="" if actor.kind is Kind.WORKER else actor.name,
        rule=rule, due_at=term.at, needs_check=term.needs_check, **worker.scope(),
    )  # fmt: skip
    label = str(RequestKind(kind).label)
    record(DataAsked(request=row.id, kind=kind, label=label), actor=actor, about=row)
    registering.open_task(
        actor,
        about=row,
        kind=TASK,
        title=f"Permintaan tentang data pribadi: {label}",
        due_at=term.at or at + timedelta(hours=schedule.practice_hours()),
        owner="post" if worker.post_id is not None else "ministry",
        subject=row.id,
    )
    return row


@operation(Right.DATA_ANSWER)
def answer(actor: Actor, request_id: UUID, *, state: str, words: str, at: datetime) -> Request:
    """Answer a request, with the reason; the person reads it and is told that there is an answer.

    To grant an erasure does not erase: that takes the two people of ``erasing.ask_for_person``.

    Raises:
        NotFound: no such request, or none this actor may see.
        Incomplete: no answer, or no reason. StepClosed: it is answered.
    """
    row = _locked(request_id)
    wrong = {}
    if state not in _STEPS:
        wrong["state"] = "Pilih salah satu."
    if not (words := words.strip()[:MOST_WORDS]):
        wrong["words"] = "Tuliskan alasannya; orang yang meminta membacanya."
    if wrong:
        raise Incomplete(fields=wrong)
    row.state = REQUEST.take(_STEPS[RequestState(state)], RequestState(row.state))
    row.answer, row.answered_at = words, at
    row.answered_by, row.answered_name = actor.id, actor.name
    row.save(update_fields=["state", "answer", "answered_at", "answered_by", "answered_name"])
    _over(actor, row)
    send(actor, row.worker, "data_answered", now=at)
    return row


@operation(Right.DATA_ASK)
def withdraw(actor: Actor, request_id: UUID, *, at: datetime) -> Request:
    """Take a request back.

    Raises:
        NotFound: no such request, or none this actor may see. StepClosed: it is answered.
    """
    row = _locked(request_id)
    row.state = REQUEST.take("withdraw", RequestState(row.state))
    row.answered_at = at
    row.save(update_fields=["state", "answered_at"])
    _over(actor, row)
    return row


def _over(actor: Actor, row: Request) -> None:
    with acting_as(ROBOT):
        registering.close_task_about(actor, row.id, kind=TASK)
    told = DataAnswered(
        request=row.id, state=str(row.state), label=str(REQUEST_STATES[RequestState(row.state)])
    )
    record(told, actor=actor, about=row)


def _locked(request_id: UUID) -> Request:
    row = (
        Request.objects.select_for_update(of=("self",))
        .select_related("worker")
        .filter(pk=request_id)
        .first()
    )
    if row is None:
        raise NotFound
    return row
