"""What a worker paid against what the law allows, on the day it was paid.

Which rule speaks of which charges is data (``ceilings.yaml``), the figures are the law's own
(``/regulations``). Payments are tested by the value in force on their own day: those paid under one
dated value make one verdict together, those paid on a day for which the value is not confirmed
another. Whatever nobody can say (no confirmed value, no published rate, no wage, no known payee) is
for a person; the law's last known value is then a hint and never a breach.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

from lindung.kernel.money import Money
from lindung.kernel.quantities import Quantity, Unit
from lindung.reference.queries.money import NoPublishedRate, convert
from lindung.regulations.conditions import Context
from lindung.regulations.contracts import applicable
from lindung.regulations.lawbook import chosen_row, law, parameter
from lindung.regulations.shapes import Parameter, number
from lindung.regulations.verdicts import (
    BREAKS,
    MEETS,
    NEEDS_CHECK,
    Cure,
    Found,
    Outcome,
    Verdict,
    check,
    outcome_order,
    required_conditions,
)

Base = Literal["sum", "wage_share", "monthly", "any", "employer_bears"]
UNKNOWN_PAYEE = "unknown"
# Whoever was paid gives back, where a rule names nobody.
RECEIVER = "receiver"
YEAR = "contract.year"
_MONTHS_A_YEAR = 12
# Reasons of our own beside those of the law's verdicts; kept with decisions, so never reused.
NO_RATE, NO_WAGE, NO_PAYEE, EASED, NO_LENGTH = (
    "no_published_rate",
    "wage_missing",
    "payee_unknown",
    "eased_elsewhere",
    "length_missing",
)


class Ceiling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which charges one rule speaks of, and how they are measured; see the head of the file."""

    components: tuple[str, ...]
    base: Base
    refunds: str
    payees: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    per_contract_year: bool = False
    facts: dict[str, str] = {}
    steps: dict[int, int | str] = {}
    occupations: dict[str, tuple[str, ...]] = {}
    doubted_by: tuple[str, ...] = ()


@cache
def ceilings() -> dict[str, Ceiling]:
    """Every ceiling by the id of its rule.

    Raises:
        NoSuchRule: an id names no rule of the law's files.
    """
    found = msgspec.yaml.decode(
        (Path(__file__).parent / "ceilings.yaml").read_bytes(), type=dict[str, Ceiling]
    )
    for id_ in found:
        parameter(id_)
    return found


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment of the worker or family, net of what came back.

    Attributes:
        id: of the charge.
        months: for how many months it was paid at once.
    """

    id: UUID
    component: str
    net: Money
    paid_on: date
    payee: str
    months: int = 1


@dataclass(frozen=True, slots=True)
class Work:
    """What is known of the work.

    Attributes:
        wage: a month's contract wage, ``CUR/month``; None where no contract says it.
        begins: first day of work; None where not known.
        months: length of the contract.
    """

    jurisdictions: tuple[str, ...]
    context: Context
    wage: Quantity | None = None
    begins: date | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule's verdict on some payments.

    Attributes:
        since: first day of the dated value used; None where the law names none.
        excess: what would have to come back to be lawful; None where no sum can be said.
        refunds: kind of payee who gives it back; ``receiver`` where several were paid.
        charges: the payments it speaks of.
    """

    verdict: Verdict
    since: date | None
    excess: Money | None
    refunds: str
    charges: tuple[UUID, ...]

    @property
    def paid_on(self) -> date:
        """The day of payment by which the rule was read: the last of these payments."""
        return self.verdict.on


def judge(payments: Sequence[Paid], work: Work) -> tuple[Judged, ...]:
    """Every verdict on what was paid, breaches first.

    Charges that came back in full are tested too: they meet their rule.
    """
    found: list[Judged] = []
    for rule, ceiling in _rules_for(work):
        meant = [each for each in payments if _speaks_of(ceiling, each)]
        groups = _by_value(rule, meant, ceiling, work)
        tested = (_test(rule, ceiling, group, work) for group in groups)
        found += [each for each in tested if each is not None]
    found.sort(
        key=lambda each: (
            outcome_order(each.verdict.outcome), each.verdict.parameter, each.paid_on,
        )
    )  # fmt: skip
    return tuple(found)


def _rules_for(work: Work) -> list[tuple[Parameter, Ceiling]]:
    known = law().jurisdictions
    context = work.context
    rules = applicable(
        jurisdictions=[code for code in work.jurisdictions if code in known],
        sector=context.sector,
        scheme=context.scheme,
        region=context.region,
        occupation=context.occupation,
    )
    listed = ceilings()
    return [
        (rule, listed[rule.id])
        for rule in rules
        if rule.id in listed and required_conditions(rule, context) is not False
    ]


def _speaks_of(ceiling: Ceiling, paid: Paid) -> bool:
    if paid.component not in ceiling.components:
        return False
    if ceiling.currencies and paid.net.currency not in ceiling.currencies:
        return False
    return not ceiling.payees or paid.payee in (*ceiling.payees, UNKNOWN_PAYEE)


