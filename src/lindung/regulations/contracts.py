"""A whole employment contract against the rules of the origin and the destination.

Every rule that may apply and names a field of the contract is tested; where several fit, all
are, so the stricter one decides. What the contract does not state is listed apart.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from lindung.kernel.money import Money
from lindung.kernel.quantities import Quantity, Unit
from lindung.regulations.conditions import Context, all_hold, excepted, plain
from lindung.regulations.lawbook import DatedValue, jurisdiction, law, value_on
from lindung.regulations.shapes import Conversion, Parameter, Share, number
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
    reading_of,
    reference_of,
    required_conditions,
)


@dataclasses.dataclass(frozen=True, slots=True)
class ContractCheck:
    """What the rules of both sides say of one contract.

    Attributes:
        verdicts: one for each rule tested, breaches first, then what a person checks.
        unstated: rules whose field the contract does not hold; a gap, no verdict.
        shown: rules that inform and are not tested, as they are on the day.
        law: digest of the law that was used.
    """

    verdicts: tuple[Verdict, ...]
    unstated: tuple[Parameter, ...]
    shown: tuple[DatedValue, ...]
    law: str

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __len__(self) -> int:
        return len(self.verdicts)

    def having(self, outcome: Outcome) -> tuple[Verdict, ...]:
        """The verdicts with this outcome."""
        return tuple(each for each in self.verdicts if each.outcome == outcome)

    @property
    def outcome(self) -> Outcome:
        """The contract as a whole: one breach breaks it, one open question needs a check."""
        found = {verdict.outcome for verdict in self.verdicts}
        return BREAKS if BREAKS in found else NEEDS_CHECK if NEEDS_CHECK in found else MEETS

    def frozen(self) -> dict[str, Any]:
        """The whole check as plain JSON, to be kept with a decision."""
        return {
            "law": self.law,
            "outcome": self.outcome,
            "verdicts": [verdict.frozen() for verdict in self.verdicts],
            "unstated": [rule.id for rule in self.unstated],
        }


def applicable(
    *,
    jurisdictions: Sequence[str],
    sector: str = "",
    scheme: str = "",
    region: str = "",
    occupation: str = "",
    on: date | None = None,
) -> tuple[Parameter, ...]:
    """The rules that may bind such work, in the order of their ids.

    What is not known (empty) excludes nothing, but for regions: without one, rules that differ
    by region stay out and ``check_contract`` says that the workplace is missing.

    Args:
        jurisdictions: ISO 3166-1 alpha-2 codes, for example origin and destination.
        on: leaves out rules that had ended by this day, or were not yet known then.

    Raises:
        NotFound: a jurisdiction without rules here.
    """
    rules = _applicable(tuple(jurisdictions), sector, scheme, region, occupation)
    if on is None:
        return rules
    return tuple(rule for rule in rules if _alive(rule, on))


def _alive(rule: Parameter, on: date) -> bool:
    first, last = rule.values[0], rule.values[-1]
    if first.effective_from is not None and on < first.effective_from:
        return False
    return last.effective_to is None or on <= last.effective_to


@functools.lru_cache(maxsize=4096)
def _applicable(
    jurisdictions: tuple[str, ...], sector: str, scheme: str, region: str, occupation: str
) -> tuple[Parameter, ...]:
    codes = {jurisdiction(code).jurisdiction for code in jurisdictions}
    context = Context(sector=sector, scheme=scheme, region=region, occupation=occupation)
    return tuple(
        rule
        for rule in law().parameters.values()
        if rule.jurisdiction in codes and _may_bind(rule, context) and _region_fits(rule, region)
    )


def _may_bind(rule: Parameter, context: Context) -> bool:
    """Whether nothing known takes the work out of the rule, its region aside."""
    applies, words = rule.applies_to, law().words
    if context.sector and "all" not in applies.sectors and context.sector not in applies.sectors:
        return False
    everybody = any(scheme in words.any_scheme for scheme in applies.schemes)
    bound = everybody or not applies.schemes or context.scheme in applies.schemes
    if context.scheme and not bound:
        return False
    if context.occupation and applies.occupations:
        meant = [code for each in applies.occupations for code in words.occupations.get(each, ())]
        if meant and not context.occupation.startswith(tuple(meant)):
            return False
    # A sector that `except` names has its own rule, or none: this one does not bind it.
    return not any(
        excepted(words.exceptions.get(phrase), context) is True for phrase in applies.exceptions
    )


def _region_fits(rule: Parameter, region: str) -> bool:
    return not rule.applies_to.regions or region in rule.applies_to.regions


@functools.lru_cache(maxsize=1024)
def _need_region(
    jurisdictions: tuple[str, ...], sector: str, scheme: str, occupation: str
) -> tuple[Parameter, ...]:
    """One rule for each field that differs by region, for contracts without a workplace."""
    context = Context(sector=sector, scheme=scheme, occupation=occupation)
    first: dict[tuple[str, str], Parameter] = {}
    for rule in law().parameters.values():
        tested = rule.contract_field and rule.rule != "informative"
        by_region = rule.jurisdiction in jurisdictions and rule.applies_to.regions
        if tested and by_region and _may_bind(rule, context):
            first.setdefault((rule.jurisdiction, rule.contract_field), rule)
    return tuple(first.values())


def check_contract(
    fields: Mapping[str, Found | None],
    *,
    jurisdictions: Sequence[str],
    sector: str,
    scheme: str = "",
    region: str = "",
    occupation: str = "",
    signed_on: date,
    work_on: date,
    facts: Mapping[str, Any] | None = None,
) -> ContractCheck:
    """Test a contract against every rule of both sides that names one of its fields.

    Args:
        fields: contract field → what the contract says; money as ``Money`` or ``Quantity``,
            numbers as Decimal or int, yes/no as bool, lists of codes as lists. None or an
            absent key: not stated.
        jurisdictions: origin and destination, ISO 3166-1 alpha-2.
        sector, scheme, region, occupation: as in :class:`Context`; empty where not known.
        signed_on: reference day of the rules that go by signing.
        work_on: reference day of the others: the first day of work, or the day looked at.
        facts: what else is known, for exceptions and tiers (``employer.workers`` …).

    Raises:
        NotFound: a jurisdiction without rules here.
        TypeError: a field holds a float.
    """
    codes = tuple(code.upper() for code in jurisdictions)
    stated = {name: value for name, value in fields.items() if value is not None}
    roles = {code: law().jurisdictions[code].role for code in codes if code in law().jurisdictions}
    context = Context(
        signed_on=signed_on,
        work_on=work_on,
        sector=sector,
        scheme=scheme,
        region=region,
        occupation=occupation,
        origin=next((code for code, role in roles.items() if role == "origin"), ""),
        destination=next((code for code, role in roles.items() if role == "destination"), ""),
        facts={**stated, **(facts or {})},
    )
    verdicts: list[Verdict] = []
    unstated: list[Parameter] = []
    shown: list[DatedValue] = []
    by_destination: list[Parameter] = []
    rules = applicable(
        jurisdictions=codes, sector=sector, scheme=scheme, region=region, occupation=occupation
    )
    without_region = () if region else _need_region(codes, sector, scheme, occupation)
    for rule in (*rules, *without_region):
        whole = reading_of(rule).whole_contract
        if not (rule.contract_field or whole) or not _known_by(rule, work_on, signed_on):
            continue
        if required_conditions(rule, context) is False:
            continue
        day = signed_on if reference_of(rule) == "signed" else work_on
        if whole:
            verdicts.append(check(rule, True, on=day, context=context))
        elif rule.rule == "informative":
            shown.append(value_on(rule, day))
        elif reading_of(rule).decided_by_destination:
            by_destination.append(rule)
        elif (verdict := _verdict(rule, stated, context, day)) is None:
            unstated.append(rule)
        else:
            verdicts.append(verdict)
    for rule in by_destination:
        # "The destination's floor counts": only without any such floor is there a question.
        if any(each.category == rule.category for each in verdicts):
            continue
        if (found := _found(rule, stated, context, work_on)) is not None:
            verdicts.append(check(rule, found[0], on=work_on, context=context))
    verdicts.sort(
        key=lambda each: (outcome_order(each.outcome), each.contract_field, each.parameter)
    )
    return ContractCheck(tuple(verdicts), tuple(unstated), tuple(shown), law().digest)


def check_one(
    rule: Parameter, fields: Mapping[str, Found | None], *, context: Context, day: date
) -> Verdict | None:
    """What :func:`check_contract` says of one rule, which need not be the one in the files.

    Args:
        rule: a rule of the lawbook, or one with another value to be tried.
        context: the work; ``facts`` are the contract's own fields.
        day: the reference day of this rule, of the work or of signing.

    Returns:
        None where the rule does not bind such work on that day, tests nothing, or the contract
        does not state its field. What the destination decides is tested only beside its rules,
        so it is None here too.
    """
    stated = {name: value for name, value in fields.items() if value is not None}
    whole = reading_of(rule).whole_contract
    if not _alive(rule, day) or not (whole or rule.contract_field):
        return None
    if rule.rule == "informative" and not whole:
        return None
    if reading_of(rule).decided_by_destination or not _may_bind(rule, context):
        return None
    # Without a workplace check_contract asks for it, once for all the regions of a field.
    if context.region and not _region_fits(rule, context.region):
        return None
    if required_conditions(rule, context) is False:
        return None
    if whole:
        return check(rule, True, on=day, context=context)
    return _verdict(rule, stated, context, day)


def facts_of(rule: Parameter) -> tuple[str, ...]:
    """Every field of a contract that a verdict on this rule may rest on, in order.

    Its own field, what conversions reckon it from, and what conditions, exceptions and tiers ask.
    """
    words, reading = law().words, reading_of(rule)
    conditions = [*reading.requires, *(each for d in reading.doubts for each in d.unless)]
    conditions += [each for asked in reading.items.values() for each in asked]
    if rule.applies_to.when and (when := words.when.get(rule.applies_to.when)):
        conditions += when.requires
    for phrase in rule.applies_to.exceptions:
        if phrase in words.exceptions:
            conditions += [*words.exceptions[phrase].all_of, *words.exceptions[phrase].any_of]
    found = {rule.contract_field}
    for each in law().jurisdictions[rule.jurisdiction].readings.conversions:
        if each.field != rule.contract_field or each.unit != rule.unit:
            continue
        found.add(each.source_field)
        conditions += each.requires
        if each.share:
            found.add(each.share.of)
        if each.hours:
            found |= {each.hours.field, each.hours.weekly_field}
    found |= {each.fact for each in conditions}
    keys = {key for row in rule.values for tier in _tiers(row.value) for key in tier}
    found |= {words.tiers[key].fact for key in keys & set(words.tiers)}
    return tuple(sorted(found - {""}))


def _tiers(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _verdict(
    rule: Parameter, stated: Mapping[str, Found], context: Context, day: date
) -> Verdict | None:
    """The verdict on what a contract states for a rule; None where it states nothing."""
    if (found := _found(rule, stated, context, day)) is None:
        return None
    if not context.region and rule.applies_to.regions:
        return _without_region(rule, found, day, context)
    value, conversion = found
    return check(
        rule,
        value,
        on=day,
        context=context,
        derived_from=conversion.id if conversion else "",
        approximate=bool(conversion and conversion.approximate),
    )


def _known_by(rule: Parameter, work_on: date, signed_on: date) -> bool:
    """Whether the rule's first row had begun, or was at least not wholly in the future."""
    return _alive(rule, signed_on if reference_of(rule) == "signed" else work_on)


