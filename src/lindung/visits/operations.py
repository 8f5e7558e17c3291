"""Visits: planned, held with a check-list, reported; what worries is followed until it is cured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.models import Post
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Conflict, Incomplete, NotFound
from lindung.protection.models import Case, CaseKind
from lindung.protection.operations import open_case
from lindung.registry import queries as registry
from lindung.registry.models import Employer
from lindung.visits.checklists import checklist
from lindung.visits.events import Cured, MetAtWork, VisitEnded, VisitHeld, VisitPlanned
from lindung.visits.lifecycles import VISIT, VisitState
from lindung.visits.models import Answer, Met, Reason, Visit


@operation(Right.VISIT_PLAN)
def plan_visit(
    actor: Actor,
    *,
    post_id: int,
    checklist_id: str,
    reason: Reason,
    planned_for: date,
    place: str,
    name: str = "",
    employer_id: UUID | None = None,
    party_id: UUID | None = None,
    announced: bool = False,
    visitors: Sequence[str] = (),
) -> Visit:
    """Plan a visit.

    Raises:
        NotFound: not this actor's post, no such check-list or employer.
        Incomplete: nobody to visit, no place or nobody who goes.
    """
    if post_id not in actor.posts:
        raise NotFound
    checklist(checklist_id)
    employer = Employer.objects.filter(id=employer_id).first() if employer_id else None
    if employer_id is not None and employer is None:
        raise NotFound
    wrong = {}
    if employer is None and not name.strip():
        wrong["name"] = "Tulis siapa yang dikunjungi."
    if not place.strip():
        wrong["place"] = "Tulis tempatnya."
    if not [each for each in visitors if each.strip()]:
        wrong["visitors"] = "Tulis siapa yang berangkat."
    if wrong:
        raise Incomplete(fields=wrong)
    post = Post.objects.get(id=post_id)
    visit = Visit.objects.create(
        checklist=checklist_id,
        employer=employer,
        party_id=None if employer else party_id,
        name=employer.name if employer else name.strip(),
        place=place.strip(),
        reason=reason,
        announced=announced,
        planned_for=planned_for,
        visitors=[each.strip() for each in visitors if each.strip()],
        planned_by=actor.name,
        post_id=post_id,
        country=post.country,
        is_demo=post.is_demo,
    )
    told = VisitPlanned(visit=visit.id, on=planned_for, reason=str(reason))
    record(told, actor=actor, about=visit)
    return visit


@operation(Right.VISIT_PLAN)
def cancel_visit(actor: Actor, visit_id: UUID, *, why: str) -> Visit:
    """Cancel a planned visit, with the reason.

    Raises:
        NotFound: no such visit; StepClosed: it took place; Incomplete: no reason.
    """
    visit = _locked(visit_id)
    visit.state = VISIT.take("cancel", VisitState(visit.state))
    if not why.strip():
        raise Incomplete(fields={"why": "Tulis alasannya."})
    visit.cancelled_why = why.strip()[:200]
    visit.save(update_fields=["state", "cancelled_why"])
    _ended(actor, visit)
    return visit


@operation(Right.VISIT_PLAN)
def hold_visit(
    actor: Actor,
    visit_id: UUID,
    *,
    on: date,
    answers: Mapping[str, str],
    notes: Mapping[str, str] | None = None,
    cure_by: Mapping[str, date | None] | None = None,
    workers_there: int | None = None,
    spoken_alone: int | None = None,
    version: int | None = None,
) -> Visit:
    """Record what the check-list found. Every item is answered; *not seen* is an answer.

    Args:
        answers: item → ``yes``, ``no`` or ``unseen``.
        cure_by: item → day until which what worries is to be put right.
    Raises:
        NotFound: no such visit; StepClosed: it was held or cancelled.
        Conflict: a colleague changed it meanwhile.
        Incomplete: items without an answer, more spoken with than were there, or a later day than today's report.
    """
    visit = _locked(visit_id)
    if version is not None and version != visit.version:
        raise Conflict
    visit.state = VISIT.take("hold", VisitState(visit.state))
    asked = checklist(visit.checklist)
    wrong = {
        each.id: "Jawab, atau pilih tidak terlihat."
        for each in asked.items
        if answers.get(each.id) not in {"yes", "no", "unseen"}
    }
    if (spoken_alone or 0) > (workers_there if workers_there is not None else spoken_alone or 0):
        wrong["spoken_alone"] = "Lebih banyak daripada pekerja yang ada."
    if wrong:
        raise Incomplete(fields=wrong)
    visit.held_on, visit.workers_there, visit.spoken_alone = on, workers_there, spoken_alone
    visit.version += 1
    visit.save()
    found = [
        Answer(
            visit=visit,
            item=each.id,
            seen=answers[each.id],
            worries=answers[each.id] == each.worries,
            note=(notes or {}).get(each.id, "").strip()[:400],
            cure_by=(cure_by or {}).get(each.id) if answers[each.id] == each.worries else None,
            **visit.scope(),
        )
        for each in asked.items
    ]
    Answer.objects.bulk_create(found)
    worries = sum(each.worries for each in found)
    record(VisitHeld(visit=visit.id, on=on, worries=worries), actor=actor, about=visit)
    return visit


@operation(Right.VISIT_PLAN)
def meet(actor: Actor, visit_id: UUID, *, worker_id: UUID, alone: bool) -> Met:
    """Note that a worker was spoken with; once a visit.

    Raises:
        NotFound: no such visit or person, or none this actor may see.
        StepClosed: the visit was not held.
    """
    visit, worker = _locked(visit_id), registry.worker(worker_id)
    if visit.state == VisitState.PLANNED or visit.held_on is None:
        raise StepClosed(step="meet", state=visit.state)
    met, fresh = Met.objects.get_or_create(
        visit=visit, worker=worker, defaults={"alone": alone, **visit.scope()}
    )
    if fresh:
        record(MetAtWork(visit=visit.id, on=visit.held_on), actor=actor, about=worker)
    return met


@operation(Right.VISIT_PLAN)
def open_case_from(
    actor: Actor, visit_id: UUID, *, item: str, worker_id: UUID, at: datetime
) -> Case:
    """Open a case for a worker from what worried, with its words as the first note.

    Raises:
        NotFound: no such visit, item or person.
        Incomplete: the item did not worry, or opens no kind of case.
    """
    visit = _locked(visit_id)
    asked = checklist(visit.checklist).item(item)
    answer = Answer.objects.filter(visit=visit, item=item, worries=True).first()
    if answer is None or not asked.opens:
        raise Incomplete(fields={"item": "Hal ini tidak membuka kasus."})
    words = f"{asked.ask} {answer.get_seen_display()}. {answer.note}".strip()
    return open_case(actor, worker_id, kind=CaseKind(asked.opens), at=at, words=words)


@operation(Right.VISIT_PLAN)
def report_visit(actor: Actor, visit_id: UUID, *, summary: str) -> Visit:
    """Write the report; from now on the visit stands.

    Raises:
        NotFound: no such visit; StepClosed: it was not held, or was reported.
        Incomplete: no words.
    """
    visit = _locked(visit_id)
    visit.state = VISIT.take("report", VisitState(visit.state))
    if not summary.strip():
        raise Incomplete(fields={"summary": "Tulis ringkasannya."})
    visit.summary = summary.strip()
    visit.save(update_fields=["state", "summary"])
    _ended(actor, visit)
    return visit


@operation(Right.VISIT_PLAN)
def cure(actor: Actor, answer_id: UUID, *, on: date) -> Answer:
    """Record that what worried was put right.

    Raises:
        NotFound: no such finding; StepClosed: it did not worry, or was cured.
    """
    answer = Answer.objects.select_for_update().filter(id=answer_id).first()
    if answer is None:
        raise NotFound
    if not answer.worries or answer.cured_on is not None:
        raise StepClosed(step="cure", state="cured")
    answer.cured_on = on
    answer.save(update_fields=["cured_on"])
    told = Cured(visit=answer.visit_id, item=answer.item, on=on)
    record(told, actor=actor, about=answer)
    return answer


def _ended(actor: Actor, visit: Visit) -> None:
    record(VisitEnded(visit=visit.id, state=str(visit.state)), actor=actor, about=visit)


def _locked(visit_id: UUID) -> Visit:
    visit = Visit.objects.select_for_update(of=("self",)).filter(id=visit_id).first()
    if visit is None:
        raise NotFound
    return visit
