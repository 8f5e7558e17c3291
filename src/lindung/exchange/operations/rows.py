"""Many rows of one table changed by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def write_back(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these columns of these rows, each its own values; ``save`` of many at once."""
    if not rows:
        return
    meta = rows[0]._meta
    by_name = {each.name: each for each in meta.concrete_fields}
    fields = [by_name[name] for name in ("id", *names)]
    columns = [sql.Identifier(str(each.column)) for each in fields]
    arrays = [sql.SQL("%s::{}[]").format(sql.SQL(_kind(each))) for each in fields]
    statement = sql.SQL(
        "update {table} t set {changes} from unnest({arrays}) as v ({columns}) where t.id = v.id"
    ).format(
        table=sql.Identifier(meta.db_table),
        changes=sql.SQL(", ").join(sql.SQL("{0} = v.{0}").format(each) for each in columns[1:]),
        arrays=sql.SQL(", ").join(arrays),
        columns=sql.SQL(", ").join(columns),
    )
    values = [[getattr(row, each.attname) for row in rows] for each in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _kind(field: models.Field[Any, Any]) -> str:
    """The column's type; of an array, a text of any length is any text."""
    kind = str(field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind
