"""Many rows of a table at once, by COPY. The caller is the owner: COPY is closed to the bound roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone
from psycopg import sql
from psycopg.types.json import Jsonb


def copy_in(rows: Sequence[models.Model]) -> None:
    """Insert rows of one table as they stand; the database checks them."""
    if not rows:
        return
    connection.ensure_connection()
    fields: list[models.Field[Any, Any]] = [
        each for each in rows[0]._meta.concrete_fields if each.column
    ]
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(rows[0]._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(str(each.column)) for each in fields),
    )
    names = [each.attname for each in fields]
    as_json = [place for place, each in enumerate(fields) if isinstance(each, models.JSONField)]
    for each in fields:
        if getattr(each, "auto_now_add", False):
            now = timezone.now()
            for row in rows:
                setattr(row, each.attname, now)
    raw = connection.connection
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            values = [getattr(row, name) for name in names]
            for place in as_json:
                if values[place] is not None:
                    values[place] = Jsonb(values[place])
            copy.write_row(values)
