"""``@operation``: a change that needs a right, made as its actor, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.rights import Right
from lindung.kernel.refusals import NotAllowed

P = ParamSpec("P")
R = TypeVar("R")


def operation(
    right: Right,
) -> Callable[[Callable[Concatenate[Actor, P], R]], Callable[Concatenate[Actor, P], R]]:
    """Mark a function as an operation that needs ``right``.

    The function's first parameter is the actor, by position; the rest go by keyword. Whatever it
    raises undoes what it changed.

    Raises:
        NotAllowed: the actor's duty does not hold the right.
    """

    def declare(
        body: Callable[Concatenate[Actor, P], R],
    ) -> Callable[Concatenate[Actor, P], R]:
        @wraps(body)
        def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not actor.may(right):
                raise NotAllowed(right=str(right))
            with acting_as(actor):
                return body(actor, *args, **kwargs)

        setattr(run, "right", right)  # noqa: B010  read by the house tests
        return run

    return declare
