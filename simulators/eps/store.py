"""The simulator's own database: one SQLite file; a message lies in it before it is worked on."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
create table if not exists setting (name text primary key, value text not null);

-- The other node's keys as a person (or the first start) pinned them.
create table if not exists pinned_key (
    kid text primary key, x text not null,
    valid_from text not null, valid_to text, revoked_at text);

-- Everything that came in, exact bytes first, read later.
create table if not exists received (
    n integer primary key autoincrement, at text not null, body blob not null,
    signature text not null, digest text not null,
    state text not null check (
        state in ('kept', 'refused', 'waiting', 'applied', 'declined', 'error')),
    source text, message_id text, type text, subject text, sequence integer, correlation text,
    reason text not null default '', note text not null default '',
    stored_at text, decided_at text, repeats integer not null default 0);
create unique index if not exists received_once on received (source, message_id)
    where state not in ('kept', 'refused');
create unique index if not exists received_in_order on received (source, subject, sequence)
    where state not in ('kept', 'refused') and sequence is not null;
create index if not exists received_waiting on received (state) where state in ('kept', 'waiting');

-- Everything that goes out, exact bytes and signature, until its receipts are back.
create table if not exists sent (
    n integer primary key autoincrement, at text not null, message_id text not null unique,
    type text not null, subject text not null, sequence integer, correlation text not null,
    body blob not null, signature text not null, digest text not null,
    state text not null check (state in ('waiting', 'stored', 'accepted', 'refused', 'done')),
    attempts integer not null default 0, next_at real not null default 0,
    reason text not null default '', note text not null default '',
    technical blob, technical_signature text, business blob, business_signature text,
    answered_at text,
    unique (subject, sequence));
create index if not exists sent_waiting on sent (next_at) where state = 'waiting';

-- What was meant by messages that were spoiled on command.
create table if not exists meant (
    message_id text primary key, name text not null, data blob not null);

-- How far the partner says it got, where our own count was lost.
create table if not exists lane (subject text primary key, floor integer not null);

-- Keys after the first, with the instant from which each signs.
create table if not exists own_key (
    kid text primary key, private blob not null, valid_from text not null);

create table if not exists gap (
    subject text primary key, asked_at real not null, attempts integer not null);
create table if not exists seen_request (id text primary key, at real not null);

create table if not exists candidate (
    subject text primary key, roster_no text unique, state text not null, listed text not null,
    passport text not null, valid_to text, next_step_at real, changed_at text not null,
    facts text not null default '{}');
create table if not exists offer (
    offer_no text primary key, subject text not null references candidate, state text not null,
    answer_by text not null, message_id text not null, employer text not null, terms text not null,
    monthly text not null);
create table if not exists counter (name text primary key, value integer not null);
"""


class Store:
    """One connection per thread; `write()` is a transaction that is durable when it returns."""

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
            # FULL: a receipt is a promise, so a commit must survive losing power.
            connection.execute("pragma synchronous = full")
            connection.execute("pragma foreign_keys = on")
            self._local.connection = connection
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A writing transaction; nested calls join the outer one."""
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
        """The first row of a query, or None."""
        found: sqlite3.Row | None = self.db.execute(sql, values).fetchone()
        return found

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting's JSON value."""
        found = self.row("select value from setting where name = ?", name)
        return default if found is None else json.loads(found["value"])

    def set(self, name: str, value: Any) -> None:
        """Keep a setting as JSON."""
        with self.write() as db:
            db.execute(
                "insert into setting values (?, ?) on conflict (name) do update set value = ?",
                (name, json.dumps(value), json.dumps(value)),
            )

    def next(self, name: str) -> int:
        """The next number of a running count; call inside `write()`."""
        found = self.db.execute(
            "insert into counter values (?, 1) "
            "on conflict (name) do update set value = value + 1 returning value",
            (name,),
        ).fetchone()
        return int(found[0])
