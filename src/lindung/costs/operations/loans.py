"""Loans for the way abroad are told, and taken back where there was none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.costs.events import LoanTold, LoanWithdrawn
from lindung.costs.lifecycles import ENTRY, EntryState
from lindung.costs.models import Collateral, Lender, Loan, Per
from lindung.costs.operations import parts
from lindung.costs.operations.reckoning import settle
from lindung.kernel.money import Money
from lindung.kernel.refusals import NotFound


@operation(Right.LOAN_TELL)
def tell_loan(
    actor: Actor,
    worker_id: UUID,
    *,
    lender: str,
    principal: Money,
    taken_on: date,
    on: date,
    placement_id: UUID | None = None,
    lender_name: str = "",
    rate: Decimal | None = None,
    rate_per: str = Per.MONTH.value,
    months: int | None = None,
    instalment: Decimal | None = None,
    from_wages: bool | None = None,
    collateral: str = Collateral.NONE.value,
    told_by: str = "",
    is_demo: bool = False,
) -> Loan:
    """Tell of a loan for the way abroad.

    Args:
        rate: percent, for ``rate_per``; instalment: each month, in the loan's currency.
        from_wages: whether instalments are taken off the wage; None where not known.
        on: day of telling, not before the loan was taken.
    Raises:
        NotFound: no such person or placement, or none this actor may see.
        NotAllowed: this actor does not speak for them.
        Incomplete: a sum, a day, a rate or a currency that cannot be used.
    """
    worker, placement = parts.of_whom(worker_id, placement_id)
    teller = parts.voice(actor, told_by)
    wrong = {}
    if not parts.is_sum(principal.amount):
        wrong["principal"] = gettext_noop("Tulis jumlah di atas nol.")
    if parts.wrong_currency(principal.currency):
        wrong["currency"] = gettext_noop("Pilih mata uang dari daftar.")
    if parts.wrong_day(taken_on, on):
        wrong["taken_on"] = gettext_noop("Hari ini belum tiba.")
    for name, value in (("rate", rate), ("months", months), ("instalment", instalment)):
        if value is not None and (value < 0 or not parts.is_kept_whole(Decimal(value))):
            wrong[name] = gettext_noop("Tidak boleh kurang dari nol.")
    for name, given, among in (
        ("lender", lender, Lender),
        ("rate_per", rate_per, Per),
        ("collateral", collateral, Collateral),
    ):
        if given not in among.values:
            wrong[name] = gettext_noop("Pilih dari daftar.")
    parts.whole(wrong)
    made = Loan.objects.create(
        worker=worker,
        placement=placement,
        lender=lender,
        lender_name=lender_name.strip(),
        principal=principal.amount,
        currency=principal.currency,
        taken_on=taken_on,
        rate=rate,
        rate_per=rate_per,
        months=months,
        instalment=instalment,
        from_wages=from_wages,
        collateral=collateral,
        told_by=teller,
        told_on=on,
        is_demo=is_demo,
        **parts.scope_of(worker, placement),
    )
    record(
        LoanTold(loan=made.id, lender=lender, told_by=str(teller.value)), actor=actor, about=made
    )
    settle(made.placement_id, on=on)
    return made


@operation(Right.LOAN_TELL)
def withdraw_loan(actor: Actor, loan_id: UUID, *, reason: str, on: date) -> Loan:
    """Take back that there is a loan; the telling is kept, and counts no more.

    Raises:
        NotFound: no such loan, or none this actor may see.
        NotYours: another side told of it.
        StepClosed: it was withdrawn before.
        Incomplete: no reason.
    """
    found = Loan.objects.select_for_update().filter(id=loan_id).first()
    if found is None:
        raise NotFound
    parts.may_take_back(actor, found.told_by)
    found.reason = parts.why(reason)
    found.state = ENTRY.take("withdraw", EntryState(found.state))
    found.save(update_fields=["state", "reason"])
    record(LoanWithdrawn(loan=found.id, reason=found.reason), actor=actor, about=found)
    settle(found.placement_id, on=on)
    return found
