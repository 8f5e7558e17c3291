"""Rates of small groups, shrunk towards their peers: beta-binomial, fitted by the method of moments.

Of each group so many people of so many are in trouble; the groups' own rates scatter around their peers' as
a beta distribution. A household with one trouble among one worker is no 100 percent: it stays near its
peers until there is more to say.

Sources: Kleinman 1973 (moments of the beta-binomial); Press et al., Numerical Recipes §6.4 (incomplete beta
function by Lentz's continued fraction).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_MOST_STEPS, _CLOSE, _TINY = 10_000, 1e-12, 1e-300
# Groups that do not differ at all, or differ utterly, are no fit: the likeness within groups stays between.
_LEAST_LIKE, _MOST_LIKE = 1e-4, 0.95


@dataclass(frozen=True, slots=True)
class Peers:
    """What is known of all groups of one sort together.

    Attributes:
        groups: how many; people, hits: their sums; squares: sum of squared people;
        ratios: sum of squared hits by people.
    """

    groups: int
    people: float
    hits: float
    squares: float
    ratios: float

    @property
    def rate(self) -> float:
        """Hits for each person over all groups."""
        return self.hits / self.people if self.people else 0.0

    def prior(self) -> tuple[float, float]:
        """The two shapes of the beta distribution of the groups' rates."""
        mean = self.rate
        spread = (self.ratios - mean * self.hits) / (mean * (1 - mean))
        weight = self.people - self.squares / self.people - (self.groups - 1)
        like = (spread - (self.groups - 1)) / weight if weight > 0 else 0.0
        size = 1 / min(max(like, _LEAST_LIKE), _MOST_LIKE) - 1
        return mean * size, (1 - mean) * size


@dataclass(frozen=True, slots=True)
class Shrunk:
    """One group's rate after its peers were heard; ``chance`` that it is above a limit."""

    rate: float
    chance: float


def shrunk(hits: int, people: int, peers: Peers, *, times: float) -> Shrunk:
    """The rate of one group and the chance that it is more than ``times`` the peers'."""
    mean = peers.rate
    if not 0 < mean < 1:
        return Shrunk(mean, 0.0)
    a, b = peers.prior()
    a, b = a + hits, b + people - hits
    limit = times * mean
    return Shrunk(a / (a + b), 0.0 if limit >= 1 else 1 - beta_below(a, b, limit))


def beta_below(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b): the chance to be below ``x``."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return min(1.0, front * _fraction(a, b, x) / a)
    return max(0.0, 1 - front * _fraction(b, a, 1 - x) / b)


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _whole(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _whole(1 + term * d)
            c = _whole(1 + term / c)
            result *= d * c
        if abs(d * c - 1) < _CLOSE:
            break
    return result


def _whole(value: float) -> float:
    """Never nothing, since it is divided by."""
    return value if abs(value) > _TINY else _TINY
