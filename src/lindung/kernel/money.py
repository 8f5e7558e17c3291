"""Money: an exact amount in one currency. Never a float, never two currencies in one sum."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from babel.numbers import get_currency_precision

from lindung.kernel.quantities import Quantity, Unit


class MixedCurrency(ValueError):
    """Two currencies met in one sum or comparison; exchange one first, with a dated rate."""


@functools.cache
def digits(currency: str) -> int:
    """How many decimals people write in this currency (ISO 4217 as in CLDR): IDR 2, KRW 0, BHD 3."""
    return get_currency_precision(currency)


@functools.total_ordering
@dataclasses.dataclass(frozen=True, slots=True)
class Money:
    """An amount in an ISO 4217 currency, kept exactly as given until ``rounded``.

    Raises:
        TypeError: the amount is a float, or nothing that counts.
        ValueError: the amount is not finite or the currency is no three capital letters.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, (Decimal, int)):
            raise TypeError("Money is counted in Decimal or whole numbers, never in floats.")
        object.__setattr__(self, "amount", Decimal(self.amount))
        if not self.amount.is_finite():
            raise ValueError("Money is a finite amount.")
        if len(self.currency) != 3 or not (self.currency.isascii() and self.currency.isupper()):
            raise ValueError(f"{self.currency!r} is no currency code.")

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in this currency: the start of a sum."""
        return cls(Decimal(0), currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """The sum of any number of amounts, all in this currency."""
        sum_: Money = cls.zero(currency)
        for amount in amounts:
            sum_ += amount
        return sum_

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MixedCurrency(f"{self.currency} and {other.currency} do not add up.")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, times: Decimal | int) -> Money:
        if isinstance(times, bool) or not isinstance(times, (Decimal, int)):
            raise TypeError("Money is multiplied by Decimal or whole numbers, never by floats.")
        return Money(self.amount * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def rounded(self) -> Money:
        """To the decimals of the currency, halves away from zero, as a pay slip does."""
        step = Decimal(1).scaleb(-digits(self.currency))
        return Money(self.amount.quantize(step, ROUND_HALF_UP), self.currency)

    def split(self, parts: int) -> tuple[Money, ...]:
        """So many instalments that add up to the rounded whole; the first ones carry the rest.

        Raises:
            ValueError: fewer than one part.
        """
        if parts < 1:
            raise ValueError("At least one part.")
        step = Decimal(1).scaleb(-digits(self.currency))
        units = int(self.rounded().amount / step)
        each, rest = divmod(abs(units), parts)
        sign = -1 if units < 0 else 1
        return tuple(
            Money(step * sign * (each + (1 if part < rest else 0)), self.currency)
            for part in range(parts)
        )

    def per(self, period: str) -> Quantity:
        """This money for each ``hour``, ``month``, ``once`` …, as rules of law compare it."""
        return Quantity(self.amount, Unit(self.currency, period))

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"
