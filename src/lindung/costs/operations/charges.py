"""Payments are told, corrected and withdrawn; money comes back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.costs.components import component as known_component
from lindung.costs.events import (
    ChargeCorrected,
    ChargeTold,
    ChargeWithdrawn,
    RefundConfirmed,
    RefundTold,
    RefundWithdrawn,
)
from lindung.costs.lifecycles import ENTRY, REFUND, EntryState, RefundState
from lindung.costs.models import OWN_SIDE, Charge, How, Loan, Payee, Payer, Refund
from lindung.costs.operations import parts
from lindung.costs.operations.reckoning import settle
from lindung.documents.models import Document
from lindung.kernel.money import Money
from lindung.kernel.refusals import NotFound
from lindung.parties.models import ForeignAgency
from lindung.placement.models import Placement
from lindung.registry.models import Agency, Worker

_MOST_MONTHS = 120


@operation(Right.COST_TELL)
def tell_charge(
    actor: Actor,
    worker_id: UUID,
    *,
    component: str,
    amount: Money,
    paid_on: date,
    payer: str,
    payee: str,
    how: str,
    on: date,
    placement_id: UUID | None = None,
    payee_name: str = "",
    payee_id: UUID | None = None,
    months: int = 1,
    evidence_id: UUID | None = None,
    told_by: str = "",
    is_demo: bool = False,
) -> Charge:
    """Tell of a payment on the way abroad; what the law says of it is judged at once.

    A wage deduction at the destination that takes cost back is a payment like another.

    Args:
        months: for how many months a monthly charge was paid at once.
        payee_id: an agency or a partner that is known here, by the kind of payee.
        evidence_id: a document of this person.
        told_by: for whom an official writes it down; everybody else speaks for themselves.
        on: day of telling, not before the payment.
    Raises:
        NotFound: no such person, placement or document, or none this actor may see.
        NoSuchComponent: nothing is paid for under this code.
        NotAllowed: this actor does not speak for them.
        Incomplete: a sum, a day, a currency or a party that cannot be used.
    """
    worker, placement = parts.of_whom(worker_id, placement_id)
    if payee == Payee.AGENCY and not (payee_id or payee_name.strip()):
        payee_id, payee_name = _own_agency(placement)
    values = _checked(
        worker,
        component=component, amount=amount, paid_on=paid_on, payer=payer, payee=payee, how=how,
        payee_name=payee_name, payee_id=payee_id, months=months, evidence_id=evidence_id, on=on,
    )  # fmt: skip
    return _told(
        actor, worker, placement, values, told_by=parts.voice(actor, told_by), on=on,
        is_demo=is_demo,
    )  # fmt: skip


@operation(Right.COST_TELL)
def correct_charge(
    actor: Actor,
    charge_id: UUID,
    *,
    reason: str,
    on: date,
    component: str,
    amount: Money,
    paid_on: date,
    payer: str,
    payee: str,
    how: str,
    payee_name: str = "",
    payee_id: UUID | None = None,
    months: int = 1,
    evidence_id: UUID | None = None,
) -> Charge:
    """Tell of a payment anew, because it was told wrongly; the first telling is kept.

    What came back of it goes over to the new telling, whoever told of that; only in another
    currency, what this actor does not see of it stays with the first.

    Raises:
        NotFound, Incomplete: as :func:`tell_charge`.
        NotYours: another side told of it.
        StepClosed: it was corrected or withdrawn before.
        MoreThanPaid: more has come back than would have been paid.
    """
    before = parts.locked_charge(charge_id)
    parts.may_take_back(actor, before.told_by)
    why = parts.why(reason)
    before.state = ENTRY.take("correct", EntryState(before.state))
    before.reason = why
    worker, placement = parts.of_whom(before.worker_id, before.placement_id)
    if (payee, payee_name.strip()) == (before.payee, before.payee_name):
        payee_id = payee_id or before.payee_id
    values = _checked(
        worker,
        component=component, amount=amount, paid_on=paid_on, payer=payer, payee=payee, how=how,
        payee_name=payee_name, payee_id=payee_id, months=months, evidence_id=evidence_id, on=on,
    )  # fmt: skip
    kept = list(Refund.objects.filter(charge=before).exclude(state=RefundState.WITHDRAWN))
    if kept and (
        amount.currency != before.currency
        or sum((each.amount for each in kept), Decimal(0)) > amount.amount
    ):
        raise parts.MoreThanPaid
    before.save(update_fields=["state", "reason"])
    made = _stored(worker, placement, values, told_by=before.told_by, on=on, corrects=before,
                   is_demo=before.is_demo)  # fmt: skip
    if made.currency == before.currency:
        # A recruiter sees its own word alone; money that the worker told of comes along all the same.
        with acting_as(ROBOT):
            back = Refund.objects.filter(charge=before).exclude(state=RefundState.WITHDRAWN)
            back.update(charge=made)
    record(
        ChargeCorrected(charge=made.id, before=before.number, number=made.number, reason=why),
        actor=actor,
        about=made,
    )
    settle(made.placement_id, on=on)
    return made


@operation(Right.COST_TELL)
def withdraw_charge(actor: Actor, charge_id: UUID, *, reason: str, on: date) -> Charge:
    """Take back that something was paid; the telling is kept, and counts no more.

    Raises:
        NotFound: no such charge, or none this actor may see.
        NotYours: another side told of it.
        StepClosed: it was corrected or withdrawn before.
        Incomplete: no reason.
    """
    found = parts.locked_charge(charge_id)
    parts.may_take_back(actor, found.told_by)
    found.reason = parts.why(reason)
    found.state = ENTRY.take("withdraw", EntryState(found.state))
    found.save(update_fields=["state", "reason"])
    record(
        ChargeWithdrawn(charge=found.id, number=found.number, reason=found.reason),
        actor=actor,
        about=found,
    )
    settle(found.placement_id, on=on)
    return found


@operation(Right.COST_TELL)
def tell_refund(
    actor: Actor,
    charge_id: UUID,
    *,
    amount: Decimal,
    came_on: date,
    by: str,
    how: str,
    on: date,
    told_by: str = "",
) -> Refund:
    """Tell that part of a payment came back, in the currency it was paid in.

    What the worker's side tells counts at once; what a recruiter tells counts when the worker or an
    officer confirms it.

    Raises:
        NotFound: no such charge, or none this actor may see.
        StepClosed: the charge does not stand.
        MoreThanPaid: together more than was paid.
        Incomplete: no sum, or a day before the payment or still to come.
    """
    charge = parts.locked_charge(charge_id)
    ENTRY.take("correct", EntryState(charge.state))
    teller = parts.voice(actor, told_by)
    wrong = {}
    if not parts.is_sum(amount):
        wrong["amount"] = gettext_noop("Tulis jumlah di atas nol.")
    if parts.wrong_day(came_on, on) or came_on < charge.paid_on:
        wrong["came_on"] = gettext_noop("Hari ini sebelum pembayaran atau belum tiba.")
    if by not in Payee.values:
        wrong["by"] = gettext_noop("Pilih siapa yang mengembalikan.")
    if how not in How.values:
        wrong["how"] = gettext_noop("Pilih caranya.")
    parts.whole(wrong)
    back = Refund.objects.filter(charge=charge).exclude(state=RefundState.WITHDRAWN)
    if sum((each.amount for each in back), Decimal(0)) + amount > charge.amount:
        raise parts.MoreThanPaid
    state = RefundState.CONFIRMED if teller in OWN_SIDE else RefundState.CLAIMED
    made = Refund.objects.create(
        charge=charge,
        worker_id=charge.worker_id,
        amount=amount,
        on=came_on,
        by=by,
        how=how,
        told_by=teller,
        told_on=on,
        state=state,
        confirmed_on=on if state == RefundState.CONFIRMED else None,
        **charge.scope(),
    )
    record(
        RefundTold(
            refund=made.id, number=charge.number, told_by=str(teller.value), state=state.value
        ),
        actor=actor,
        about=made,
    )
    settle(charge.placement_id, on=on)
    return made


@operation(Right.COST_CONFIRM)
def confirm_refund(actor: Actor, refund_id: UUID, *, on: date) -> Refund:
    """Say that money which a recruiter says it gave back did come.

    Raises:
        NotFound: no such refund, or none this actor may see.
        StepClosed: it was confirmed or withdrawn before.
        MoreThanPaid: with what is confirmed already, more than was paid.
    """
    found = _locked_refund(refund_id)
    found.state = REFUND.take("confirm", RefundState(found.state))
    # Who claimed it could not see what others told, so it may be told twice.
    before = Refund.objects.filter(charge_id=found.charge_id, state=RefundState.CONFIRMED)
    if sum((each.amount for each in before), found.amount) > found.charge.amount:
        raise parts.MoreThanPaid
    found.confirmed_on = on
    found.save(update_fields=["state", "confirmed_on"])
    record(RefundConfirmed(refund=found.id, number=found.charge.number), actor=actor, about=found)
    settle(found.charge.placement_id, on=on)
    return found


@operation(Right.COST_CONFIRM)
def refute_refund(actor: Actor, refund_id: UUID, *, reason: str, on: date) -> Refund:
    """Say that money did not come back; the claim is kept with the reason, and counts no more.

    Raises:
        NotFound: no such refund, or none this actor may see.
        StepClosed: it was withdrawn before.
        Incomplete: no reason.
    """
    found = _locked_refund(refund_id)
    found.reason = parts.why(reason)
    found.state = REFUND.take("withdraw", RefundState(found.state))
    found.save(update_fields=["state", "reason"])
    record(
        RefundWithdrawn(refund=found.id, number=found.charge.number, reason=found.reason),
        actor=actor,
        about=found,
    )
    settle(found.charge.placement_id, on=on)
    return found


def who_paid_before(people: Collection[UUID]) -> set[UUID]:
    """Those of these people who paid or borrowed something that belongs to no placement yet."""
    found = set[UUID]()
    for model in (Charge, Loan):
        loose = model._default_manager.filter(worker__id__among=people, placement=None)
        found.update(loose.order_by().values_list("worker_id", flat=True))
    return found


def attach_to(placement: Placement, *, on: date) -> None:
    """Give a placement what its person paid and borrowed before it; part of the caller's operation."""
    scope = placement.scope()
    moved = 0
    for model in (Charge, Loan):
        loose = model._default_manager.filter(worker_id=placement.worker_id, placement=None)
        moved += loose.update(placement=placement, **scope)
    if moved:
        Refund.objects.filter(charge__placement=placement).update(**scope)
        settle(placement.id, on=on)