def _without_region(
    rule: Parameter, found: tuple[Found, Conversion | None], day: date, context: Context
) -> Verdict:
    """A verdict on a rule that differs by region, while nobody has said where the work is."""
    verdict = check(rule, found[0], on=day, context=context)
    return msgspec.structs.replace(
        verdict,
        outcome=NEEDS_CHECK,
        reason="region_missing",
        required=None,
        hint=None,
        by_hint="",
        cure=Cure(code="state_fact", fact="region"),
    )


def _found(
    rule: Parameter, stated: Mapping[str, Found], context: Context, day: date
) -> tuple[Found, Conversion | None] | None:
    """What the contract says for a rule: as stated, or worked out by a conversion of the law."""
    name = rule.contract_field
    value = stated.get(name)
    if value is not None and not _other_unit(value, rule):
        return value, None
    for conversion in law().jurisdictions[rule.jurisdiction].readings.conversions:
        if conversion.field != name or conversion.unit != rule.unit:
            continue
        derived = derive(conversion, stated, context, day)
        if derived is not None:
            return derived, conversion
    return None if value is None else (value, None)


def _other_unit(value: Found, rule: Parameter) -> bool:
    """Whether an amount stands in another unit than the rule's, so that a conversion is due."""
    if isinstance(value, Quantity):
        return str(value.unit) != rule.unit
    if isinstance(value, Money):
        return not rule.unit.startswith(f"{value.currency}/") and rule.unit != value.currency
    return False


