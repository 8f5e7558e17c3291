"""Our own practice in calling people up (``practice.yaml``), and the radius of an earthquake."""

from __future__ import annotations

from functools import cache
from math import exp, log, sqrt
from pathlib import Path

import msgspec


class Practice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says; each line there says what it is."""

    least_intensity: int
    intensities: tuple[int, ...]
    task_hours: dict[str, int]
    task_due_hours: int
    most_cells: int
    most_bytes: int


class Equation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published equation of intensity by distance (``radius.yaml``)."""

    title: str
    source: str
    doi: str
    c0: float
    c1: float
    c2: float
    c4: float
    m1: float
    m2: float
    far: float
    magnitudes: tuple[float, float]
    depths: tuple[float, float]

    def intensity(self, magnitude: float, km: float) -> float:
        """Modified Mercalli intensity at a distance from the hypocentre."""
        near = sqrt(km**2 + (self.m1 + self.m2 * exp(magnitude - 5)) ** 2)
        told = self.c0 + self.c1 * magnitude + self.c2 * log(near)
        return told + self.c4 * log(km / self.far) if km > self.far else told

    def fits(self, magnitude: float, depth: float) -> bool:
        """Whether the equation was made for such an earthquake."""
        least, most = self.magnitudes
        return least <= magnitude <= most and self.depths[0] <= depth <= self.depths[1]


class Radii(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The equations, the one in use, and what is added for safety."""

    use: str
    equations: dict[str, Equation]
    margin: float


@cache
def practice() -> Practice:
    """The file, read once."""
    return msgspec.yaml.decode(_bytes("practice.yaml"), type=Practice)


@cache
def radii() -> Radii:
    """The equations, read once."""
    return msgspec.yaml.decode(_bytes("radius.yaml"), type=Radii)


def equation() -> Equation:
    """The equation in use."""
    return radii().equations[radii().use]


def felt_within_km(magnitude: float, depth: float, *, intensity: float) -> float:
    """How far on the ground an earthquake is felt at an intensity or more, in kilometres.

    Erred towards more by the margin in the file. 0 where it is felt that much nowhere.

    Args:
        depth: of the hypocentre, in kilometres.
    """
    used, wanted = equation(), intensity - radii().margin
    # It falls with distance all the way: looked for by halving.
    near, far = 0.0, 2_000.0
    if used.intensity(magnitude, max(depth, 0.001)) < wanted:
        return 0.0
    while far - near > 0.05:
        middle = (near + far) / 2
        if used.intensity(magnitude, max(sqrt(middle**2 + depth**2), 0.001)) >= wanted:
            near = middle
        else:
            far = middle
    return round(near, 1)


def _bytes(name: str) -> bytes:
    return (Path(__file__).parent / name).read_bytes()
