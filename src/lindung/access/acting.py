"""``acting_as``: the one door through which anything is read or changed.

It opens the transaction and tells PostgreSQL who acts, for that transaction only: the database
role of the actor's kind and the actor's scope, in one message with whatever is asked first. Pages, the API, jobs, the
exchange and commands all pass through it, and ``@operation`` does so for its own body.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from django.db import connection, transaction
from psycopg.pq import TransactionStatus
from psycopg.sql import quote

from lindung.access.actors import Actor
from lindung.kernel import trail
from lindung.kernel.refusals import NobodyActs

_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)

# set_config(…, true) lasts until the transaction ends; `false` would leak to the next client
# of a pooled connection.
_BECOME = """
select set_config('role', {}, true), set_config('lindung.actor', {}, true),
       set_config('lindung.posts', {}, true), set_config('lindung.agency', {}, true),
       set_config('lindung.regions', {}, true), set_config('lindung.worker', {}, true),
       set_config('lindung.country', {}, true)"""
DOOR = "acts_as_door"
_BROKEN = (TransactionStatus.INERROR, TransactionStatus.UNKNOWN)


def current_actor() -> Actor:
    """Who acts now.

    Raises:
        NobodyActs: nobody does.
    """
    if (actor := _acting.get()) is None:
        raise NobodyActs
    return actor


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Run the block in a transaction (or savepoint) as ``actor``.

    An inner block restores the outer actor: ``SET LOCAL`` outlives a released savepoint, while a
    rolled-back one undoes it by itself.
    """
    outer = _acting.get()
    # The outermost transaction takes its settings with it when it ends.
    inside = connection.in_atomic_block
    trail.acts(str(actor.kind))
    with transaction.atomic():
        if outer != actor:
            _tell_postgresql(actor)
        token = _acting.set(actor)
        try:
            yield actor
        finally:
            _acting.reset(token)
        # A transaction already lost takes its settings with it, and answers no more queries.
        if inside and outer != actor and not connection.needs_rollback:
            _tell_postgresql(outer)


@contextmanager
def acting_within(actor: Actor) -> Iterator[Actor]:
    """Become ``actor`` for a part of an operation that stands or falls with the whole.

    No savepoint: what is raised inside and caught by the caller leaves standing what was written
    before it. Where nothing runs yet, this is :func:`acting_as`.
    """
    outer = _acting.get()
    if outer is None or not connection.in_atomic_block:
        with acting_as(actor):
            yield actor
        return
    if outer == actor:
        yield actor
        return
    _tell_postgresql(actor)
    token = _acting.set(actor)
    try:
        yield actor
    finally:
        _acting.reset(token)
        # What broke the transaction is undone by whoever began it, and the settings with it.
        if not connection.needs_rollback and not _is_broken():
            _tell_postgresql(outer)


def _is_broken() -> bool:
    info = connection.connection.info if connection.connection is not None else None
    return info is None or info.transaction_status in _BROKEN


@contextmanager
def at_the_door() -> Iterator[None]:
    """Run the block as nobody, within the actor's transaction: tries are counted by the door.

    What it writes stands and falls with the transaction, so count only where the answer is no error.
    """
    outer = _acting.get()
    _tell_postgresql(None)
    token = _acting.set(None)
    try:
        yield
    finally:
        _acting.reset(token)
        if outer is not None and not connection.needs_rollback and not _is_broken():
            _tell_postgresql(outer)


@lru_cache(maxsize=256)
def _become(values: tuple[str, ...]) -> str:
    return _BECOME.format(*map(quote, values))


def _tell_postgresql(actor: Actor | None) -> None:
    if actor is None:
        values = (DOOR, "", "", "", "", "", "")
    else:
        values = (
            actor.kind.role,
            str(actor.id),
            "{" + ",".join(map(str, actor.posts)) + "}",
            str(actor.agency or ""),
            "{" + ",".join(actor.regions) + "}",
            str(actor.worker or ""),
            actor.country,
        )
    # Outside a transaction a connection is the door's already.
    if connection.in_atomic_block:
        connection.before_next(_become(values))  # type: ignore[attr-defined]  # access.database
