"""The contract's twin: what is told from the place of work, laid beside what was verified.

Both are read by the meaning of their fields, not by their spelling, and amounts carry their unit:
the same wage by the hour and by the month is the same wage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lindung.kernel.quantities import Quantity
from lindung.kernel.refusals import NotFound
from lindung.placement.contract_forms import at, form
from lindung.placement.models import Contract
from lindung.regulations.conditions import Context
from lindung.regulations.contracts import derive
from lindung.regulations.lawbook import law

# Fields beside those that rules name.
EMPLOYER, JOB, REGION, ENDS = (
    "employer.name",
    "job.description",
    "job.region",
    "contract.ends_on",
)
# Divisors leave fractions, and whoever tells rounds: half a percent apart is the same amount.
ROUNDING = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Compared:
    """One field on both sides.

    Attributes:
        same: None where nobody can say, for want of an official divisor.
        verified, told: ``{"value", "unit"}`` as text.
    """

    field: str
    same: bool | None
    verified: dict[str, str]
    told: dict[str, str]


def verified(contract: Contract) -> dict[str, Any]:
    """What a contract says, by field; the employer and the region are those of the placement."""
    try:
        found: dict[str, Any] = dict(form(contract.form).stated(contract.fields))
    except NotFound:
        found = {}
    placement = contract.placement
    said = {
        EMPLOYER: placement.employer_name,
        JOB: at(contract.fields, JOB),
        REGION: placement.dest_region,
        ENDS: contract.ends_on.isoformat() if contract.ends_on else None,
    }
    return {name: value for name, value in (said | found).items() if value not in (None, "")}


def compare(contract: Contract, told: Mapping[str, Any], *, on: date) -> tuple[Compared, ...]:
    """Every field that both sides speak of.

    Args:
        told: field → value; amounts as ``Quantity``, numbers as Decimal or int, the rest as text
            or yes/no. What is None or empty was not told.
        on: the day whose divisors count.
    """
    ours = verified(contract)
    return tuple(
        Compared(
            field=name,
            same=_same(name, ours[name], value, ours=ours, contract=contract, on=on),
            verified=_plain(ours[name]),
            told=_plain(value),
        )
        for name, value in sorted(told.items())
        if value not in (None, "") and name in ours
    )


def _same(
    name: str, one: Any, other: Any, *, ours: Mapping[str, Any], contract: Contract, on: date
) -> bool | None:
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return _same_amount(name, one, other, ours=ours, contract=contract, on=on)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other if isinstance(one, bool) and isinstance(other, bool) else None
    if isinstance(one, Decimal | int) and isinstance(other, Decimal | int):
        return one == other
    if isinstance(one, str) and isinstance(other, str):
        if name in {REGION, ENDS}:
            return one == other
        return _same_words(one, other)
    return None


def _same_amount(
    name: str,
    one: Quantity,
    other: Quantity,
    *,
    ours: Mapping[str, Any],
    contract: Contract,
    on: date,
) -> bool | None:
    if one.unit == other.unit:
        return one.amount == other.amount
    if one.unit.measure != other.unit.measure:
        # Another currency is another promise, whatever today's rate.
        return False
    for long, short in ((one, other), (other, one)):
        reckoned = _reckoned(name, long, short, ours=ours, contract=contract, on=on)
        if reckoned is not None:
            return abs(reckoned.amount - short.amount) <= abs(reckoned.amount) * ROUNDING
    return None


def _reckoned(
    name: str,
    amount: Quantity,
    like: Quantity,
    *,
    ours: Mapping[str, Any],
    contract: Contract,
    on: date,
) -> Quantity | None:
    """An amount in the unit of another, by the official divisors of the country of work."""
    place = contract.placement
    if place.country not in law().jurisdictions:
        return None
    facts = {**ours, name: amount}
    context = Context(
        signed_on=contract.signed_on or on,
        work_on=on,
        sector=place.sector,
        scheme=place.scheme,
        region=place.dest_region,
        occupation=place.occupation,
        destination=place.country,
        facts=facts,
    )
    for conversion in law().jurisdictions[place.country].readings.conversions:
        # An estimate proves no substitution.
        if conversion.approximate or conversion.share is not None:
            continue
        if conversion.source_field == name and conversion.unit == str(like.unit):
            reckoned = derive(conversion, facts, context, on)
            if reckoned is not None:
                return reckoned
    return None


def _same_words(one: str, other: str) -> bool:
    """Whether two names mean one thing: the words of the shorter all stand in the longer."""
    first, second = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    if not first or not second:
        return one.strip() == other.strip()
    return first <= second or second <= first


_WORD = re.compile(r"\w+")


def _plain(value: Any) -> dict[str, str]:
    if isinstance(value, Quantity):
        return {"value": f"{value.amount.normalize():f}", "unit": str(value.unit)}
    if isinstance(value, bool):
        return {"value": "yes" if value else "no", "unit": ""}
    if isinstance(value, Decimal):
        return {"value": f"{value.normalize():f}", "unit": ""}
    return {"value": str(value), "unit": ""}