def derive(
    conversion: Conversion, stated: Mapping[str, Found], context: Context, day: date
) -> Quantity | None:
    """A field worked out from another one, None where something for it is missing.

    Returns:
        the result in the conversion's unit, rounded only where the law's own table is.
    """
    if (conversion.start and day < conversion.start) or (conversion.end and day > conversion.end):
        return None
    if all_hold(conversion.requires, context) is not True:
        return None
    source = stated.get(conversion.source_field)
    if source is None or isinstance(source, bool):
        return None
    if conversion.share is not None:
        return _share(conversion, conversion.share, source, stated)
    hours = _monthly_hours(conversion, context)
    if not hours:
        return None
    monthly = _money(source, conversion.source_field)
    target = Unit.parse(conversion.unit)
    if monthly is None:
        # A bare number is taken in the currency that the conversion speaks of.
        amount = number(source)
        if amount is None:
            return None
        monthly = Quantity(amount, Unit(target.measure, "month"))
    if monthly.unit != Unit(target.measure, "month"):
        return None
    result = monthly.divided_by(Quantity(hours, Unit(f"{target.per}s", "month")))
    if conversion.round_to:
        rounded = result.amount.quantize(Decimal(conversion.round_to), ROUND_HALF_UP)
        result = Quantity(rounded, result.unit)
    return result


