"""Going on although a check does not pass: asked by one, given by another, for a time."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.recruitment import queries
from lindung.recruitment.events import OverrideAnswered, OverrideAsked
from lindung.recruitment.lifecycles import OVERRIDE, OverrideState
from lindung.recruitment.models import Override
from lindung.recruitment.operations.parts import locked_paper
from lindung.recruitment.operations.refusals import NotWaivable, SameEyes


@operation(Right.OVERRIDE_ASK)
def ask_override(
    actor: Actor,
    kind: str,
    paper_id: UUID,
    *,
    check: str,
    reason: str,
    expires_on: date,
    at: datetime,
    on: date,
) -> Override:
    """Ask that a paper may go on although one check does not pass; asked twice, it is one wish.

    Args:
        kind: ``agreement`` or ``order``.
        expires_on: the last day on which the exception is to count.
    Raises:
        NotFound: no such paper or check.
        NotWaivable: nobody may let this check pass, or it passes.
        Incomplete: no reason, or a day that has passed.
    """
    paper = locked_paper(kind, paper_id)
    found = next((one for one in queries.checks(actor, paper, on=on) if one.id == check), None)
    if found is None:
        raise NotFound
    if found.wish is not None:
        return found.wish
    if not found.waivable or found.passes:
        raise NotWaivable
    wrong = {}
    if not reason.strip():
        wrong["reason"] = "Tulis alasannya."
    if expires_on < on:
        wrong["expires_on"] = "Hari terakhirnya sudah lewat."
    if wrong:
        raise Incomplete(fields=wrong)
    made = Override(
        subject=paper.id,
        paper=kind,
        check_id=check,
        asked_by=actor.id,
        asked_name=actor.name,
        asked_at=at,
        asked_reason=reason.strip(),
        expires_on=expires_on,
        **paper.scope(),
    )
    made.save(force_insert=True)
    record(OverrideAsked(number=paper.number, check=check), actor=actor, about=paper)
    return made


@operation(Right.OVERRIDE_GIVE)
def answer_override(
    actor: Actor, override_id: UUID, *, give: bool, reason: str, at: datetime, on: date
) -> Override:
    """Give or deny an exception that somebody else asked for, with a reason.

    Raises:
        NotFound: no such wish, or none this actor may see.
        StepClosed: it is answered already.
        SameEyes: the actor asked for it.
        Incomplete: no reason, or its last day has passed.
    """
    one = Override.objects.select_for_update().filter(id=override_id).first()
    if one is None:
        raise NotFound
    one.state = OVERRIDE.take("give" if give else "deny", OverrideState(one.state))
    if one.asked_by == actor.id:
        raise SameEyes
    if not reason.strip():
        raise Incomplete(fields={"reason": "Tulis alasannya."})
    if give and one.expires_on < on:
        raise Incomplete(fields={"expires_on": "Hari terakhirnya sudah lewat."})
    one.answered_by, one.answered_name, one.answered_at = actor.id, actor.name, at
    one.answered_reason = reason.strip()
    one.save()
    paper = queries.paper(one.paper, one.subject)
    record(
        OverrideAnswered(number=paper.number, check=one.check_id, given=give),
        actor=actor,
        about=paper,
    )
    return one
