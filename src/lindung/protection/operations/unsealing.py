"""Two people open what is sealed: one asks and says why, a second agrees; it closes by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.protection.clocks import practice
from lindung.protection.events import (
    InformantRead,
    OpenedInDanger,
    OpeningAnswered,
    OpeningAsked,
)
from lindung.protection.models import Case, Complaint, Informant, Opening
from lindung.protection.operations.parts import needed

_SHORTEST_REASON = 10


class SecondPersonNeeded(Refusal):
    """Nobody agrees to their own asking."""

    status = 403
    slug = "second-person-needed"
    title = "Permintaan sendiri tidak dapat disetujui sendiri."
    advice = "Minta rekan yang berwenang di pos atau kementerian menjawabnya."


@operation(Right.CASE_WORK)
def ask_opening(actor: Actor, case_id: UUID, *, reason: str, at: datetime) -> Opening:
    """Ask to read a sealed case; the person it is about reads who asked and why.

    Raises:
        NotFound: no such case, or none this actor may see.
        StepClosed: it is not sealed.
        Incomplete: a reason of fewer than ten letters.
    """
    made = _asked(actor, case_id, reason=reason, at=at)
    made.save(force_insert=True)
    record(OpeningAsked(opening=made.id), actor=actor, about=made)
    return made


@operation(Right.CASE_WORK)
def ask_informant(actor: Actor, complaint_id: UUID, *, reason: str, at: datetime) -> Opening:
    """Ask to know who reported in confidence, and say why; a second person agrees or not.

    Asked again while one's own request waits, it is the one that stands.

    Raises:
        NotFound: no such complaint, or none this actor may see.
        StepClosed: nobody reported it in confidence.
        Incomplete: a reason of fewer than ten letters.
    """
    if len(reason.strip()) < _SHORTEST_REASON:
        raise Incomplete(fields={"reason": "Tulis alasannya; orang kedua membacanya."})
    complaint = Complaint.objects.filter(id=complaint_id).first()
    if complaint is None:
        raise NotFound
    with acting_as(ROBOT):
        # That somebody is protected is no secret; who it is stays where it is.
        if not Informant.objects.filter(complaint_id=complaint_id).exists():
            raise StepClosed(step="open", state="open")
    since = at - timedelta(hours=practice().asking_hours)
    waiting = Opening.objects.filter(
        complaint=complaint, asker_id=actor.id, agreed__isnull=True, asked_at__gt=since
    )
    if (known := waiting.first()) is not None:
        return known
    made = Opening(
        compartment=complaint.id,
        complaint=complaint,
        asker_id=actor.id,
        asker_name=actor.name,
        reason=reason.strip()[:300],
        asked_at=at,
        **complaint.scope(),
    )
    made.save(force_insert=True)
    record(OpeningAsked(opening=made.id), actor=actor, about=made)
    return made


@operation(Right.CASE_READ)
def read_informant(actor: Actor, complaint_id: UUID) -> Informant | None:
    """Who reported in confidence, for who has opened it; the look is recorded without a name.

    Returns:
        nothing while it is not open to this actor.
    """
    found = Informant.objects.filter(complaint_id=complaint_id).select_related("complaint").first()
    if found is not None:
        record(InformantRead(complaint=complaint_id), actor=actor, about=found.complaint)
    return found


@operation(Right.OPENING_AGREE)
def answer_opening(
    actor: Actor, opening_id: UUID, *, agree: bool, at: datetime, remark: str = ""
) -> Opening:
    """The second person's yes or no. Yes opens it to the asker alone, for some hours.

    An opening in danger of life is looked at afterwards by the same step; no ends it at once.

    Raises:
        NotFound: no such request, or none this actor may see.
        SecondPersonNeeded: it is the actor's own.
        StepClosed: it was answered before, or waited too long.
        Incomplete: no without a reason.
    """
    found = Opening.objects.select_for_update(of=("self",)).filter(id=opening_id).first()
    if found is None:
        raise NotFound
    if found.asker_id == actor.id:
        raise SecondPersonNeeded
    waits = timedelta(hours=practice().asking_hours)
    if found.agreed is not None or (not found.emergency and at > found.asked_at + waits):
        raise StepClosed(step="agree", state="answered")
    if not agree:
        needed(remark=remark)
    found.second_id, found.second_name = actor.id, actor.name
    found.answered_at, found.agreed, found.remark = at, agree, remark.strip()[:300]
    if agree and not found.emergency:
        found.until_at = at + timedelta(hours=practice().opening_hours)
    found.save(
        update_fields=[
            "second_id", "second_name", "answered_at", "agreed", "remark", "until_at",
        ]
    )  # fmt: skip
    record(OpeningAnswered(opening=found.id, agreed=agree), actor=actor, about=found)
    return found


@operation(Right.CASE_WORK)
def open_in_danger(actor: Actor, case_id: UUID, *, reason: str, at: datetime) -> Opening:
    """Open a sealed case alone because a life is in danger; somebody else looks at that afterwards.

    Raises:
        NotFound: no such case, or none this actor may see.
        StepClosed: it is not sealed.
        Incomplete: a reason of fewer than ten letters.
    """
    made = _asked(actor, case_id, reason=reason, at=at)
    made.emergency = True
    made.until_at = at + timedelta(hours=practice().opening_hours)
    made.save(force_insert=True)
    record(OpenedInDanger(opening=made.id), actor=actor, about=made)
    return made


def _asked(actor: Actor, case_id: UUID, *, reason: str, at: datetime) -> Opening:
    if len(reason.strip()) < _SHORTEST_REASON:
        raise Incomplete(fields={"reason": "Tulis alasannya; orang yang bersangkutan membacanya."})
    case = Case.objects.filter(id=case_id).first()
    if case is None:
        raise NotFound
    if not case.is_sealed:
        raise StepClosed(step="open", state="open")
    return Opening(
        compartment=case.compartment,
        case=case,
        worker_id=case.worker_id,
        asker_id=actor.id,
        asker_name=actor.name,
        reason=reason.strip()[:300],
        asked_at=at,
        **case.scope(),
    )
