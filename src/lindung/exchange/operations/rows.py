"""Many rows of one table written or changed by one statement."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from psycopg import sql

from lindung.access.sealed import SealedBytes

Plain = Callable[[Any], Any]
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one table; ``bulk_create`` in half its time.

    They travel as one JSON text, which costs the driver nothing for each value. Nothing is told to
    signals, and ids have to be given.
    """
    if not rows:
        return
    fields, statement = _inserting(type(rows[0]))
    values = [{name: plain(getattr(row, held)) for name, held, plain in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [_encode(values)])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def write_back(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these columns of these rows, each its own values; ``save`` of many at once."""
    if not rows:
        return
    fields, statement = _changing(type(rows[0]), tuple(names))
    values = [[getattr(row, held) for row in rows] for held in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@cache
def _inserting(model: type[models.Model]) -> tuple[list[tuple[str, str, Plain]], str]:
    """Column, attribute and JSON form of each value, and the statement."""
    fields = model._meta.concrete_fields
    columns = [sql.Identifier(str(each.column)) for each in fields]
    kinds = [sql.SQL(str(each.db_type(connection))) for each in fields]
    statement = sql.SQL(
        "insert into {table} ({columns}) select * from json_to_recordset(%s) as v ({typed})"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(columns),
        typed=sql.SQL(", ").join(
            sql.SQL("{} {}").format(column, kind)
            for column, kind in zip(columns, kinds, strict=True)
        ),
    )
    forms = [(str(each.column), each.attname, _form(each)) for each in fields]
    return forms, statement.as_string()


def _form(field: models.Field[Any, Any]) -> Plain:
    if isinstance(field, SealedBytes):
        return lambda value: _hex(field.sealed(value))
    return _hex if isinstance(field, models.BinaryField) else _as_it_is


def _hex(value: bytes | None) -> str | None:
    """Bytes as PostgreSQL reads them."""
    return None if value is None else f"\\x{bytes(value).hex()}"


def _as_it_is(value: Any) -> Any:
    return value


@cache
def _changing(model: type[models.Model], names: tuple[str, ...]) -> tuple[list[str], str]:
    """Attributes and the statement."""
    by_name = {each.name: each for each in model._meta.concrete_fields}
    fields = [by_name[name] for name in ("id", *names)]
    if any(isinstance(each, SealedBytes) for each in fields):
        raise TypeError("a sealed column is written by save")
    columns = [sql.Identifier(str(each.column)) for each in fields]
    arrays = [sql.SQL("%s::{}[]").format(sql.SQL(_kind(each))) for each in fields]
    statement = sql.SQL(
        "update {table} t set {changes} from unnest({arrays}) as v ({columns}) where t.id = v.id"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        changes=sql.SQL(", ").join(sql.SQL("{0} = v.{0}").format(each) for each in columns[1:]),
        arrays=sql.SQL(", ").join(arrays),
        columns=sql.SQL(", ").join(columns),
    )
    return [each.attname for each in fields], statement.as_string()


def _kind(field: models.Field[Any, Any]) -> str:
    """The column's type; of an array, a text of any length is any text."""
    kind = str(field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind
