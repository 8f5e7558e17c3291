"""A clock that was set is told from one that is adjusted."""

from __future__ import annotations

import pytest

from lindung.access.clock_step import ClockStep


class Times:
    """A clock that can be set and one that cannot."""

    def __init__(self) -> None:
        self.clock, self.steady = 1_000_000.0, 50.0

    def pass_by(self, seconds: float, *, step: float = 0) -> None:
        self.steady += seconds
        self.clock += seconds + step


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def watched(times: Times) -> ClockStep:
    return ClockStep(clock=lambda: times.clock, steady=lambda: times.steady)


@pytest.mark.parametrize("step", [3_600, -3_600, 45])
def test_a_step_is_told_once(times: Times, watched: ClockStep, step: float) -> None:
    times.pass_by(2, step=step)
    assert watched.seconds() == step
    times.pass_by(2)
    assert watched.seconds() == 0


def test_a_clock_adjusted_in_small_doses_is_let_be(times: Times, watched: ClockStep) -> None:
    for _ in range(100):
        times.pass_by(2, step=-1)
        assert watched.seconds() == 0


def test_an_hour_of_standing_still_is_no_step(times: Times, watched: ClockStep) -> None:
    times.pass_by(3_600)
    assert watched.seconds() == 0
