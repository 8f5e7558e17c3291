"""Conditions with three answers: yes, no, and nobody has said.

A fact that is missing is never read as a no.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from lindung.kernel.money import Money
from lindung.kernel.quantities import Quantity
from lindung.regulations.shapes import Condition, ExceptionReading, number


@dataclasses.dataclass(frozen=True, slots=True)
class Context:
    """What is known about the work besides the value that is tested; empty means not known.

    Args:
        signed_on: day the contract was signed.
        work_on: day the work is done, or begins.
        sector: code of ``regulations/_words.yaml``.
        scheme: the destination's scheme, as in ``applies_to.schemes``.
        region: ISO 3166-2 code of the workplace.
        occupation: ISCO-08 code.
        origin: ISO 3166-1 alpha-2 of the worker's country.
        destination: ISO 3166-1 alpha-2 of the country of work.
        facts: further facts by name; a contract's own fields are facts too.
    """

    signed_on: date | None = None
    work_on: date | None = None
    sector: str = ""
    scheme: str = ""
    region: str = ""
    occupation: str = ""
    origin: str = ""
    destination: str = ""
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def fact(self, name: str) -> Any:
        """A fact by name, None where nobody has said."""
        if name in _NAMED:
            return getattr(self, name) or self.facts.get(name)
        return self.facts.get(name)


_NAMED = frozenset({"sector", "scheme", "region", "occupation", "origin", "destination"})


def plain(value: Any) -> Any:
    """A found value without its unit: what conditions compare."""
    return value.amount if isinstance(value, (Quantity, Money)) else value


def holds(condition: Condition, context: Context) -> bool | None:
    """Whether a condition holds; None when the fact is not known or is of another kind."""
    value = plain(context.fact(condition.fact))
    if value is None or value == "":
        return None
    if condition.equals is not None:
        if isinstance(condition.equals, bool) or isinstance(value, bool):
            return value is condition.equals if isinstance(value, bool) else None
        if isinstance(condition.equals, int):
            found = number(value)
            return None if found is None else found == condition.equals
        return bool(value == condition.equals)
    if condition.among:
        return value in condition.among
    if condition.not_among:
        return value not in condition.not_among
    if condition.starts_with:
        return str(value).startswith(condition.starts_with)
    found = number(value)
    if found is None:
        return None
    if condition.at_least is not None and found < Decimal(str(condition.at_least)):
        return False
    return not (condition.at_most is not None and found > Decimal(str(condition.at_most)))


def all_hold(conditions: Iterable[Condition], context: Context) -> bool | None:
    """Whether all hold: one no settles it, else one unknown leaves it open."""
    answer: bool | None = True
    for condition in conditions:
        held = holds(condition, context)
        if held is False:
            return False
        if held is None:
            answer = None
    return answer


def any_holds(conditions: Iterable[Condition], context: Context) -> bool | None:
    """Whether at least one holds: one yes settles it, else one unknown leaves it open."""
    answer: bool | None = False
    for condition in conditions:
        held = holds(condition, context)
        if held is True:
            return True
        if held is None:
            answer = None
    return answer


def excepted(reading: ExceptionReading | None, context: Context) -> bool | None:
    """Whether a phrase of ``except`` takes this work out of the rule.

    None: a person has to read it, since the phrase is not understood or a fact is missing.
    """
    if reading is None or reading.person:
        return None
    answers: list[bool | None] = []
    if reading.sectors:
        answers.append(context.sector in reading.sectors if context.sector else None)
    if reading.all_of:
        answers.append(all_hold(reading.all_of, context))
    if reading.any_of:
        answers.append(any_holds(reading.any_of, context))
    if any(answer is True for answer in answers):
        return True
    return None if not answers or None in answers else False
