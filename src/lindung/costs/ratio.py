"""SDG 10.7.1: what a worker paid to get the job, in months of what the job pays.

Sources: SDG metadata of 10.7.1 (ILO, World Bank); docs/how-to/costs.md says how it is
read here. One ratio a worker, kept one by one: a ratio of means would be another number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from lindung.costs import burden, ledger
from lindung.costs.models import OWN_SIDE, Capture, Loan
from lindung.kernel.money import Money
from lindung.placement.models import Placement
from lindung.reference.queries.money import NoPublishedRate, convert

NO_COSTS, NO_EARNINGS, NO_RATE = "costs", "earnings", "rate"
# Groups of fewer people are not published: somebody could be recognised.
FEWEST = 5
_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One worker's costs, earnings and ratio; without a ratio, ``missing`` says why."""

    costs: Money | None
    earnings: Money | None
    ratio: Decimal | None
    missing: str


@dataclass(frozen=True, slots=True)
class Spread:
    """How ratios lie. None where the group is too small to be published."""

    n: int | None
    mean: Decimal | None
    quartile1: Decimal | None
    median: Decimal | None
    quartile3: Decimal | None
    p90: Decimal | None

    @property
    def shown(self) -> bool:
        """Whether there are people enough."""
        return self.n is not None


HIDDEN = Spread(None, None, None, None, None, None)


def reckon(placement: Placement) -> Reckoned:
    """One worker's ratio for one job.

    Costs are all that worker or family paid, net of what came back, with the interest of loans and
    wage deductions that recover cost, each exchanged at its day. A component of which no payment is
    told is taken from the newest answer of a capture. Earnings are the month's wage of the first
    contract; where the worker tells of another wage, that one with what is deducted added back.
    """
    entries = ledger.entries_of(placement.id)
    loans = ledger.loans_of(placement.id)
    captures = list(Capture.objects.filter(placement=placement))
    wage = ledger.work_of(placement).wage
    told = ledger.told_wage(placement.id)
    earned = told or wage
    told_any = any(each.counts for each in entries) or bool(captures) or bool(loans)
    if earned is None or not earned.amount:
        return Reckoned(None, None, None, NO_EARNINGS)
    currency = earned.unit.measure
    earnings = Money(earned.amount, currency)
    if not told_any:
        return Reckoned(None, earnings, None, NO_COSTS)
    try:
        if told is not None:
            earnings = _with_deductions(earnings, entries)
        costs = _costs(entries, loans, captures, currency)
    except NoPublishedRate:
        return Reckoned(None, earnings, None, NO_RATE)
    ratio = (costs.amount / earnings.amount).quantize(_PLACES, ROUND_HALF_UP)
    return Reckoned(costs, earnings, ratio, "")


def spread(ratios: Iterable[Decimal]) -> Spread:
    """Number, mean, quartiles and ninetieth percentile; hidden under five people.

    Percentiles lie between the two nearest ratios in proportion (as PostgreSQL's percentile_cont).
    """
    rows = sorted(ratios)
    if len(rows) < FEWEST:
        return HIDDEN
    return Spread(
        n=len(rows),
        mean=sum(rows, Decimal(0)) / len(rows),
        quartile1=_at(rows, Decimal("0.25")),
        median=_at(rows, Decimal("0.5")),
        quartile3=_at(rows, Decimal("0.75")),
        p90=_at(rows, Decimal("0.9")),
    )


def _at(rows: Sequence[Decimal], share: Decimal) -> Decimal:
    place = share * (len(rows) - 1)
    below = int(place)
    above = min(below + 1, len(rows) - 1)
    return rows[below] + (rows[above] - rows[below]) * (place - below)


def _with_deductions(earnings: Money, entries: Sequence[ledger.Entry]) -> Money:
    for each in entries:
        if each.counts and (monthly := each.recovered_monthly) is not None:
            earnings += _in(monthly, earnings.currency, each.charge.paid_on)
    return earnings


def _costs(
    entries: Sequence[ledger.Entry],
    loans: Iterable[Loan],
    captures: Sequence[Capture],
    currency: str,
) -> Money:
    counting = [each for each in entries if each.counts]
    own = {each.charge.component for each in counting if each.charge.told_by in OWN_SIDE}
    answered = _answered(captures, without=own)
    total = Money.zero(currency)
    for each in counting:
        if each.charge.component not in answered:
            total += _in(each.net, currency, each.charge.paid_on)
    for capture, amount in answered.values():
        total += _in(Money(amount, capture.currency), currency, capture.answered_on)
    for loan in loans:
        if (due := burden.interest(loan)) is not None:
            total += _in(due, currency, loan.taken_on)
    return total


def _answered(
    captures: Sequence[Capture], *, without: set[str]
) -> dict[str, tuple[Capture, Decimal]]:
    """Component → the newest answer, for components of which the worker's side told no payment."""
    found: dict[str, tuple[Capture, Decimal]] = {}
    for capture in captures:
        for component, amount in capture.lines.items():
            if component not in without:
                found[component] = (capture, Decimal(amount))
    return found


def _in(amount: Money, currency: str, on: date) -> Money:
    return Money(convert(amount, currency, on).exact, currency)
