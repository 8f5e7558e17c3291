"""What a month's work is worth by contract and law, and where each part of it comes from.

The set-based question (``sql/underpayment.sql``) and the sum that a worker reads (``queries.my_months``) take
the law from here, so that both say the same. What the law of a month does not say for certain is no part of
the sum: it becomes a gap, which a person checks.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lindung.kernel.quantities import Quantity, Unit
from lindung.kernel.refusals import NotFound
from lindung.regulations.conditions import Context
from lindung.regulations.contracts import applicable, derive
from lindung.regulations.lawbook import law
from lindung.regulations.shapes import Conversion, Parameter
from lindung.regulations.shapes import number as number_of
from lindung.regulations.verdicts import (
    BREAKS,
    NEEDS_CHECK,
    Verdict,
    check,
    reading_of,
    reference_of,
)

FLOOR, OVERTIME = "minimum_wage", "overtime_premium"
MONTHLY, HOURLY = "wage.monthly_ordinary", "wage.hourly_equivalent"
WEEKLY = "hours.weekly_regular"
# Nothing is below these, so a rule that binds at all is broken by them and names its own value.
_NEXT_TO_NOTHING, _NOTHING = Decimal("0.0001"), Decimal(0)
# Large, so that a conversion that rounds to cents does not show.
_A_WAGE = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work, as rules tell them apart.

    Attributes:
        weekly: regular hours a week by contract; signed_on: only where a rule goes by it.
    """

    country: str
    dest_region: str
    sector: str
    scheme: str
    occupation: str
    weekly: Decimal | None
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A rule that nobody may rely on for that month, and why (a code of ``sentences``)."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Law:
    """What the law of one month says of one kind of work.

    Attributes:
        floor: least wage of a month, in the rule's currency; None where none is certain.
        hourly: an hour's part of a month's wage; None without an official divisor.
        premium: percent on top of an hour of overtime.
    """

    floor: Decimal | None
    currency: str
    floor_verdict: Verdict | None
    hourly: Decimal | None
    conversion: Conversion | None
    premium: Decimal | None
    premium_verdict: Verdict | None
    gaps: tuple[Gap, ...]


@functools.cache
def signed_countries() -> tuple[str, ...]:
    """Countries of which a minimum wage goes by the day of signing."""
    return tuple(
        sorted(
            {
                rule.jurisdiction
                for rule in law().parameters.values()
                if rule.category == FLOOR and reference_of(rule) == "signed"
            }
        )
    )


@functools.cache
def signing_borders() -> tuple[date, ...]:
    """Days on which a minimum wage that goes by signing may change, in order; what was signed between two is alike.

    The first is the beginning of time. A value begins or ends, or is no longer known to hold, or a doubt does.
    """
    days = {date.min}
    for rule in law().parameters.values():
        if rule.category != FLOOR or reference_of(rule) != "signed":
            continue
        spans = [(each.effective_from, each.effective_to) for each in rule.values]
        spans += [(each.start, each.end) for each in reading_of(rule).doubts]
        spans.append((None, rule.verified_through))
        days |= {start for start, _end in spans if start is not None}
        days |= {end + timedelta(days=1) for _start, end in spans if end is not None}
    return tuple(sorted(days))


@functools.lru_cache(maxsize=65_536)
def law_of(work: Work, month: date) -> Law:
    """The law of a month, read by its last day; of signing, where the rule goes by that."""
    last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    facts = {} if work.weekly is None else {WEEKLY: work.weekly}
    context = Context(
        signed_on=work.signed_on,
        work_on=last,
        sector=work.sector,
        scheme=work.scheme,
        region=work.dest_region,
        occupation=work.occupation,
        destination=work.country,
        facts=facts,
    )
    try:
        rules = applicable(
            jurisdictions=(work.country,),
            sector=work.sector,
            scheme=work.scheme,
            region=work.dest_region,
            occupation=work.occupation,
            on=last,
        )
    except NotFound:
        return Law(None, "", None, None, None, None, None, (Gap("", "no_rules"),))
    hourly, conversion = _an_hour(work.country, context, last)
    gaps: list[Gap] = []
    floor, currency, floor_verdict = _floor(rules, context, last, work, hourly, gaps)
    premium, premium_verdict = _premium(rules, context, last, gaps)
    if hourly is None:
        gaps.append(Gap(HOURLY, "no_divisor"))
    return Law(
        floor, currency, floor_verdict, hourly, conversion, premium, premium_verdict, tuple(gaps)
    )


def _an_hour(country: str, context: Context, day: date) -> tuple[Decimal | None, Conversion | None]:
    for each in law().jurisdictions[country].readings.conversions:
        # An estimate is no ground for a claim.
        if each.approximate or each.field != HOURLY or each.source_field != MONTHLY:
            continue
        measure = Unit.parse(each.unit).measure
        facts = {**context.facts, MONTHLY: Quantity(_A_WAGE, Unit(measure, "month"))}
        found = derive(each, facts, context, day)
        if found is not None:
            return found.amount / _A_WAGE, each
    return None, None


def _floor(
    rules: Iterable[Parameter],
    context: Context,
    day: date,
    work: Work,
    hourly: Decimal | None,
    gaps: list[Gap],
) -> tuple[Decimal | None, str, Verdict | None]:
    """The highest wage floor that certainly binds, for a month."""
    best: tuple[Decimal | None, str, Verdict | None] = (None, "", None)
    for rule in rules:
        if rule.category != FLOOR or rule.rule != "minimum" or "/" not in rule.unit:
            continue
        unit = Unit.parse(rule.unit)
        by_signing = reference_of(rule) == "signed"
        if by_signing and work.signed_on is None:
            gaps.append(Gap(rule.id, "no_day_of_signing"))
            continue
        on = work.signed_on if by_signing and work.signed_on else day
        said = check(rule, Quantity(_NEXT_TO_NOTHING, unit), on=on, context=context)
        value = number_of(said.required)
        if said.outcome == NEEDS_CHECK or value is None:
            gaps.append(Gap(rule.id, said.reason))
            continue
        if said.outcome != BREAKS:
            continue
        if unit.per == "hour":
            # Without an official divisor an hourly floor says nothing certain of a month.
            month = value / hourly if hourly else None
        else:
            month = value if unit.per == "month" else None
        if month is not None and (best[0] is None or month > best[0]):
            best = (month, unit.measure, said)
    return best


def _premium(
    rules: Iterable[Parameter], context: Context, day: date, gaps: list[Gap]
) -> tuple[Decimal | None, Verdict | None]:
    """The least premium on overtime that certainly binds."""
    best: tuple[Decimal | None, Verdict | None] = (None, None)
    for rule in rules:
        if rule.category != OVERTIME or rule.contract_field != "wage.overtime_premium_percent":
            continue
        said = check(rule, _NOTHING, on=day, context=context)
        value = number_of(said.required)
        if said.outcome == NEEDS_CHECK or value is None:
            gaps.append(Gap(rule.id, said.reason))
        elif best[0] is None or value < best[0]:
            best = (value, said)
    return best


def months_before(on: date, count: int) -> list[date]:
    """First days of so many whole months before a day, the last first."""
    found, first = [], on.replace(day=1)
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    return found
