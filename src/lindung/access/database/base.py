"""Fewer round trips to PostgreSQL, in the same order and with the same outcome.

Who acts, and where a part of a change begins and ends, are commands that nobody waits for. They are kept
back and travel before the next statement, in one message with it. So nothing is ever asked before
them; what was never followed by a statement is never sent. A connection that has just answered is not
asked at each request whether it lives.
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.transaction import TransactionManagementError
from psycopg import ClientCursor
from psycopg.pq import TransactionStatus

# So long after an answer a connection whose socket is silent is taken to live. The longest that a
# request can meet a dead one unasked; it is then told to come again, as with any lost connection.
FRESH_SECONDS = 1.0
_HEALTHY = (TransactionStatus.IDLE, TransactionStatus.INTRANS)


class Cursor(base.Cursor, ClientCursor[Any]):
    """Sends what waits on its connection before whatever it is told to do."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        """Run the statement, and before it, in the same message, what waits."""
        waiting: list[str] = self.connection.waiting  # type: ignore[attr-defined]  # ours
        if not waiting:
            return super().execute(query, params, **more)
        with self._taken(waiting) as before:
            text = query if isinstance(query, str) else _text(query, self.connection)
            first = "; ".join(before)
            if params is not None:
                first = first.replace("%", "%%")
            super().execute(f"{first}; {text}", params, **more)
        for _ in before:
            self.nextset()
        return self

    def executemany(self, query: Any, params_seq: Any, **more: Any) -> Any:
        """Send what waits, then run the statement for each."""
        self.settle()
        return super().executemany(query, params_seq, **more)

    def stream(self, query: Any, params: Any = None, **more: Any) -> Any:
        """Send what waits, then give the rows one by one."""
        self.settle()
        return super().stream(query, params, **more)

    def copy(self, statement: Any, params: Any = None, **more: Any) -> Any:
        """Send what waits, then copy."""
        self.settle()
        return super().copy(statement, params, **more)

    def settle(self) -> None:
        """Send what waits by itself."""
        waiting: list[str] = self.connection.waiting  # type: ignore[attr-defined]  # ours
        if waiting:
            with self._taken(waiting) as before:
                super().execute("; ".join(before))

    @contextmanager
    def _taken(self, waiting: list[str]) -> Iterator[list[str]]:
        before = list(waiting)
        waiting.clear()
        try:
            yield before
        except Exception:
            # A statement that could not be written down was never sent, and neither was this.
            if self.connection.info.transaction_status in _HEALTHY:
                waiting[:0] = before
            raise


class BoundCursor(psycopg.Cursor[Any]):
    """Values are bound by the server, so that a statement travels alone: what waits goes first."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        """Send what waits, then run the statement."""
        _settle(self.connection)
        return super().execute(query, params, **more)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that keeps back what nobody waits for."""

    health_check_done: bool
    _answered_at = 0.0

    def before_next(self, command: str) -> None:
        """Have a command go before the next statement of this transaction.

        Args:
            command: complete SQL whose answer nobody needs. It is undone with the part of the
                transaction in which it was said.
        """
        if not self.in_atomic_block:
            raise TransactionManagementError("Nothing can wait outside a transaction.")
        self.validate_no_broken_transaction()
        self.ensure_connection()
        self.connection.waiting.append(command)

    def get_connection_params(self) -> dict[str, Any]:
        """Django's, with our cursor."""
        return {**super().get_connection_params(), "cursor_factory": Cursor}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; nothing waits yet."""
        made = super().get_new_connection(conn_params)
        made.waiting = []
        return made

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor; one with a name lives on the server and takes nothing along."""
        if name:
            _settle(self.connection)
        return super().create_cursor(name)

    def bound_cursor(self) -> BoundCursor:
        """A cursor for whole columns of values, which the server binds in their binary form."""
        self.ensure_connection()
        return BoundCursor(self.connection)

    def close_if_health_check_failed(self) -> None:
        """Ask whether the connection lives, unless it has just answered and says nothing by itself."""
        fresh = time.monotonic() - self._answered_at < FRESH_SECONDS
        if (
            self.connection is not None
            and fresh
            and not self.health_check_done
            and self._is_quiet()
        ):
            self.health_check_done = True
        super().close_if_health_check_failed()

    def _is_quiet(self) -> bool:
        # A server that ends a connection says so, and its socket has something to read.
        if self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)

    def _savepoint(self, sid: str) -> None:
        self.connection.waiting.append(self.ops.savepoint_create_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        waiting, begun = self.connection.waiting, self.ops.savepoint_create_sql(sid)
        if begun in waiting:
            # Nothing was sent since, so what waits is all there is to undo.
            del waiting[waiting.index(begun) + 1 :]
            return
        waiting.clear()
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # not in the stubs

    def _savepoint_commit(self, sid: str) -> None:
        waiting, begun = self.connection.waiting, self.ops.savepoint_create_sql(sid)
        if begun in waiting:
            waiting.remove(begun)
        elif self.connection.info.transaction_status in _HEALTHY:
            waiting.append(self.ops.savepoint_commit_sql(sid))
        else:
            # A broken transaction has to say so here, not at its commit, which would pass it over.
            super()._savepoint_commit(sid)  # type: ignore[misc]  # not in the stubs

    def _commit(self) -> None:
        self._forget()
        super()._commit()  # type: ignore[misc]  # not in the stubs
        self._answered_at = time.monotonic()

    def _rollback(self) -> None:
        self._forget()
        super()._rollback()  # type: ignore[misc]  # not in the stubs

    def _forget(self) -> None:
        # Ends of parts and who acts: all of it ends with the transaction.
        if self.connection is not None:
            self.connection.waiting.clear()


def _settle(connection: Any) -> None:
    """Send what waits, before a statement that has to travel alone."""
    with connection.cursor() as cursor:
        cursor.settle()


def _text(query: Any, connection: Any) -> str:
    if isinstance(query, bytes):
        return query.decode()
    told: str = query.as_string(connection)
    return told
