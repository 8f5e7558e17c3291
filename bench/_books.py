"""What requests wrote: the rows of each, to be inserted again elsewhere by somebody plainer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from psycopg import sql

# Rows of one request, as [number of a statement, values].
Rows = list[list[Any]]
# Written by triggers of other tables, so by whoever inserts those again too.
_BY_TRIGGER = frozenset({"procrastinate_events"})


class Books:
    """Which rows there were at a mark, and which came since.

    Attributes:
        statements: one insert for each table that got rows, its values as text.
    """

    def __init__(self, owner: Any) -> None:
        """Open the books with a connection of the owner, whom no policy binds; autocommit."""
        self.owner = owner
        self.keys = _keys_of(owner)
        self.statements: list[str] = []
        self.columns: dict[str, list[str]] = {}
        self.numbers: dict[str, int] = {}
        self.seen: dict[str, set[str]] = {}

    def mark(self) -> None:
        """From here on."""
        self.seen = {table: {row[0] for row in self._rows(table, [])} for table in self.keys}

    def made(self, about: Sequence[str]) -> list[Rows]:
        """The rows inserted since the mark, as a share for each request.

        A person's rows go to the requests about that person, those that name nobody to all.

        Args:
            about: the person of each request.
        """
        shares: list[Rows] = [[] for _ in about]
        theirs: dict[str, list[int]] = defaultdict(list)
        for at, person in enumerate(about):
            theirs[person].append(at)
        for table in self.keys:
            whose: dict[str, list[list[Any]]] = defaultdict(list)
            for values in self._fresh(table):
                whose[next((each for each in values if each in theirs), "")].append(values)
            for person, rows in whose.items():
                own = theirs.get(person) or range(len(about))
                # As they were made, so that a row comes with the one it refers to, or after it.
                for turn, values in enumerate(rows):
                    share = shares[own[turn * len(own) // len(rows)]]
                    share.append([self.numbers[table], values])
        return shares

    def _fresh(self, table: str) -> list[list[Any]]:
        if table in _BY_TRIGGER:
            return []
        seen = self.seen[table]
        with_keys = self._rows(table, self._columns(table))
        fresh = [list(row[1:]) for row in with_keys if row[0] not in seen]
        if fresh and table not in self.numbers:
            self._write(table)
        return fresh

    def _rows(self, table: str, columns: list[str]) -> list[tuple[Any, ...]]:
        key = sql.SQL("concat_ws('|', {})").format(
            sql.SQL(", ").join(map(sql.Identifier, self.keys[table]))
        )
        asked = [key, *(sql.SQL("{}::text").format(sql.Identifier(each)) for each in columns)]
        found: list[tuple[Any, ...]] = self.owner.execute(
            sql.SQL("select {} from {} order by xmin::text::bigint").format(
                sql.SQL(", ").join(asked), sql.Identifier(table)
            )
        ).fetchall()
        return found

    def _columns(self, table: str) -> list[str]:
        """Those that the program fills; numbers and transactions are the database's own."""
        if table not in self.columns:
            self.columns[table] = [
                row[0]
                for row in self.owner.execute(
                    "select column_name from information_schema.columns where table_schema = 'public'"
                    " and table_name = %s and is_generated = 'NEVER' and is_identity = 'NO'"
                    " and column_default is null order by ordinal_position",
                    [table],
                )
            ]
        return self.columns[table]

    def _write(self, table: str) -> None:
        columns = self._columns(table)
        self.numbers[table] = len(self.statements)
        self.statements.append(
            sql.SQL("insert into {} ({}) values ({})")
            .format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join(sql.Placeholder() * len(columns)),
            )
            .as_string(None)
        )


def _keys_of(owner: Any) -> dict[str, list[str]]:
    """The primary key's columns of every table, partitions by their whole."""
    keys: dict[str, list[str]] = defaultdict(list)
    for table, column in owner.execute(
        "select c.relname, a.attname from pg_index i join pg_class c on c.oid = i.indrelid"
        " join pg_namespace n on n.oid = c.relnamespace"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)"
        " where i.indisprimary and n.nspname = 'public' and c.relkind in ('r', 'p')"
        " and not c.relispartition order by 1, 2"
    ):
        keys[table].append(column)
    return dict(keys)
