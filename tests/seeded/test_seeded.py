"""Contracts with known faults: all are found, and nothing else is."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.seeded.contracts import CONTRACTS, Seeded, seeded
from tests.seeded.table import PAGE, broken, page

ALL = seeded()


@pytest.mark.parametrize("contract", ALL, ids=lambda each: f"{each.number} {each.why}"[:80])
def test_says_exactly_the_known_faults(contract: Seeded) -> None:
    assert broken(contract) == contract.breaks


def test_are_over_two_hundred_with_a_hundred_near_misses() -> None:
    assert len(ALL) == CONTRACTS >= 200
    assert sum(each.near for each in ALL) >= 100
    assert all(not each.breaks for each in ALL if each.near)


def test_are_the_same_each_time() -> None:
    assert seeded() == ALL


def test_try_many_rules_of_each_country() -> None:
    tried = defaultdict(set)
    for each in ALL:
        for rule in each.breaks:
            tried[rule.partition(".")[0]].add(rule)
    counts = {country: len(rules) for country, rules in tried.items()}
    assert {c for c in ("hk", "tw", "my", "sa", "sg", "jp") if counts[c] < 10} == set()
    # Korea's form states six of its limits; the origin leaves most of work to the destination.
    assert counts["kr"] >= 6
    assert counts["id"] >= 3


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