def _share(
    conversion: Conversion, share: Share, source: Found, stated: Mapping[str, Found]
) -> Quantity | None:
    whole = stated.get(share.of)
    part = _money(source, conversion.source_field)
    base = None if whole is None else _money(whole, share.of)
    if part is None or base is None or not base.amount or part.unit.measure != base.unit.measure:
        return None
    return part.share_of(base, times=Decimal(share.times), unit=conversion.unit)


def _money(value: Found, field: str) -> Quantity | None:
    """A sum of money with its period, None for anything else."""
    if isinstance(value, Quantity):
        return value
    period = law().words.money_fields.get(field)
    return value.per(period) if isinstance(value, Money) and period else None


def _monthly_hours(conversion: Conversion, context: Context) -> Decimal | None:
    hours = conversion.hours
    if hours is None:
        return None
    if hours.fixed is not None:
        return Decimal(str(hours.fixed))
    if hours.field:
        return number(plain(context.fact(hours.field)))
    weekly = (
        Decimal(str(hours.weekly))
        if hours.weekly is not None
        else number(plain(context.fact(hours.weekly_field)))
    )
    if weekly is None:
        return None
    paid = weekly + Decimal(str(hours.plus_weekly))
    return paid * Decimal(str(hours.weeks_a_year)) / 12
