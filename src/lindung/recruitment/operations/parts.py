"""What several operations of the chain share: locks, a step with its signature, quota."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from lindung.access.actors import Actor
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.recruitment import vocabulary
from lindung.recruitment.lifecycles import PAPER, PaperState
from lindung.recruitment.models import Agreement, JobOrder, Signature
from lindung.recruitment.queries import Check, Paper

OTHER = "other"


def locked_agreement(agreement_id: UUID) -> Agreement:
    """One agreement, locked until the transaction ends.

    Raises:
        NotFound: none, or none this actor may see.
    """
    found = Agreement.objects.select_for_update().filter(id=agreement_id).first()
    if found is None:
        raise NotFound
    return found


def locked_order(order_id: UUID) -> JobOrder:
    """One job order with its agreement, the order locked until the transaction ends.

    Raises:
        NotFound: none, or none this actor may see.
    """
    found = (
        JobOrder.objects.select_for_update(of=("self",))
        .select_related("agreement")
        .filter(id=order_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def locked_paper(kind: str, paper_id: UUID) -> Paper:
    """An ``agreement`` or an ``order``, locked until the transaction ends.

    Raises:
        NotFound: neither, none, or none this actor may see.
    """
    if kind == Agreement.kind:
        return locked_agreement(paper_id)
    if kind == JobOrder.kind:
        return locked_order(paper_id)
    raise NotFound


def move(
    actor: Actor,
    paper: Paper,
    step: str,
    *,
    at: datetime,
    reason_code: str = "",
    reason: str = "",
    checks: Sequence[Check] = (),
) -> None:
    """Take one step of a paper and sign it; saves only what the step itself changes."""
    paper.state = PAPER.take(step, PaperState(paper.state))
    paper.since = at
    paper.reason_code, paper.reason = reason_code, reason
    if paper.state == PaperState.RETURNED:
        paper.due_at = vocabulary.due("repair", at, paper.post_id)
    elif paper.state == PaperState.SUBMITTED:
        paper.due_at = vocabulary.due("endorse", at, paper.post_id)
    elif paper.state != PaperState.CHECKED:
        paper.due_at = None
    paper.save()
    Signature.objects.create(
        subject=paper.id,
        step=step,
        by=actor.id,
        by_name=actor.name,
        office=actor.office,
        at=at,
        reason_code=reason_code,
        reason=reason,
        checks=[
            {
                "id": each.id,
                "outcome": each.outcome,
                "override": str(each.override.id) if each.override else None,
            }
            for each in checks
        ],
        **paper.scope(),
    )


def reasoned(step: str, code: str, reason: str) -> str:
    """The reason in words, when the code may be given at this step.

    Raises:
        Incomplete: another code, or "other" without words.
    """
    if code not in dict(vocabulary.reasons(step)):
        raise Incomplete(fields={"reason_code": "Pilih alasan dari daftar."})
    reason = reason.strip()
    if code == OTHER and not reason:
        raise Incomplete(fields={"reason": "Tulis alasannya."})
    return reason


def quota_back(order: JobOrder, places: int) -> None:
    """Give the agreement back places that the order no longer uses."""
    if places:
        Agreement.objects.filter(id=order.agreement_id).update(endorsed=F("endorsed") - places)
