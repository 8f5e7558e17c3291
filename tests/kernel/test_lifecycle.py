"""Lifecycles: whatever is tried, in whatever order, only declared steps are taken."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel.lifecycle import Lifecycle, Step, StepClosed
from lindung.placement.lifecycles import PLACEMENT, PlacementState

SOURCE = Path(__file__).resolve().parents[2] / "src" / "lindung"


class D(StrEnum):
    """A door."""

    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"


DOOR = Lifecycle(
    name="door",
    initial=D.OPEN,
    steps=(
        Step("shut", (D.OPEN,), D.SHUT),
        Step("open", (D.SHUT,), D.OPEN),
        Step("lock", (D.SHUT,), D.LOCKED, basis="id.door.lock"),
    ),
)


class TestTake:
    def test_leads_to_the_target(self) -> None:
        assert DOOR.take("shut", D.OPEN) is D.SHUT

    @pytest.mark.parametrize("state", [D.SHUT, D.LOCKED])
    def test_refuses_from_elsewhere_and_says_so(self, state: D) -> None:
        with pytest.raises(StepClosed) as refusal:
            DOOR.take("shut", state)
        assert refusal.value.status == 409
        assert refusal.value.problem()["step"] == "shut"
        assert refusal.value.problem()["state"] == str(state)

    def test_of_no_such_step_is_a_bug_and_no_refusal(self) -> None:
        with pytest.raises(KeyError):
            DOOR.take("burn", D.OPEN)


class TestOpenSteps:
    def test_are_those_that_can_be_taken(self) -> None:
        for state in D:
            for step in DOOR.steps:
                if step in DOOR.open_steps(state):
                    assert DOOR.take(step.name, state) == step.target
                else:
                    with pytest.raises(StepClosed):
                        DOOR.take(step.name, state)

    def test_are_none_at_the_end(self) -> None:
        assert DOOR.is_final(D.LOCKED)
        assert not DOOR.is_final(D.OPEN)


class TestALifecycle:
    def test_names_no_step_twice(self) -> None:
        with pytest.raises(ValueError, match="named twice"):
            Lifecycle(
                "door", D.OPEN, (Step("x", (D.OPEN,), D.SHUT), Step("x", (D.SHUT,), D.LOCKED))
            )

    def test_reaches_every_state(self) -> None:
        with pytest.raises(ValueError, match="locked"):
            Lifecycle("door", D.OPEN, (Step("x", (D.OPEN,), D.SHUT),))

    def test_is_drawn(self) -> None:
        assert DOOR.mermaid().splitlines() == [
            "stateDiagram-v2",
            "    [*] --> open",
            "    open --> shut: shut",
            "    shut --> open: open",
            "    shut --> locked: lock",
            "    locked --> [*]",
        ]


def lifecycles() -> list[Lifecycle[Any]]:
    """Every lifecycle there is."""
    return [
        value
        for file in sorted(SOURCE.glob("*/lifecycles.py"))
        for value in vars(import_module(f"lindung.{file.parent.name}.lifecycles")).values()
        if isinstance(value, Lifecycle)
    ]


def walked(lifecycle: Lifecycle[Any], tried: list[str]) -> list[tuple[str, Any]]:
    """The steps of ``tried`` that were taken, with the state after each."""
    state, path = lifecycle.initial, []
    for name in tried:
        try:
            state = lifecycle.take(name, state)
        except StepClosed:
            continue
        path.append((name, state))
    return path


@pytest.mark.parametrize("lifecycle", lifecycles(), ids=lambda each: each.name)
class TestEveryLifecycle:
    def test_can_reach_every_state_from_its_start(self, lifecycle: Lifecycle[Any]) -> None:
        reached, ahead = {lifecycle.initial}, [lifecycle.initial]
        while ahead:
            for step in lifecycle.open_steps(ahead.pop()):
                if step.target not in reached:
                    reached.add(step.target)
                    ahead.append(step.target)
        states: type[StrEnum] = type(lifecycle.initial)
        assert reached == set(states)

    def test_is_named_in_words_of_the_office(self, lifecycle: Lifecycle[Any]) -> None:
        for step in lifecycle.steps:
            assert step.name == step.name.lower().strip()
            assert step.sources

    @given(data=st.data())
    def test_never_leaves_a_final_state(
        self, lifecycle: Lifecycle[Any], data: st.DataObject
    ) -> None:
        names = [step.name for step in lifecycle.steps]
        path = walked(lifecycle, data.draw(st.lists(st.sampled_from(names), max_size=40)))
        for _, state in path[:-1]:
            assert not lifecycle.is_final(state)


@given(st.lists(st.sampled_from([step.name for step in PLACEMENT.steps]), max_size=60))
def test_whoever_departed_was_cleared(tried: list[str]) -> None:
    states = [state for _, state in walked(PLACEMENT, tried)]
    for number, state in enumerate(states):
        if state is PlacementState.DEPARTED:
            assert PlacementState.CLEARED in states[:number]
        if state is PlacementState.ARRIVED:
            assert states[number - 1] is PlacementState.DEPARTED
        if state is PlacementState.CLEARED:
            assert {PlacementState.CONTRACTED, PlacementState.AUTHORISED} & set(states[:number])