def _by_value(
    rule: Parameter, payments: Iterable[Paid], ceiling: Ceiling, work: Work
) -> list[list[Paid]]:
    """Payments under one dated value, equally sure, and one year of the contract, together."""
    groups: dict[tuple[object, ...], list[Paid]] = defaultdict(list)
    for each in payments:
        row, doubt = chosen_row(rule, each.paid_on)
        step = _step(ceiling, work, each.paid_on) if ceiling.steps else None
        groups[(row.effective_from if row else None, doubt, step)].append(each)
    return [sorted(group, key=lambda each: each.paid_on) for group in groups.values()]


def _step(ceiling: Ceiling, work: Work, day: date) -> int | str | None:
    """What the rule calls the year of the contract in which a day lies; None where not known."""
    if work.begins is None:
        return None
    year = max(1, day.year - work.begins.year + (0 if _reached(day, work.begins) else -1) + 1)
    return ceiling.steps[max(each for each in ceiling.steps if each <= year)]


def _reached(day: date, begins: date) -> bool:
    """Whether the anniversary has come in the year of the day; 29 February counts on the 28th."""
    last = calendar.monthrange(day.year, begins.month)[1]
    return (day.month, day.day) >= (begins.month, min(begins.day, last))


def _test(rule: Parameter, ceiling: Ceiling, group: list[Paid], work: Work) -> Judged | None:
    if not _listed(rule, ceiling, group, work):
        return None
    named = [each for each in group if each.payee != UNKNOWN_PAYEE or not ceiling.payees]
    verdict, open_ = _verdict(rule, ceiling, group, work)
    if verdict.outcome == BREAKS and len(named) < len(group):
        sure = _verdict(rule, ceiling, named, work)[0] if named else None
        if sure is None or sure.outcome != BREAKS:
            verdict = _for_a_person(verdict, NO_PAYEE)
    if open_ and verdict.outcome == MEETS:
        verdict = _for_a_person(verdict, open_)
    if verdict.outcome == BREAKS and _eased(ceiling, work, verdict.on):
        verdict = _for_a_person(verdict, EASED)
    return Judged(
        verdict=verdict,
        since=verdict.since,
        excess=_excess(rule, ceiling, verdict, group, work) if verdict.outcome == BREAKS else None,
        refunds=_gives_back(ceiling, group),
        charges=tuple(each.id for each in group),
    )


def _verdict(
    rule: Parameter, ceiling: Ceiling, group: Sequence[Paid], work: Work
) -> tuple[Verdict, str]:
    """The verdict, and why it may not be relied on where it finds nothing wrong."""
    on = group[-1].paid_on
    found, open_ = _found(rule, ceiling, group, work)
    facts = dict(work.context.facts) | ceiling.facts
    if ceiling.steps and (step := _step(ceiling, work, on)) is not None:
        facts[YEAR] = step
    context = replace(work.context, facts=facts)
    verdict = check(rule, found, on=on, context=context)
    if open_ in (NO_WAGE, NO_LENGTH):
        # Nothing was measured, so what the comparison said of a nought means nothing.
        return _for_a_person(verdict, open_), open_
    if ceiling.base == "employer_bears" and found is True and verdict.outcome == NEEDS_CHECK:
        verdict = _settled(verdict, MEETS, "meets", words_only=True)
    if ceiling.occupations and work.context.occupation:
        verdict = _listed_job(verdict, group)
    return verdict, open_


def _found(
    rule: Parameter, ceiling: Ceiling, group: Sequence[Paid], work: Work
) -> tuple[Found, str]:
    """What is measured, in the rule's unit, and what could not be."""
    if ceiling.base == "employer_bears":
        return not any(each.net for each in group), ""
    if ceiling.base == "any":
        return _any(group), ""
    if ceiling.base == "wage_share":
        return _share(rule, ceiling, group, work)
    currency = rule.unit.partition("/")[0]
    if ceiling.base == "monthly":
        months, open_ = _months(group, currency)
        return Quantity(max(months.values(), default=Decimal(0)), _unit(rule)), open_
    total, open_ = _total(group, currency)
    return Quantity(total.amount, _unit(rule)), open_


def _unit(rule: Parameter) -> Unit:
    return Unit.parse(rule.unit)


def _any(group: Sequence[Paid]) -> Found:
    """All of it in one currency where it is one; else whether there is any."""
    paid = [each.net for each in group if each.net]
    currencies = {each.currency for each in paid}
    if len(currencies) == 1:
        return Money.total(paid, currencies.pop())
    return bool(paid)


def _share(
    rule: Parameter, ceiling: Ceiling, group: Sequence[Paid], work: Work
) -> tuple[Found, str]:
    nothing = Quantity(Decimal(0), _unit(rule))
    if work.wage is None or not work.wage.amount:
        return nothing, NO_WAGE
    years = Decimal(1)
    if ceiling.per_contract_year:
        if not work.months:
            return nothing, NO_LENGTH
        years = Decimal(work.months) / _MONTHS_A_YEAR
    total, open_ = _total(group, work.wage.unit.measure)
    times = _times(rule)
    return Quantity(total.amount * times / work.wage.amount / years, _unit(rule)), open_


