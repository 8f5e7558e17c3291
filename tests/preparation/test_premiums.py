"""What social security costs, against the sums printed in Permenaker 4/2023 art. 18."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.preparation import premiums
from lindung.regulations.verdicts import BREAKS, MEETS, NEEDS_CHECK

DAY = date(2025, 6, 1)


@pytest.mark.parametrize(
    ("months", "due"),
    # Typed from the ministerial rule: 6, 12 and 24 months, and Rp 13,500 for each month beyond.
    [(6, 108_000), (12, 189_000), (24, 332_500), (25, 346_000), (36, 494_500), (3, 108_000)],
)
def test_reproduces_the_table(months: int, due: int) -> None:
    assert premiums.during(months, on=DAY).amount == Decimal(due)


def test_the_part_before_work() -> None:
    assert premiums.before(on=DAY).amount == Decimal(37_500)


def test_a_length_the_table_leaves_open_has_two_readings() -> None:
    due = premiums.during(18, on=DAY)
    assert due.amount is None
    assert (due.lowest, due.highest) == (Decimal(270_000), Decimal(332_500))
    assert due.judge(Decimal(269_999)) == BREAKS
    assert due.judge(Decimal(270_000)) == NEEDS_CHECK


def test_a_day_before_the_rule_needs_a_check() -> None:
    due = premiums.during(24, on=date(2023, 2, 21))
    assert due.amount is None
    assert due.judge(Decimal(332_500)) == NEEDS_CHECK


@given(months=st.integers(min_value=1, max_value=120))
def test_one_rupiah_less_never_meets(months: int) -> None:
    due = premiums.during(months, on=DAY)
    assert due.lowest is not None
    assert due.highest is not None
    assert due.lowest <= due.highest
    assert due.judge(due.lowest - 1) == BREAKS
    if due.amount is not None:
        assert due.judge(due.amount) == MEETS
