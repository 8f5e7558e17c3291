"""Amounts that carry their unit, so that an hourly wage is never compared with a monthly one.

A unit is written as in the law's files: ``KRW/hour``, ``hours/week``, ``percent``, ``months``.
Changing the unit always takes an explicit divisor that has a unit of its own
(``209 hours/month``); nothing here knows one.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Self


class UnitMismatch(ValueError):
    """Two amounts of different units were compared, added or divided."""


@dataclasses.dataclass(frozen=True, slots=True)
class Unit:
    """What is counted, and per what: ``Unit("KRW", "hour")``; ``per`` is empty for a plain count."""

    measure: str
    per: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The unit written as ``measure`` or ``measure/per``.

        Raises:
            UnitMismatch: nothing before or after the stroke, or more than one stroke.
        """
        measure, stroke, per = text.strip().partition("/")
        if not measure or (stroke and not per) or "/" in per:
            raise UnitMismatch(f"{text!r} is no unit.")
        return cls(measure, per)

    def __str__(self) -> str:
        return f"{self.measure}/{self.per}" if self.per else self.measure


@dataclasses.dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount and its unit. Compares, adds and subtracts only with its own unit."""

    amount: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError("An amount is a Decimal; a float would lose cents.")
        if not self.amount.is_finite():
            raise ValueError("An amount is a finite number.")

    @classmethod
    def of(cls, amount: Decimal | int | str, unit: str) -> Self:
        """``Quantity.of("8.72", "MYR/hour")``; refuses floats (TypeError)."""
        if isinstance(amount, float):
            raise TypeError("An amount is a Decimal, a whole number or text, never a float.")
        return cls(Decimal(amount), Unit.parse(unit))

    def _same(self, other: Quantity) -> None:
        if self.unit != other.unit:
            raise UnitMismatch(f"{self.unit} is not {other.unit}.")

    def __lt__(self, other: Quantity) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Quantity) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __gt__(self, other: Quantity) -> bool:
        self._same(other)
        return self.amount > other.amount

    def __ge__(self, other: Quantity) -> bool:
        self._same(other)
        return self.amount >= other.amount

    def __add__(self, other: Quantity) -> Quantity:
        self._same(other)
        return Quantity(self.amount + other.amount, self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        self._same(other)
        return Quantity(self.amount - other.amount, self.unit)

    def divided_by(self, divisor: Quantity) -> Quantity:
        """This amount per another measure: KRW/month over hours/month is KRW/hour.

        Args:
            divisor: so many of the new measure in one of the old ``per``.

        Raises:
            UnitMismatch: the divisor is not counted per this amount's period.
            ZeroDivisionError: a divisor of nothing.
        """
        if not self.unit.per or divisor.unit.per != self.unit.per:
            raise UnitMismatch(f"{self.unit} cannot be divided by {divisor.unit}.")
        per = divisor.unit.measure.removesuffix("s")
        if not divisor.amount:
            raise ZeroDivisionError("A divisor is more than nothing.")
        return Quantity(self.amount / divisor.amount, Unit(self.unit.measure, per))

    def share_of(self, whole: Quantity, *, times: Decimal, unit: str) -> Quantity:
        """This amount as a share of another of the same measure, say a fee in months of wage.

        Args:
            whole: what counts as one; its ``per`` may differ (a fee once, a wage a month).
            times: 100 for a percentage, 1 for "so many of them".
            unit: the unit of the answer.
        """
        if self.unit.measure != whole.unit.measure:
            raise UnitMismatch(f"{self.unit} is no share of {whole.unit}.")
        if not whole.amount:
            raise ZeroDivisionError("A share of nothing is not known.")
        return Quantity(self.amount / whole.amount * times, Unit.parse(unit))

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"