def _times(rule: Parameter) -> Decimal:
    """A share is told in percent or in whole months of wage."""
    return Decimal(100) if rule.unit.startswith("percent") else Decimal(1)


def _total(group: Iterable[Paid], currency: str) -> tuple[Money, str]:
    """Together in one currency, each at the rate of its own day; what has no rate stays out."""
    total, open_ = Money.zero(currency), ""
    for each in group:
        try:
            total += Money(convert(each.net, currency, each.paid_on).exact, currency)
        except NoPublishedRate:
            if each.net:
                open_ = NO_RATE
    return total, open_


def _months(group: Iterable[Paid], currency: str) -> tuple[dict[tuple[int, int], Decimal], str]:
    """What was paid for each month; a sum for several months is spread over them."""
    months: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    open_ = ""
    for each in group:
        total, missing = _total([each], currency)
        open_ = open_ or missing
        for ahead in range(each.months):
            count = each.paid_on.year * 12 + each.paid_on.month - 1 + ahead
            months[divmod(count, 12)] += total.amount / each.months
    return months, open_


def _listed(rule: Parameter, ceiling: Ceiling, group: Sequence[Paid], work: Work) -> bool:
    """Whether a rule made for a list of jobs speaks of this one."""
    row, _doubt = chosen_row(rule, group[-1].paid_on)
    if not ceiling.occupations or not work.context.occupation:
        return True
    jobs = row.value if row and isinstance(row.value, list | tuple) else tuple(ceiling.occupations)
    codes = {code for job in jobs for code in ceiling.occupations.get(str(job), ())}
    return work.context.occupation in codes


def _listed_job(verdict: Verdict, group: Sequence[Paid]) -> Verdict:
    """A list of jobs that names this one (see ``_listed``) forbids: nothing is left to be read."""
    if verdict.reason != "words" or verdict.confidence == "low":
        return verdict
    if not any(each.net for each in group):
        return _settled(verdict, MEETS, "meets")
    return _settled(verdict, BREAKS, "prohibited")


def _settled(
    verdict: Verdict, outcome: Outcome, reason: str, *, words_only: bool = False
) -> Verdict:
    if words_only and verdict.reason != "words":
        return verdict
    cure = Cure(code="remove") if outcome == BREAKS else Cure()
    return msgspec.structs.replace(verdict, outcome=outcome, reason=reason, cure=cure)


def _for_a_person(verdict: Verdict, reason: str) -> Verdict:
    if verdict.outcome == NEEDS_CHECK and reason not in (NO_WAGE, NO_LENGTH):
        return verdict
    if verdict.outcome == NEEDS_CHECK:
        # The law's own doubt goes before ours: without a value no wage would help.
        return msgspec.structs.replace(verdict, by_hint="")
    return msgspec.structs.replace(
        verdict, outcome=NEEDS_CHECK, reason=reason, by_hint="", cure=Cure(code="read_words")
    )


def _gives_back(ceiling: Ceiling, group: Sequence[Paid]) -> str:
    """Who gives back: as the rule has it, else the one who was paid; nobody by name if many were."""
    payees = {each.payee for each in group if each.net}
    if ceiling.refunds == RECEIVER and len(payees) == 1:
        return payees.pop()
    return ceiling.refunds


def _eased(ceiling: Ceiling, work: Work, on: date) -> bool:
    """Whether another rule, known on that day, says that this one may not bind here."""
    for id_ in ceiling.doubted_by:
        rule = parameter(id_)
        if rule.jurisdiction not in work.jurisdictions:
            continue
        row, _doubt = chosen_row(rule, on)
        if row is not None:
            return True
    return False


def _excess(
    rule: Parameter, ceiling: Ceiling, verdict: Verdict, group: Sequence[Paid], work: Work
) -> Money | None:
    """What is over the limit, as money; the whole where nothing is allowed."""
    if ceiling.base in ("any", "employer_bears"):
        currencies = {each.net.currency for each in group if each.net}
        if len(currencies) != 1:
            return None
        return Money.total((each.net for each in group if each.net), currencies.pop())
    limit = number(
        verdict.required.get("amount") if isinstance(verdict.required, dict) else verdict.required
    )
    if limit is None:
        return None
    if ceiling.base == "wage_share":
        assert work.wage is not None  # a share of an unknown wage breaks nothing
        years = Decimal(work.months or 0) / _MONTHS_A_YEAR if ceiling.per_contract_year else 1
        total, _open = _total(group, work.wage.unit.measure)
        allowed = limit * work.wage.amount * years / _times(rule)
        return Money(total.amount - allowed, total.currency).rounded()
    currency = rule.unit.partition("/")[0]
    if ceiling.base == "monthly":
        months, _open = _months(group, currency)
        over = sum((max(each - limit, Decimal(0)) for each in months.values()), Decimal(0))
        return Money(over, currency).rounded()
    total, _open = _total(group, currency)
    return Money(total.amount - limit, currency).rounded()
