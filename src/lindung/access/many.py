"""Many rows of one table in one statement: arrays of whole columns, sent as they lie in memory.

``COPY`` is closed to roles that row policies bind, and an ``insert`` with a placeholder for each value
costs more to write down than to carry out. Policies, checks and triggers hold as for every row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from json import JSONEncoder
from operator import attrgetter
from types import NoneType
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg import sql

M = TypeVar("M", bound=models.Model)

# What the driver writes as it is; anything else its field prepares.
_PLAIN = {str, int, bool, bytes, date, datetime, Decimal, UUID}


@models.Field.register_lookup
class Among(models.Lookup):
    """``id__among=ids`` is ``id = any(…)`` of one array.

    A thousand values by ``__in`` are a thousand placeholders, to be written, read and planned. Of a
    foreign key the key itself is named: ``worker__id__among``.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """As Django asks for it."""
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = any(%s)", (*parameters, list(self.rhs))


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a table, by place: their names, the attributes of a row, and their types.

    Attributes:
        stamped: attributes of those that say when the row was added.
        without: attributes of columns that are not written here and must be empty.
        keyed: the first one tells rows apart that are there already.
    """

    fields: tuple[models.Field[Any, Any], ...]
    names: tuple[str, ...]
    attributes: tuple[str, ...]
    types: tuple[str, ...]
    stamped: tuple[str, ...]
    without: tuple[str, ...]
    keyed: bool

    def of(self, rows: Sequence[models.Model]) -> list[list[Any]]:
        """The values of these rows, column by column.

        Raises:
            TypeError: a row has a value that would not be written.
        """
        for name in self.without:
            if any(getattr(row, name) is not None for row in rows):
                raise TypeError(f"{name} is an array, which is not written with many rows at once")
        taken = attrgetter(*self.attributes)
        each = [taken(row) for row in rows]
        values = [(row,) for row in each] if len(self.attributes) == 1 else each
        return list(map(list, zip(*values, strict=True)))


def _prepared(field: models.Field[Any, Any], column: list[Any]) -> list[Any]:
    if isinstance(field, models.JSONField):
        write = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        return [None if value is None else write(value) for value in column]
    kinds = set(map(type, column)) - {NoneType}
    own = type(field).__module__.partition(".")[0] != "django"
    if own or len(kinds) > 1 or not kinds <= _PLAIN:
        return [_plain(field.get_db_prep_save(value, connection)) for value in column]
    return column


def _plain(value: Any) -> Any:
    """Out of the wrappers that fields put around text and bytes."""
    if isinstance(value, str):
        return str.__str__(value.value if isinstance(value, Enum) else value)
    return bytes(value) if isinstance(value, memoryview) else value


@cache
def columns_of(model: type[models.Model], only: tuple[str, ...] = ()) -> Columns:
    """The columns of a table, or those ``only`` in that order.

    Columns of arrays are left out, since an array of them is not what it seems; see ``without``.
    """
    concrete = [
        each for each in model._meta.concrete_fields
        if each.column and not isinstance(each, ArrayField)
    ]  # fmt: skip
    by_name = {name: each for each in concrete for name in (each.name, each.attname)}
    fields = [by_name[name] for name in only] if only else concrete
    return Columns(
        fields=tuple(fields),
        names=tuple(str(each.column) for each in fields),
        attributes=tuple(each.attname for each in fields),
        # Without its length: a longer text is to be refused and not cut.
        types=tuple(str(each.db_type(connection)).split("(")[0] for each in fields),
        stamped=tuple(e.attname for e in fields if getattr(e, "auto_now_add", False)),
        without=tuple(
            e.attname
            for e in model._meta.concrete_fields
            if isinstance(e, ArrayField) and e.null and not only
        ),
        keyed=bool(only),
    )


def stamp(rows: Sequence[models.Model]) -> None:
    """Write down when rows are added, in the columns that say so."""
    for name in columns_of(type(rows[0])).stamped:
        now = timezone.now()
        for row in rows:
            setattr(row, name, now)


def insert_all(rows: Sequence[models.Model]) -> None:
    """Insert rows of one table as they stand.

    Raises:
        IntegrityError, DataError: the database refuses one of them; then none is there.
    """
    if rows:
        stamp(rows)
        shape = columns_of(type(rows[0]))
        _insert(type(rows[0]), shape, shape.of(rows))
        _are_there(rows)


def insert_columns(model: type[models.Model], columns: Mapping[str, list[Any]]) -> None:
    """Insert rows of one table that are given as columns, by attribute; others have their default.

    For rows that nobody needs as objects: making one costs more than inserting it.

    Raises:
        IntegrityError, DataError: the database refuses one of them; then none is there.
        TypeError: no such column, or one is shorter than another: it would be filled up with nothing.
    """
    shape = columns_of(model)
    length = len(next(iter(columns.values()), ()))
    if odd := sorted(
        name
        for name, column in columns.items()
        if name not in shape.attributes or len(column) != length
    ):
        raise TypeError(f"{model.__name__}: unknown or uneven columns: {', '.join(odd)}")
    if not length:
        return
    now = timezone.now()
    values = [
        columns[name]
        if name in columns
        else [now if name in shape.stamped else field.get_default() for _ in range(length)]
        for field, name in zip(shape.fields, shape.attributes, strict=True)
    ]
    _insert(model, shape, values)


def insert_missing(rows: Sequence[M], *, constraint: str) -> list[M]:
    """Insert those of them that are not there yet by a unique constraint, and tell which those were.

    Rows of one call are told apart in the same way: of two alike the first is inserted.
    """
    if not rows:
        return []
    stamp(rows)
    shape = columns_of(type(rows[0]))
    told = _insert(type(rows[0]), shape, shape.of(rows), constraint)
    keys = {key for (key,) in told}
    made = [row for row in rows if row.pk in keys]
    _are_there(made)
    return made


def update_all(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Save these fields of rows of one table, each with its own values."""
    if not rows:
        return
    model = type(rows[0])
    shape = columns_of(model, (str(model._meta.pk.attname), *fields))
    alike, parameters = _parameters(shape, shape.of(rows))
    _run(_update_text(model, tuple(fields), alike), parameters)


