"""Rates of small groups beside their peers."""

from __future__ import annotations

import math
import random

import pytest

from lindung.signals.shrinking import Peers, beta_below, shrunk


def peers(groups: list[tuple[int, int]]) -> Peers:
    """Of (hits, people) for each group."""
    return Peers(
        groups=len(groups),
        people=sum(n for _, n in groups),
        hits=sum(x for x, _ in groups),
        squares=sum(n * n for _, n in groups),
        ratios=sum(x * x / n for x, n in groups),
    )


class TestBetaBelow:
    @pytest.mark.parametrize(
        ("a", "b", "x"),
        [(2, 3, 0.5), (0.5, 0.5, 0.25), (9, 14, 0.25), (120, 900, 0.1), (1, 1, 0.3)],
    )
    def test_is_the_area_under_the_density(self, a: float, b: float, x: float) -> None:
        steps = 200_000
        scale = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))
        # In the square of the variable, where a density that begins steeply does not.
        width = math.sqrt(x) / steps
        area = sum(
            (t := (k + 0.5) * width) ** (2 * a - 1) * (1 - t * t) ** (b - 1) * 2 * width
            for k in range(steps)
        )
        assert beta_below(a, b, x) == pytest.approx(area * scale, abs=1e-5)

    def test_ends_where_it_must(self) -> None:
        assert beta_below(3, 4, 0) == 0
        assert beta_below(3, 4, 1) == 1


class TestShrunk:
    def test_a_household_of_one_stays_near_its_peers(self) -> None:
        like = peers([(k % 4, 20) for k in range(50)] + [(1, 1), (16, 20)])
        alone, many = shrunk(1, 1, like, times=2), shrunk(16, 20, like, times=2)
        assert alone.rate < 0.25
        assert alone.chance < 0.6
        assert many.chance > 0.99

    def test_finds_the_few_that_differ_and_hardly_others(self) -> None:
        rng = random.Random(3)
        rates = [0.05] * 300 + [0.4] * 10
        groups = [(sum(rng.random() < rate for _ in range(25)), 25) for rate in rates]
        like = peers(groups)
        found = [
            rate for rate, (x, n) in zip(rates, groups, strict=True)
            if x >= 3 and shrunk(x, n, like, times=2).chance > 0.9
        ]  # fmt: skip
        assert found.count(0.4) >= 8
        assert found.count(0.05) <= 3

    def test_says_nothing_where_nobody_is_in_trouble(self) -> None:
        assert shrunk(0, 5, peers([(0, 5), (0, 9)]), times=2).chance == 0
