"""The simulator's own database, one SQLite file: what came, what goes, who is known."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
create table if not exists setting (name text primary key, value text not null);
create table if not exists pinned_key (
    kid text primary key, x text not null, valid_from text not null, valid_to text,
    revoked_at text);
create table if not exists received (
    n integer primary key autoincrement, at text not null, body blob not null,
    signature text not null, digest text not null,
    state text not null check (state in ('refused', 'waiting', 'applied', 'declined')),
    message_id text, type text, subject text, sequence integer,
    reason text not null default '', repeats integer not null default 0);
create unique index if not exists received_once on received (message_id) where state <> 'refused';
create unique index if not exists received_in_order on received (subject, sequence)
    where state <> 'refused' and sequence is not null;
create table if not exists sent (
    n integer primary key autoincrement, at text not null, message_id text not null unique,
    type text not null, subject text not null, sequence integer, correlation text not null,
    body blob not null, signature text not null, digest text not null,
    state text not null check (
        state in ('waiting', 'dropped', 'stored', 'accepted', 'refused', 'done')),
    due real not null default 0, tries integer not null default 0,
    reason text not null default '', unique (subject, sequence));
create table if not exists ask (subject text primary key, low integer, high integer, at real);
create table if not exists worker (
    subject text primary key, state text not null, facts text not null default '{}');
"""


class Store:
    """One connection a thread; `write()` is a transaction, durable when it returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db.executescript(SCHEMA)

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("pragma journal_mode = wal")
            # A receipt is a promise: a commit survives losing power.
            connection.execute("pragma synchronous = full")
            self._local.connection = connection
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A writing transaction; an inner one joins it."""
        db = self.db
        if db.in_transaction:
            yield db
            return
        db.execute("begin immediate")
        try:
            yield db
        except BaseException:
            db.execute("rollback")
            raise
        db.execute("commit")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self.db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row, or None."""
        found: sqlite3.Row | None = self.db.execute(sql, values).fetchone()
        return found

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting's JSON value."""
        found = self.row("select value from setting where name = ?", name)
        return default if found is None else json.loads(found["value"])

    def set(self, name: str, value: Any) -> None:
        """Keep a setting."""
        text = json.dumps(value)
        with self.write() as db:
            db.execute(
                "insert into setting values (?, ?) on conflict (name) do update set value = ?",
                (name, text, text),
            )

    def close(self) -> None:
        """Close this thread's connection."""
        self.db.close()
        self._local.connection = None
