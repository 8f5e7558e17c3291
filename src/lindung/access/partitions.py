"""Tables that lie in parts by month: what parts there are, the next ones made, old ones taken off.

Each partitioned table is declared here with how long its months stay. Runs as the owner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

# A part is taken off under a lock that stops readers for a moment; where it cannot be had at once it
# is tried again another time.
_LOCK = "5s"
_RANGE = re.compile(r"FROM \(('[^']+'|MINVALUE)\) TO \(('[^']+'|MAXVALUE)\)")


class Refused(Exception):
    """What was asked is not done; says why."""


@dataclass(frozen=True, slots=True)
class Partitioned:
    """A table in parts by month.

    Attributes:
        table: its name; a part is called ``<table>_YYYY_MM``.
        ahead: months made in advance.
        keep: whole months that stay; None: all of them, for the reason in ``why``.
    """

    table: str
    ahead: int
    keep: int | None
    why: str


DECLARED = (
    Partitioned(
        "access_journal",
        ahead=12,
        keep=None,
        why="a sealed entry that is gone cannot be told from one that was removed: the proof needs"
        " every month. Old months may move to a slower disk (alter table … set tablespace).",
    ),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part.

    Attributes:
        since, until: its months; until is exclusive; None where it has no end on that side.
        default: takes what lies in no other.
        rows: as the planner last counted.
    """

    name: str
    since: date | None
    until: date | None
    default: bool
    rows: int
    size: int


def declared(table: str) -> Partitioned:
    """How a table is kept.

    Raises:
        Refused: it is not declared.
    """
    for each in DECLARED:
        if each.table == table:
            return each
    known = ", ".join(each.table for each in DECLARED)
    raise Refused(f"{table} is no table in parts; there are: {known}.")


def parts(table: str) -> list[Part]:
    """The parts of a table, in the order of their months."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select part.relname, pg_get_expr(part.relpartbound, part.oid),"
            " greatest(part.reltuples, 0)::bigint, pg_total_relation_size(part.oid)"
            " from pg_inherits join pg_class part on part.oid = inhrelid"
            " where inhparent = %s::regclass",
            [table],
        )
        found = [_part(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda each: (each.default, each.since or date.min))


def _part(name: str, bound: str, rows: int, size: int) -> Part:
    said = _RANGE.search(bound)
    since, until = (_day(said[1]), _day(said[2])) if said else (None, None)
    return Part(name, since, until, bound == "DEFAULT", rows, size)


def _day(text: str) -> date | None:
    return date.fromisoformat(text[1:11]) if text.startswith("'") else None


def make(of: Partitioned, *, on: date, ahead: int | None = None) -> list[str]:
    """Make the parts from this month on that are missing; returns their names.

    Raises:
        Refused: the part for the rest holds entries of those months: they must be moved first.
    """
    made = []
    existing = {each.name for each in parts(of.table)}
    for step in range((of.ahead if ahead is None else ahead) + 1):
        first = _month(on, step)
        name = f"{of.table}_{first:%Y_%m}"
        if name in existing:
            continue
        if _in_default(of, first):
            raise Refused(
                f"Rows of {first:%Y-%m} lie in the part for the rest. In one transaction: detach it,"
                f" make {name}, insert its rows of that month, attach it again."
            )
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('lock_timeout', %s, true)", [_LOCK])
            cursor.execute(
                f"create table {name} partition of {of.table}"
                f" for values from ('{first}') to ('{_month(first, 1)}')"
            )
        made.append(name)
    return made


def detach(of: Partitioned, *, on: date) -> list[str]:
    """Take off the months that need not stay; they remain as tables of their own, to be kept elsewhere.

    Raises:
        Refused: all months of this table stay.
    """
    if of.keep is None:
        raise Refused(f"No month of {of.table} is taken off: {of.why}")
    taken = old(of, on=on)
    for each in taken:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('lock_timeout', %s, true)", [_LOCK])
            # `concurrently` is refused beside a part for the rest, so the lock is short instead.
            cursor.execute(f"alter table {of.table} detach partition {each}")
    return taken


def old(of: Partitioned, *, on: date) -> list[str]:
    """The parts whose months all lie before those that stay."""
    if of.keep is None:
        return []
    begin = _month(on, -of.keep)
    return [each.name for each in parts(of.table) if each.until is not None and each.until <= begin]


def _in_default(of: Partitioned, first: date) -> bool:
    rest = next((each.name for each in parts(of.table) if each.default), None)
    if rest is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "select attname from pg_attribute, pg_partitioned_table"
            " where partrelid = %s::regclass and attrelid = partrelid and attnum = partattrs[0]",
            [of.table],
        )
        (column,) = cursor.fetchone()
        cursor.execute(
            f"select exists (select from {rest} where {column} >= %s and {column} < %s)",
            [first, _month(first, 1)],
        )
        return bool(cursor.fetchone()[0])


def _month(day: date, steps: int) -> date:
    """The first of the month so many months on."""
    months = day.year * 12 + day.month - 1 + steps
    return date(months // 12, months % 12 + 1, 1)