def _checked(worker: Worker, *, on: date, **given: Any) -> dict[str, Any]:
    """What was told, as columns; refuses with all that is wrong."""
    known_component(given["component"])
    amount: Money = given.pop("amount")
    wrong = {}
    if not parts.is_sum(amount.amount):
        wrong["amount"] = gettext_noop("Tulis jumlah di atas nol.")
    if parts.wrong_currency(amount.currency):
        wrong["currency"] = gettext_noop("Pilih mata uang dari daftar.")
    if parts.wrong_day(given["paid_on"], on):
        wrong["paid_on"] = gettext_noop("Hari ini belum tiba.")
    if not 1 <= given["months"] <= _MOST_MONTHS:
        wrong["months"] = gettext_noop("Tulis untuk berapa bulan: 1 sampai 120.")
    for name, among in (("payer", Payer), ("payee", Payee), ("how", How)):
        if given[name] not in among.values:
            wrong[name] = gettext_noop("Pilih dari daftar.")
    if given["payee_id"] and not _known_party(given["payee"], given["payee_id"]):
        wrong["payee_name"] = gettext_noop("Pihak ini tidak ada dalam daftar.")
    parts.whole(wrong)
    if (
        given["evidence_id"] is not None
        and not Document.objects.filter(id=given["evidence_id"], worker=worker).exists()
    ):
        raise NotFound
    given["payee_name"] = given["payee_name"].strip()
    return given | {"amount": amount.amount, "currency": amount.currency}


