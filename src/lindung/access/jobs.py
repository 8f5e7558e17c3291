"""Jobs: work that begins when the change commits, and only then."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.access.statements import watched
from lindung.kernel.trail import Trail, follow

P = ParamSpec("P")

# Jobs run in the order in which they were put in, these before all others: a flood of check-ins must
# not make a cry for help wait, nor the clocks that ring the next officer.
URGENT = 20
# Somebody sits before a telephone and waits: a code to sign in, an answer.
SOON = 10


def job(
    *,
    retries: int = 8,
    periodic: str = "",
    queue: str = "default",
    whole: bool = True,
    priority: int = 0,
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Declare a function in an app's ``tasks.py`` as a job that runs as our robot.

    Args:
        retries: tries after the first, with growing waits.
        periodic: a cron line for work that the clock starts.
        queue: jobs of one queue share workers.
        whole: all of it in one transaction. A job that talks to others over a network does its
            parts in transactions of their own, so that no lock waits for an answer and what was
            done is kept when the rest is cut off.
        priority: of each of its runs, where whoever puts one in says nothing else.
    """

    def declare(body: Callable[P, None]) -> Callable[P, None]:
        name = f"{body.__module__.removeprefix('lindung.').removesuffix('.tasks')}.{body.__name__}"

        @wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            kwargs.pop("timestamp", None)  # periodic jobs are told when they were due
            mine = Trail("job", name, actor=str(ROBOT.kind))
            with follow(mine), watched(mine), acting_as(ROBOT) if whole else nullcontext():
                body(*args, **kwargs)

        task = app.task(
            name=name,
            queue=queue,
            priority=priority,
            retry=RetryStrategy(max_attempts=retries, exponential_wait=3),
        )(run)
        if periodic:
            app.periodic(cron=periodic)(task)  # type: ignore[arg-type]  # `run` drops the instant
        body.task = task  # type: ignore[attr-defined]
        return run

    return declare


def enqueue(
    name: str,
    *,
    lock: str = "",
    at: datetime | None = None,
    priority: int | None = None,
    **arguments: Any,
) -> None:
    """Put in a job in the running transaction: it exists if and only if the change does.

    Args:
        name: ``<app>.<function>`` of the job.
        lock: jobs with the same lock run one after another.
        at: not before this instant.
        priority: ``URGENT`` or ``SOON``, where it goes before others.
        arguments: ids only, never personal data.
    """
    app.configure_task(name, lock=lock or None, schedule_at=at, priority=priority).defer(
        **arguments
    )
