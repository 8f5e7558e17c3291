"""Questions and changes that are made at every request: Django writes their SQL once.

Between a page's tap and PostgreSQL most of the time goes into composing the same text again. What is
declared here is composed at its first use and asked from then on by its values alone. The rows come
back as Django's own; row policies, transactions and the trail see no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.models.expressions import Expression
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery

M = TypeVar("M", bound=models.Model)


class Given(Expression):
    """The place of a value that comes with each asking, by name.

    The value is one that the driver knows: text, number, date, instant, UUID, truth.
    """

    def __init__(self, name: str, output_field: models.Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A place for it."""
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Written:
    """What Django wrote: the statement, its values and places, and how rows become objects."""

    sql: str
    values: tuple[Any, ...]
    compiler: Any

    def with_(self, given: Mapping[str, Any]) -> list[Any]:
        return [given[each.name] if isinstance(each, Given) else each for each in self.values]


class Question(Generic[M]):
    """A query over one table and what it joins by ``select_related``, its values given later.

    ``Question(lambda: Worker.objects.filter(id=Given("id")))``. A list or a slice by a given number
    cannot be asked so, nor ``prefetch_related``.
    """

    def __init__(self, query: Callable[[], models.QuerySet[M]]) -> None:
        self._query = query

    def all(self, **given: Any) -> list[M]:
        """The rows, in the query's order."""
        written, made = self._written, self._objects
        with connection.cursor() as cursor:
            cursor.execute(written.sql, written.with_(given))
            rows: Sequence[Sequence[Any]] = cursor.fetchall()
        if not rows:
            return []
        if made.converters:
            # A compiler belongs to the thread it was made in, but for the connection it names.
            compiler = copy(written.compiler)
            compiler.connection = connection
            rows = list(compiler.apply_converters(rows, made.converters))
        return [made.of(row) for row in rows]

    def first(self, **given: Any) -> M | None:
        """The first of the rows; ask with a query that ends in ``[:1]``."""
        return next(iter(self.all(**given)), None)

    @cached_property
    def _written(self) -> _Written:
        compiler = self._query().query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        return _Written(sql, tuple(values), compiler)

    @cached_property
    def _objects(self) -> _Objects[M]:
        return _Objects(self._written.compiler)


class _Objects(Generic[M]):
    """How the columns of one query become objects; as ``ModelIterable`` does it, found out once."""

    def __init__(self, compiler: Any) -> None:
        told, select = compiler.klass_info, compiler.select
        self.model: type[M] = told["model"]
        self.start, self.end = told["select_fields"][0], told["select_fields"][-1] + 1
        self.names = [each[0].target.attname for each in select[self.start : self.end]]
        self.annotated: list[tuple[str, int]] = list(compiler.annotation_col_map.items())
        self.related = get_related_populators(told, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # the stubs are for a later Django
        self.converters = compiler.get_converters(
            [each[0] for each in select[: compiler.col_count]]
        )

    def of(self, row: Sequence[Any]) -> M:
        found = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.start : self.end])
        for each in self.related:
            each.populate(row, found)
        for name, at in self.annotated:
            setattr(found, name, row[at])
        return found


class Change:
    """An update of rows, its values given later: ``Change(rows, column=Given("value"))``."""

    def __init__(self, rows: Callable[[], models.QuerySet[Any]], **columns: Any) -> None:
        self._rows, self._columns = rows, columns

    def make(self, **given: Any) -> int:
        """Make it; returns how many rows it changed."""
        written = self._written
        with (
            transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS),
            connection.cursor() as cursor,
        ):
            cursor.execute(written.sql, written.with_(given))
            return int(cursor.rowcount)

    @cached_property
    def _written(self) -> _Written:
        query: Any = self._rows().query.chain(UpdateQuery)
        query.add_update_values(self._columns)
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        return _Written(sql, tuple(values), compiler)


def add(row: models.Model) -> None:
    """Insert a row that brings its own key: ``save(force_insert=True)`` without its detours.

    No signal is sent, since nothing here listens to any, and nothing is read back.
    """
    _insert(row, "")


def add_once(row: models.Model) -> bool:
    """The same, unless its key is taken; returns whether it was inserted.

    Of two at the same instant the second waits for the first's transaction.
    """
    return _insert(row, " ON CONFLICT DO NOTHING") == 1


def _insert(row: models.Model, end: str) -> int:
    form = _form(type(row))
    live = connections[DEFAULT_DB_ALIAS]
    values = [
        each.get_db_prep_save(each.pre_save(row, add=True), connection=live) for each in form.fields
    ]
    places = list(form.places)
    for at in form.placed:
        places[at] = form.fields[at].get_placeholder(values[at], form.compiler, live)
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), live.cursor() as cursor:
        cursor.execute(f"{form.into} ({', '.join(places)}){end}", values)
        made = int(cursor.rowcount)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return made


class _Form:
    """How rows of one table are inserted."""

    def __init__(self, model: type[models.Model]) -> None:
        told = model._meta
        self.fields: list[Any] = [each for each in told.local_concrete_fields if not each.generated]
        if told.parents or any(each.db_returning for each in self.fields):
            raise TypeError(f"{model.__name__} leaves columns to the database: save() it.")
        self.compiler = InsertQuery(model).get_compiler(DEFAULT_DB_ALIAS)
        quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
        columns = ", ".join(quote(each.column) for each in self.fields)
        self.into = f"INSERT INTO {quote(told.db_table)} ({columns}) VALUES"
        self.places = ["%s"] * len(self.fields)
        self.placed = [
            at for at, each in enumerate(self.fields) if hasattr(each, "get_placeholder")
        ]


_forms: dict[type[models.Model], _Form] = {}


def _form(model: type[models.Model]) -> _Form:
    if (known := _forms.get(model)) is None:
        known = _forms[model] = _Form(model)
    return known