def _own_agency(placement: Placement | None) -> tuple[UUID | None, str]:
    """The agency of the placement: who is meant where nobody names another."""
    if placement is None or placement.agency_id is None:
        return None, ""
    found = Agency.objects.filter(id=placement.agency_id).first()
    return (found.id, found.name) if found is not None else (None, "")


def _known_party(payee: str, id_: UUID) -> bool:
    if payee == Payee.AGENCY:
        return Agency.objects.filter(id=id_).exists()
    return payee == Payee.PARTNER and ForeignAgency.objects.filter(id=id_).exists()


def _told(
    actor: Actor, worker: Worker, placement: Placement | None, values: dict[str, Any], **more: Any
) -> Charge:
    made = _stored(worker, placement, values, **more)
    record(
        ChargeTold(
            charge=made.id, number=made.number, component=made.component, told_by=str(made.told_by)
        ),
        actor=actor,
        about=made,
    )
    settle(made.placement_id, on=more["on"])
    return made


def _stored(
    worker: Worker,
    placement: Placement | None,
    values: dict[str, Any],
    *,
    told_by: str,
    on: date,
    corrects: Charge | None = None,
    is_demo: bool = False,
) -> Charge:
    return Charge.objects.create(
        worker=worker,
        placement=placement,
        number=next_number(Series.CHARGE, on=on),
        told_by=told_by,
        told_on=on,
        corrects=corrects,
        is_demo=is_demo,
        **values,
        **parts.scope_of(worker, placement),
    )


def _locked_refund(refund_id: UUID) -> Refund:
    query = Refund.objects.select_for_update(of=("self",)).select_related("charge")
    found = query.filter(id=refund_id).first()
    if found is None:
        raise NotFound
    return found
