"""A streaming replica for pages that may be a little old; whoever wrote sees what they wrote.

A page is read there as a whole: for its time this thread's connection *is* the replica's, so queries,
raw SQL, the role and the scope go one way and none is forgotten. The row policies are part of what
streams, so they hold there as here. The replica itself refuses every change.

After a change the answer carries how far the primary's log had come. A page goes to the replica only
where the replica has come as far, so nobody misses their own change, on no machine and after no time.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections

from lindung.kernel.faults import where

log = logging.getLogger(__name__)

ALIAS = "replica"
# A place in PostgreSQL's write-ahead log, as it writes it.
_PLACE = re.compile(r"^[0-9A-F]{1,8}/[0-9A-F]{1,8}$")
# Since when nothing came is told by the last transaction replayed: the job worker's sign of life makes
# one every ten seconds. A server that is no replica has none.
_STANDING = """
select extract(epoch from now() - pg_last_xact_replay_timestamp()),
       case when %s <> '' then pg_last_wal_replay_lsn() >= nullif(%s, '')::pg_lsn else true end
where pg_is_in_recovery()
"""
View = TypeVar("View", bound=Callable[..., Any])


def may_be_old(view: View) -> View:
    """Mark a page that changes nothing, records no look, and may be some seconds old."""

    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    setattr(marked, "may_be_old", True)  # noqa: B010  read by the middleware and the house test
    return marked  # type: ignore[return-value]  # it takes and gives what the view does


def configured() -> bool:
    """Whether there is a replica at all."""
    return ALIAS in settings.DATABASES


def place() -> str:
    """How far the primary's log has come."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_wal_lsn()::text")
        return str(cursor.fetchone()[0])


def is_place(text: str) -> bool:
    """Whether this is a place in a log; it comes back from a browser."""
    return _PLACE.match(text) is not None


def behind() -> float | None:
    """Seconds since the last change that the replica has; None where it does not answer or is none."""
    return _standing("")[0]


def serves(since: str) -> bool:
    """Whether the replica answers, is close enough, and has come as far as ``since``."""
    seconds, has_it = _standing(since)
    return seconds is not None and seconds <= settings.REPLICA_SECONDS and has_it


def _standing(since: str) -> tuple[float | None, bool]:
    try:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(_STANDING, [since, since])
            row = cursor.fetchone()
    except Error as error:
        log.warning("the replica does not answer: %s", where(error))
        connections[ALIAS].close()
        return None, False
    if row is None or row[0] is None:
        return None, False
    return float(row[0]), bool(row[1])


def is_reading() -> bool:
    """Whether this thread's connection is the replica's now."""
    return connection.alias == ALIAS


@contextmanager
def reading() -> Iterator[None]:
    """Let this thread's connection be the replica's.

    Only outside a transaction: what has begun on the primary ends there.
    """
    primary = connections[DEFAULT_DB_ALIAS]
    if primary.in_atomic_block:
        raise RuntimeError("a transaction on the primary is open")
    replica = connections[ALIAS]
    # Who watches what is asked watches on.
    replica.execute_wrappers, before = primary.execute_wrappers, replica.execute_wrappers
    connections[DEFAULT_DB_ALIAS] = replica
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = primary
        replica.execute_wrappers = before
