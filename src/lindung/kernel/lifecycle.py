"""Lifecycles: states and steps as data, so that pages, operations and diagrams agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from lindung.kernel.refusals import Refusal

S = TypeVar("S", bound=StrEnum)


class StepClosed(Refusal):
    """The thing is not in a state from which this step can be taken."""

    status = 409
    slug = "step-closed"
    title = "Langkah ini belum atau tidak lagi terbuka."
    advice = "Muat ulang halaman untuk melihat langkah yang terbuka sekarang."


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """One move of a lifecycle.

    Attributes:
        name: the verb the office says; unique within the lifecycle.
        sources: states from which it is open.
        target: the state it leads to.
        basis: id of the law or rule behind it, or empty where it is plain practice.
    """

    name: str
    sources: tuple[S, ...]
    target: S
    basis: str = ""


@dataclass(frozen=True)
class Lifecycle(Generic[S]):
    """All states and steps of one kind of thing."""

    name: str
    initial: S
    steps: tuple[Step[S], ...]

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        if len(names) != len(set(names)):
            raise ValueError(f"{self.name}: a step is named twice")
        if unreachable := set(type(self.initial)) - {self.initial} - {s.target for s in self.steps}:
            raise ValueError(f"{self.name}: no step leads to {sorted(unreachable)}")

    def take(self, name: str, state: S) -> S:
        """The state after step ``name`` from ``state``.

        Raises:
            StepClosed: the step is not open from that state.
            KeyError: no step of that name exists (a bug, not a refusal).
        """
        step = self._named(name)
        if state not in step.sources:
            raise StepClosed(step=name, state=str(state))
        return step.target

    def open_steps(self, state: S) -> tuple[Step[S], ...]:
        """The steps open from ``state``, in declared order."""
        return tuple(step for step in self.steps if state in step.sources)

    def is_final(self, state: S) -> bool:
        """Whether no step leads out of ``state``."""
        return not self.open_steps(state)

    def mermaid(self) -> str:
        """This lifecycle as a Mermaid state diagram."""
        return "\n".join(self._diagram()) + "\n"

    def _diagram(self) -> Iterator[str]:
        yield "stateDiagram-v2"
        yield f"    [*] --> {self.initial}"
        for step in self.steps:
            for source in step.sources:
                yield f"    {source} --> {step.target}: {step.name}"
        for state in type(self.initial):
            if self.is_final(state):
                yield f"    {state} --> [*]"

    def _named(self, name: str) -> Step[S]:
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(f"{self.name} has no step {name!r}")
