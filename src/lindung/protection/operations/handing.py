"""A case goes to another person or post: never hidden, never begun anew."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Model

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.models import Post
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.protection.events import CaseHandedOver
from lindung.protection.models import (
    Case,
    CaseLink,
    CaseNote,
    CasePause,
    CaseTask,
    Complaint,
    ContactAttempt,
    Escalation,
    Evidence,
    HandOver,
    Hearing,
    Opening,
    Sanction,
    SealedPart,
    TrackStep,
)
from lindung.protection.operations.parts import changed, locked, needed, still_open

# Rows that go with the case to its new post. What the old post gave away it keeps as a HandOver.
_GOES_ALONG: tuple[type[Model], ...] = (
    SealedPart, CaseNote, Evidence, CaseTask, CasePause, ContactAttempt, CaseLink, TrackStep,
    Escalation, Opening, Hearing, Sanction,
)  # fmt: skip


@operation(Right.CASE_WORK)
def hand_over(
    actor: Actor,
    case_id: UUID,
    *,
    reason: str,
    at: datetime,
    to_id: UUID | None = None,
    to_name: str = "",
    post_id: int | None = None,
    version: int | None = None,
) -> Case:
    """Give a case to a person, or to another post's duty. Its clocks go on as they were.

    The post that gave it keeps reading what was its own until then, and how it stands now.

    Args:
        to_id: the person's account; with their name.
        post_id: another post, whose duty owns it until somebody there takes it.
    Raises:
        NotFound: no such case or post, or none this actor may see.
        Conflict: somebody changed it meanwhile.
        StepClosed: it has ended.
        Incomplete: no reason, or neither a person nor another post.
    """
    needed(reason=reason)
    case = still_open(locked(case_id, version), "hand over")
    if to_id is None and (post_id is None or post_id == case.post_id):
        raise Incomplete(fields={"to": "Pilih orang atau pos lain."})
    post = Post.objects.filter(id=post_id).first() if post_id is not None else None
    if post_id is not None and post is None:
        raise NotFound
    kept = HandOver(
        case=case,
        worker_id=case.worker_id,
        at=at,
        by_name=actor.name,
        from_owner=case.owner,
        to_owner=to_name if to_id else "",
        to_post_id=post_id,
        reason=reason.strip()[:300],
        **case.scope(),
    )
    kept.save(force_insert=True)
    to = to_name
    told = CaseHandedOver(case=case.id, number=case.number, to=to or (post.name if post else ""))
    record(told, actor=actor, about=case)
    # From here the case may be out of the giver's scope; only our robot reaches over that line.
    with acting_as(ROBOT):
        if post is not None and post.id != case.post_id:
            case.post_id, case.country = post.id, post.country
            for model in _GOES_ALONG:
                model._default_manager.filter(case_id=case.id).update(
                    post_id=post.id, country=post.country
                )
            if case.complaint_id is not None:
                Complaint.objects.filter(id=case.complaint_id).update(
                    post_id=post.id, country=post.country
                )
        case.owner_id, case.owner_name = to_id, to_name if to_id else ""
        case.duty_role = "attache" if case.post_id else "ministry_officer"
        changed(case, "post_id", "country", "owner_id", "owner_name", "duty_role")
    return case
