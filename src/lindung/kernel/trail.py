"""The trail of one piece of work, a request or a job: what log lines, measures and traces say of it.

It holds names of our own code, counts and seconds. A route's name stands in it, never an address; the
kind of actor, never who; a statement's text, never its values.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

# What is kept of one piece of work; a job over a million people asks the database very often.
STATEMENTS_KEPT = 200
# Slots of a W3C trace context, level 1: 16 bytes for the trace, 8 for one span of it.
_TRACE_BYTES, _SPAN_BYTES = 16, 8


@dataclass(frozen=True, slots=True)
class Statement:
    """One question to the database: its text with places for the values, when, how long, how many rows."""

    text: str
    began_ns: int
    seconds: float
    rows: int
    failed: bool


@dataclass(slots=True)
class Trail:
    """One piece of work.

    Attributes:
        kind: ``request`` or ``job``.
        name: the route's or the job's name, as the code calls it.
        method: of a request.
        status: of the answer; of a job 200, or 500 where it failed.
        actor: the kind of who acts, or empty.
        id: of this piece of work, 32 hex digits.
        trace, span, parent: as in W3C trace context.
        began_ns: nanoseconds since 1970.
        seconds: how long it took, once it is over.
        failure: class of what went wrong, or empty.
    """

    kind: Literal["request", "job"]
    name: str = ""
    method: str = ""
    status: int = 200
    actor: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(_TRACE_BYTES))
    trace: str = field(default_factory=lambda: secrets.token_hex(_TRACE_BYTES))
    span: str = field(default_factory=lambda: secrets.token_hex(_SPAN_BYTES))
    parent: str = ""
    began_ns: int = field(default_factory=time.time_ns)
    seconds: float = 0.0
    failure: str = ""
    queries: int = 0
    database_seconds: float = 0.0
    statements: list[Statement] = field(default_factory=list)

    def asked(self, statement: Statement) -> None:
        """Count a question to the database."""
        self.queries += 1
        self.database_seconds += statement.seconds
        if len(self.statements) < STATEMENTS_KEPT:
            self.statements.append(statement)


Observer = Callable[[Trail], None]
_current: ContextVar[Trail | None] = ContextVar("trail", default=None)
_observers: list[Observer] = []


def observe(observer: Observer) -> None:
    """Have every finished piece of work told to ``observer``; asking twice is asking once."""
    if observer not in _observers:
        _observers.append(observer)


def forget(observer: Observer) -> None:
    """Tell ``observer`` no more."""
    _observers.remove(observer)


def current() -> Trail | None:
    """The work that is going on, if any."""
    return _current.get()


def acts(kind: str) -> None:
    """Note the kind of actor, once: whoever acts first is whose work it is."""
    trail = _current.get()
    if trail is not None and not trail.actor:
        trail.actor = kind


@contextmanager
def follow(trail: Trail) -> Iterator[Trail]:
    """Run the block as this piece of work and tell the observers when it is over."""
    token = _current.set(trail)
    began = time.perf_counter()
    try:
        yield trail
    except BaseException as error:
        trail.status, trail.failure = 500, type(error).__name__
        raise
    finally:
        trail.seconds = time.perf_counter() - began
        try:
            for observer in _observers:
                observer(trail)
        finally:
            _current.reset(token)
