"""One currency in another, by published rates only.

Sources: European Central Bank, daily per euro; US Federal Reserve H.10, monthly means per dollar;
rates fixed by their issuing authorities. A rate is taken from the day asked for or the nearest day
before it, and every answer says from where and from when. Two currencies that no source quotes
against each other are joined through a third.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import lru_cache

from django.db import connection

from lindung.kernel.money import Money
from lindung.kernel.refusals import Refusal
from lindung.reference.models import ExchangeRate

# More than the published rates have, so that rounding happens once, at the end.
_EXACT = Context(prec=34)
_MOST_LEGS = 4
_MONTHLY = ExchangeRate.Source.FED_MONTHLY.value
_PEG = ExchangeRate.Source.PEG.value


class NoPublishedRate(Refusal):
    """No published rate joins these currencies on or before that day, or none young enough."""

    status = 422
    slug = "no-published-rate"
    title = "Tidak ada kurs terbitan untuk mata uang dan tanggal ini."
    advice = "Tuliskan jumlahnya dalam mata uang aslinya."


@dataclass(frozen=True, slots=True)
class Leg:
    """One published rate that was used: one `base` is `rate` `quote`."""

    source: str
    base: str
    quote: str
    day: date
    rate: Decimal
    note: str

    @property
    def is_fixed(self) -> bool:
        """Fixed by an authority; its day is the first for which it was checked."""
        return self.source == _PEG

    @property
    def source_name(self) -> str:
        """The publisher, in English as it names itself."""
        return str(ExchangeRate.Source(self.source).label)


@dataclass(frozen=True, slots=True)
class Conversion:
    """An amount in another currency, and what it rests on.

    Attributes:
        money: rounded to the currency's decimals.
        exact: before rounding.
        on: the day asked for.
        legs: the published rates used, in order; empty for the same currency.
    """

    money: Money
    exact: Decimal
    on: date
    legs: tuple[Leg, ...]

    @property
    def rate_day(self) -> date:
        """Day of the oldest rate used; the day asked for where only fixed rates were."""
        return min((leg.day for leg in self.legs if not leg.is_fixed), default=self.on)

    @property
    def days_old(self) -> int:
        """Days between the oldest rate used and the day asked for."""
        return (self.on - self.rate_day).days

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the publishers, each once."""
        return tuple(dict.fromkeys(leg.source_name for leg in self.legs))


def convert(
    amount: Money, to: str, on: date, *, no_older_than: timedelta | None = None
) -> Conversion:
    """`amount` in the currency `to`, by the rates of the day `on` or the nearest before it.

    Daily rates go before monthly means, younger before older, a direct rate before a joined one.

    Args:
        to: ISO 4217 code.
        no_older_than: refuse rather than use an older rate; None shows whatever was last published,
            its day beside it.
    Raises:
        NoPublishedRate: nothing published joins the two by that day, or nothing young enough.
    """
    if amount.currency == to:
        return Conversion(amount.rounded(), amount.amount, on, ())
    legs = _best_way(amount.currency, to, on)
    if legs is None:
        raise NoPublishedRate(base=amount.currency, quote=to, day=on.isoformat())
    exact = amount.amount
    holding = amount.currency
    for leg in legs:
        if leg.base == holding:
            exact, holding = _EXACT.multiply(exact, leg.rate), leg.quote
        else:
            exact, holding = _EXACT.divide(exact, leg.rate), leg.base
    answer = Conversion(Money(exact, to).rounded(), exact, on, legs)
    if no_older_than is not None and answer.days_old > no_older_than.days:
        raise NoPublishedRate(
            base=amount.currency, quote=to, day=on.isoformat(), last=answer.rate_day.isoformat()
        )
    return answer


@lru_cache(maxsize=1024)
def rates_on(on: date) -> tuple[Leg, ...]:
    """The youngest rate of every pair of every source by a day; one query, then kept."""
    with connection.cursor() as cursor:
        # A loose scan of the pairs, then one index look-up each: a plain "distinct on" would read
        # the whole history.
        cursor.execute(
            """
            with recursive pair as (
                (select source, base, quote from reference_exchangerate
                  order by source, base, quote limit 1)
                union all
                select after.* from pair, lateral (
                    select source, base, quote from reference_exchangerate each
                     where (each.source, each.base, each.quote)
                         > (pair.source, pair.base, pair.quote)
                     order by source, base, quote limit 1) after
            )
            select pair.source, pair.base, pair.quote, last.day, last.rate, last.note
              from pair, lateral (
                select day, rate, note from reference_exchangerate each
                 where each.source = pair.source and each.base = pair.base
                   and each.quote = pair.quote and each.day <= %s
                 order by day desc limit 1) last
            """,
            [on],
        )
        return tuple(Leg(*row) for row in cursor.fetchall())


def _best_way(start: str, end: str, on: date) -> tuple[Leg, ...] | None:
    ways = list(_ways(start, end, rates_on(on)))
    return min(ways, key=lambda way: _cost(way, on), default=None)


def _cost(way: tuple[Leg, ...], on: date) -> tuple[bool, int, int, tuple[str, ...]]:
    """Any monthly mean, the age of the oldest rate, the number of rates; then any fixed order."""
    ages = [(on - leg.day).days for leg in way if not leg.is_fixed]
    return (
        any(leg.source == _MONTHLY for leg in way),
        max(ages, default=0),
        len(way),
        tuple(leg.source for leg in way),
    )


def _ways(start: str, end: str, rates: tuple[Leg, ...]) -> list[tuple[Leg, ...]]:
    """Every chain of at most four rates that visits no currency twice."""
    joined: dict[str, list[tuple[str, Leg]]] = {}
    for leg in rates:
        joined.setdefault(leg.base, []).append((leg.quote, leg))
        joined.setdefault(leg.quote, []).append((leg.base, leg))
    # Currencies that only one pair names lead nowhere, so the search stays small.
    hubs = {currency for currency, pairs in joined.items() if len({to for to, _ in pairs}) > 1}
    found: list[tuple[Leg, ...]] = []
    open_ways: list[tuple[tuple[str, ...], tuple[Leg, ...]]] = [((start,), ())]
    while open_ways:
        visited, legs = open_ways.pop()
        for currency, leg in joined.get(visited[-1], ()):
            if currency in visited:
                continue
            if currency == end:
                found.append((*legs, leg))
            elif currency in hubs and len(legs) + 1 < _MOST_LEGS:
                open_ways.append(((*visited, currency), (*legs, leg)))
    return found