def _insert(
    model: type[models.Model], shape: Columns, columns: Sequence[list[Any]], unless: str = ""
) -> list[tuple[Any, ...]]:
    alike, parameters = _parameters(shape, columns)
    return _run(_insert_text(model, alike, unless), parameters, answers=bool(unless))


def _parameters(shape: Columns, columns: Sequence[list[Any]]) -> tuple[tuple[bool, ...], list[Any]]:
    """Which columns say the same in every row, and what is sent: those once, then the others."""
    ready, alike = list[list[Any]](), list[bool]()
    for field, column in zip(shape.fields, columns, strict=True):
        # Two numbers or two values of JSON may be equal and be written differently.
        exact = not isinstance(field, models.JSONField | models.DecimalField)
        same = exact and column.count(column[0]) == len(column)
        alike.append(same)
        ready.append(_prepared(field, column[:1] if same else column))
    if all(alike) or shape.keyed:
        # Something has to carry the number of rows, and of each the key.
        alike[0], ready[0] = False, _prepared(shape.fields[0], columns[0])
    once = [column[0] for column, same in zip(ready, alike, strict=True) if same]
    lists = [column for column, same in zip(ready, alike, strict=True) if not same]
    return tuple(alike), [*once, *lists]


@lru_cache(maxsize=2_000)
def _insert_text(model: type[models.Model], alike: tuple[bool, ...], unless: str) -> str:
    shape = columns_of(model)
    values, source = _written(shape, alike)
    statement = sql.SQL("insert into {} ({}) select {} from {}{}").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, shape.names)),
        sql.SQL(", ").join(values),
        source,
        _unless_there(model, unless) if unless else sql.SQL(""),
    )
    return statement.as_string()


@lru_cache(maxsize=500)
def _update_text(
    model: type[models.Model], fields: tuple[str, ...], alike: tuple[bool, ...]
) -> str:
    shape = columns_of(model, (str(model._meta.pk.attname), *fields))
    (key, *values), source = _written(shape, alike)
    statement = sql.SQL("update {} t set {} from {} where t.{} = {}").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), value)
            for name, value in zip(shape.names[1:], values, strict=True)
        ),
        source,
        sql.Identifier(shape.names[0]),
        key,
    )
    return statement.as_string()


def _written(
    shape: Columns, alike: tuple[bool, ...]
) -> tuple[list[sql.Composable], sql.Composable]:
    """Each column as an expression, and where the rows come from."""
    values = list[sql.Composable]()
    arrays, names = list[sql.Composable](), list[sql.Composable]()
    for same, name, type_ in zip(alike, shape.names, shape.types, strict=True):
        if same:
            values.append(sql.SQL(f"%s::{type_}"))
        else:
            arrays.append(sql.SQL(f"%b::{type_}[]"))
            names.append(sql.Identifier(name))
            values.append(sql.SQL("u.{}").format(sql.Identifier(name)))
    source = sql.SQL("unnest({}) u ({})").format(
        sql.SQL(", ").join(arrays), sql.SQL(", ").join(names)
    )
    return values, source


def _are_there(rows: Sequence[models.Model]) -> None:
    """As ``save`` leaves a row: saved again, it is changed and not added."""
    for row in rows:
        state = row._state
        state.adding, state.db = False, connection.alias


def _unless_there(model: type[models.Model], constraint: str) -> sql.Composable:
    (unique,) = (each for each in model._meta.constraints if each.name == constraint)
    assert isinstance(unique, models.UniqueConstraint)
    by_name = {each.name: str(each.column) for each in model._meta.concrete_fields}
    columns = [by_name[name] for name in unique.fields]
    where: sql.Composable = sql.SQL("")
    if unique.condition is not None:
        ((name, value),) = unique.condition.deconstruct()[1]
        where = sql.SQL(" where {} = {}").format(sql.Identifier(str(name)), sql.Literal(value))
    return sql.SQL(" on conflict ({}){} do nothing returning {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        where,
        sql.Identifier(str(model._meta.pk.column)),
    )


def _run(text: str, parameters: list[Any], *, answers: bool = False) -> list[tuple[Any, ...]]:
    """Run it with the arrays bound by the server, in their binary form: eight times cheaper than text."""
    raw = connection.bound_cursor()  # type: ignore[attr-defined]  # access.database
    # Django's own, round that cursor: whoever counts or watches statements sees these too.
    logged = connection.queries_logged
    with connection.make_debug_cursor(raw) if logged else CursorWrapper(raw, connection) as cursor:
        cursor.execute(text, parameters)
        return cursor.fetchall() if answers else []
