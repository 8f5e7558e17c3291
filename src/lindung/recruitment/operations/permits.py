"""The ministry's leave to recruit for one job order."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.days import add_months
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.recruitment import partners, queries, vocabulary
from lindung.recruitment.events import PermitDenied, PermitIssued, PermitRequested
from lindung.recruitment.lifecycles import PERMIT, PaperState, PermitState
from lindung.recruitment.models import RecruitmentPermit
from lindung.recruitment.operations.parts import locked_order, reasoned
from lindung.recruitment.operations.refusals import OrderClosed
from lindung.regulations.verdicts import NEEDS_CHECK


@operation(Right.PERMIT_ASK)
def request_permit(actor: Actor, order_id: UUID, *, at: datetime, on: date) -> RecruitmentPermit:
    """Ask for leave to recruit for an endorsed order; asked twice, it is the same wish.

    Raises:
        NotFound: no such order, or none this actor may see.
        OrderClosed: it is not endorsed, or over.
    """
    order = locked_order(order_id)
    if order.state != PaperState.ENDORSED or order.valid_to < on:
        raise OrderClosed
    open_ = [PermitState.REQUESTED, PermitState.ISSUED]
    if known := RecruitmentPermit.objects.filter(order=order, state__in=open_).first():
        return known
    made = RecruitmentPermit(
        order=order,
        number=next_number(Series.PERMIT, on=on),
        requested_at=at,
        requested_by=actor.id,
        # The ministry decides, on its own calendar.
        due_at=vocabulary.due("permit", at, None),
        **order.scope(),
    )
    made.save(force_insert=True)
    record(PermitRequested(number=made.number, order=order.id), actor=actor, about=made)
    return made


@operation(Right.PERMIT_ISSUE)
def issue_permit(
    actor: Actor,
    permit_id: UUID,
    *,
    at: datetime,
    on: date,
    valid_to: date | None = None,
    reason: str = "",
) -> RecruitmentPermit:
    """Give leave to recruit, for as long as the rule of that day says, at most the order's time.

    Args:
        valid_to: the last day, where no confirmed rule says how long; with the reason for it.
    Raises:
        NotFound: no such wish, or none this actor may see.
        StepClosed: it is decided already.
        OrderClosed: the order is no longer in force.
        Incomplete: no rule says how long, and no day with a reason was given.
        Refusal: the recruiter may not work (``parties``).
    """
    permit = _locked(permit_id)
    permit.state = PERMIT.take("issue", PermitState(permit.state))
    order = locked_order(permit.order_id)
    if order.state != PaperState.ENDORSED or order.valid_to < on:
        raise OrderClosed
    if refusal := partners.unable(order.agency_id, on=on):
        raise refusal
    length = queries.permit_length(on)
    if length.months is not None:
        last = min(add_months(on, length.months), order.valid_to)
    else:
        wrong = {}
        if valid_to is None or not on <= valid_to <= order.valid_to:
            wrong["valid_to"] = "Pilih hari terakhir, paling lambat akhir permintaan."
        if not reason.strip():
            wrong["reason"] = "Aturan lamanya belum dipastikan; tulis dasar putusan Anda."
        if wrong or valid_to is None:
            raise Incomplete(fields=wrong)
        last = valid_to
    permit.valid_from, permit.valid_to = on, last
    permit.decided_by, permit.decided_at = actor.id, at
    permit.basis = length.basis
    permit.outcome = length.outcome
    permit.reason = reason.strip() if length.outcome == NEEDS_CHECK else ""
    permit.save()
    record(
        PermitIssued(number=permit.number, order=order.id, valid_to=last),
        actor=actor,
        about=permit,
        basis=length.basis,
    )
    return permit


@operation(Right.PERMIT_ISSUE)
def refuse_permit(
    actor: Actor, permit_id: UUID, *, reason_code: str, reason: str = "", at: datetime
) -> RecruitmentPermit:
    """Refuse leave to recruit, with a reason of the list.

    Raises:
        NotFound, StepClosed: none, or decided already.
        Incomplete: no reason of the list.
    """
    return _deny(actor, permit_id, "refuse", reason_code, reason, at)


@operation(Right.PERMIT_ISSUE)
def revoke_permit(
    actor: Actor, permit_id: UUID, *, reason_code: str, reason: str = "", at: datetime
) -> RecruitmentPermit:
    """Take leave to recruit back, with a reason of the list; nobody new takes a place then.

    Raises:
        NotFound, StepClosed: none, or not in force.
        Incomplete: no reason of the list.
    """
    return _deny(actor, permit_id, "revoke", reason_code, reason, at)


def _deny(
    actor: Actor, permit_id: UUID, step: str, reason_code: str, reason: str, at: datetime
) -> RecruitmentPermit:
    words = reasoned(step, reason_code, reason)
    permit = _locked(permit_id)
    permit.state = PERMIT.take(step, PermitState(permit.state))
    permit.reason_code = reason_code
    permit.reason = words or permit.reason
    permit.decided_by, permit.decided_at = actor.id, at
    permit.save()
    record(
        PermitDenied(
            number=permit.number,
            order=permit.order_id,
            state=permit.state,
            reason_code=reason_code,
        ),
        actor=actor,
        about=permit,
    )
    return permit


def _locked(permit_id: UUID) -> RecruitmentPermit:
    permit = RecruitmentPermit.objects.select_for_update().filter(id=permit_id).first()
    if permit is None:
        raise NotFound
    return permit
