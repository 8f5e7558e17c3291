"""What loans weigh: each month against a month's wage, and all that is owed against a year's.

Interest is reckoned as lenders without a plan tell it: simple, on the whole principal. Where an
instalment and a length are told, they go before any rate. The threshold that is shown is practice
(``practice.yaml``), never a breach of law.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lindung.costs import practice
from lindung.costs.models import Loan, Per
from lindung.kernel.money import Money
from lindung.kernel.quantities import Quantity
from lindung.reference.queries.money import NoPublishedRate, convert

_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Burden:
    """All loans of one person beside the wage.

    Attributes:
        monthly, owed: in the wage's currency; None where nothing could be reckoned.
        share_of_month: instalments in a month's wage; share_of_year: all owed in a year's wage.
            Shares of one (0.3 is thirty percent); None without a wage or a rate.
        partial: some loan could not be counted in.
        warning: what practice warns of, where the debt reaches it.
    """

    monthly: Money | None
    owed: Money | None
    share_of_month: Decimal | None
    share_of_year: Decimal | None
    partial: bool
    warning: practice.Warning | None


def interest(loan: Loan) -> Money | None:
    """All interest of a loan; None where neither instalments nor a rate are known."""
    if loan.instalment is not None and loan.months:
        paid = Money(loan.instalment * loan.months, loan.currency)
        return max(paid - loan.borrowed, Money.zero(loan.currency))
    if loan.rate is None:
        return None
    whole = loan.principal * loan.rate / 100
    if loan.rate_per == Per.WHOLE:
        return Money(whole, loan.currency)
    if not loan.months:
        return None
    per = loan.months if loan.rate_per == Per.MONTH else Decimal(loan.months) / _MONTHS_A_YEAR
    return Money(whole * per, loan.currency)


def instalment(loan: Loan) -> Money | None:
    """What is paid each month: as told, else principal and interest over the months."""
    if loan.instalment is not None:
        return Money(loan.instalment, loan.currency)
    if not loan.months or (due := interest(loan)) is None:
        return None
    return Money((loan.principal + due.amount) / loan.months, loan.currency)


def burden(loans: Iterable[Loan], wage: Quantity | None, *, on: date) -> Burden:
    """The weight of all loans that stand.

    Args:
        wage: a month's contract wage; without one, loans of one currency are added up bare.
        on: the day of the practice that warns. Loans are exchanged at the day they were taken.
    """
    rows = list(loans)
    currency = wage.unit.measure if wage is not None else (rows[0].currency if rows else "")
    partial = False
    monthly, owed = [], []
    for loan in rows:
        due, each = interest(loan), instalment(loan)
        partial = partial or due is None or each is None
        try:
            owed.append(_in(loan.borrowed + due if due else loan.borrowed, currency, loan))
            if each is not None:
                monthly.append(_in(each, currency, loan))
        except NoPublishedRate:
            partial = True
    month = Money.total(monthly, currency) if monthly else None
    total = Money.total(owed, currency) if owed else None
    earned = wage.amount if wage is not None and wage.amount else None
    of_year = total.amount / (earned * _MONTHS_A_YEAR) if total and earned else None
    known = practice.debt_warning(on=on)
    reached = known is not None and of_year is not None and of_year * 100 >= known.share_of_year_pay
    return Burden(
        monthly=month,
        owed=total,
        share_of_month=month.amount / earned if month and earned else None,
        share_of_year=of_year,
        partial=partial,
        warning=known if reached else None,
    )


def _in(amount: Money, currency: str, loan: Loan) -> Money:
    return Money(convert(amount, currency, loan.taken_on).exact, currency)
