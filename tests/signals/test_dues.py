"""Contracts signed between the same two changes of a rule are of one kind: the law says the same of both."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from lindung.signals import dues

MONTH = date(2026, 7, 1)
KINDS = [
    dues.Work(country, "", sector, "", occupation, Decimal(48), None)
    for country in dues.signed_countries()
    for sector, occupation in (("domestic_work", "9111"), ("manufacturing", "8160"), ("care", "5322"))
]  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(KINDS), st.dates(date(2010, 1, 1), date(2027, 12, 31)))
def test_a_day_of_signing_stands_for_all_between_two_borders(work: dues.Work, day: date) -> None:
    borders = dues.signing_borders()
    since = borders[bisect_right(borders, day) - 1]
    exact = dues.law_of(replace(work, signed_on=day), MONTH)
    kind = dues.law_of(replace(work, signed_on=since), MONTH)
    assert (exact.floor, exact.currency, exact.hourly, exact.premium, exact.gaps) == (
        kind.floor,
        kind.currency,
        kind.hourly,
        kind.premium,
        kind.gaps,
    )


def test_some_floor_does_change_with_the_day_of_signing() -> None:
    floors = {
        dues.law_of(replace(work, signed_on=day), MONTH).floor
        for work in KINDS
        for day in dues.signing_borders()
    }
    assert len(floors) > 2
