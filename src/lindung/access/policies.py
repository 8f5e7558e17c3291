"""Row policies: who sees and changes which rows, declared beside the models.

One policy per kind of actor, comparing a bare column with that actor's scope. A policy with ORs,
or one that calls a function of the row, cannot use an index: measured, it is 20 to 2,000 times
slower at national scale. Policies are present truth, so every ``migrate`` applies them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from lindung.access.actors import Kind

# The scope of each kind, to be compared with a bare column.
POST = "post_id = any((select access.posts())::smallint[])"
AGENCY = "agency_id = (select access.agency())"
OFFICE = "region = any((select access.regions())::text[])"
WORKER = "worker_id = (select access.worker())"
PARTNER = "country = (select access.country())"
EVERY_ROW = "true"

# Compartments, beside the scope: what anyone in scope reads, what belongs to the work on cases, and
# the sealed ones that this actor has opened together with a second person.
IN_THE_OPEN = "00000000-0000-0000-0000-000000000000"
OF_CASES = "00000000-0000-0000-0000-000000000001"
OPEN_ROWS = f"compartment = '{IN_THE_OPEN}'"
OPENED = "compartment = any((select access.opened())::uuid[])"

READ = ("select",)
WRITE = ("select", "insert", "update")
ALL_KINDS: tuple[str, ...] = (*(str(kind) for kind in Kind), "door")


@dataclass(frozen=True, slots=True)
class RowPolicy:
    """Which rows of a table one kind of actor has.

    Attributes:
        model: the table.
        kind: the kind of actor, or ``"door"`` for nobody signed in.
        rows: SQL condition on a bare scope column.
        may: SQL commands granted.
        new_rows: condition for rows written, where it differs from ``rows``.
    """

    model: type[models.Model]
    kind: Kind | str
    rows: str
    may: tuple[str, ...] = READ
    new_rows: str = ""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table without personal data: every kind reads it, the named kinds write it."""

    model: type[models.Model]
    writers: tuple[Kind | str, ...] = ()
    may: tuple[str, ...] = WRITE


@dataclass(frozen=True, slots=True)
class MayErase:
    """A table whose rows our robot may delete once their time is over; it has every row of it."""

    model: type[models.Model]


Declaration = RowPolicy | OpenTable | MayErase


def by_scope(
    model: type[models.Model],
    *,
    read: Iterable[Kind] = (),
    write: Iterable[Kind] = (),
    worker_column: str = "worker_id",
) -> list[RowPolicy]:
    """The usual policies of a table that carries the scope columns.

    Our own robots and the ministry have every row; ``read`` and ``write`` name the other kinds.
    """
    scopes = {
        Kind.POST: POST,
        Kind.AGENCY: AGENCY,
        Kind.OFFICE: OFFICE,
        Kind.WORKER: f"{worker_column} = (select access.worker())",
        Kind.FAMILY: f"{worker_column} = (select access.worker())",
        Kind.PARTNER: PARTNER,
        Kind.MINISTRY: EVERY_ROW,
        Kind.CLOCK: EVERY_ROW,
    }
    writers = set(write) | {Kind.CLOCK}
    readers = (set(read) | {Kind.MINISTRY}) - writers
    return [
        *(RowPolicy(model, kind, scopes[kind], WRITE) for kind in sorted(writers)),
        *(RowPolicy(model, kind, scopes[kind], READ) for kind in sorted(readers)),
    ]


def by_compartment(model: type[models.Model]) -> list[RowPolicy]:
    """Rows of cases: a post and the ministry read what is not sealed to them, and add to all.

    A case that goes to another post is moved by our robot, so a post writes its own scope only.
    """
    return [
        RowPolicy(model, Kind.POST, f"{POST} and {OPENED}", WRITE, POST),
        RowPolicy(model, Kind.MINISTRY, OPENED, WRITE, EVERY_ROW),
        RowPolicy(model, Kind.CLOCK, EVERY_ROW, WRITE),
    ]


def declared() -> list[Declaration]:
    """Every declaration of every app, in the order of the layers."""
    return [each for config in apps.get_app_configs() for each in _declared_by(config)]


def open_tables() -> list[str]:
    """Tables that lower layers declare readable by everyone, by name."""
    return [
        name
        for config in apps.get_app_configs()
        if (module := _module(config)) is not None
        for name in getattr(module, "OPEN_TABLES", ())
    ]


def apply() -> None:
    """Replace all grants and policies in the database by the declared ones.

    Runs as the owner, in one transaction: nobody ever sees a table between two truths.
    """
    existing = set(connection.introspection.table_names())
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements(existing):
            cursor.execute(statement)
        _write_out(cursor)


def statements(existing: set[str]) -> list[str]:
    """The SQL of all declarations whose table exists, grants first."""
    wanted = [each for each in declared() if each.model._meta.db_table in existing]
    tables = {each.model._meta.db_table for each in wanted} | set(open_tables()) & existing
    everyone = _roles(ALL_KINDS)
    sql = [f'revoke all on "{table}" from {everyone}' for table in sorted(tables)]
    sql += [
        f'grant select on "{table}" to {everyone}'
        for table in sorted(set(open_tables()) & existing)
    ]
    robots = {
        each.model for each in wanted if isinstance(each, RowPolicy) and each.kind == Kind.CLOCK
    }
    for each in wanted:
        if isinstance(each, MayErase):
            sql.extend(_erasing(each, has_policy=each.model in robots))
        else:
            sql.extend(_statements_of(each))
    return [*_clearing(tables), *sql, *_supporting(existing)]


def _declared_by(config: AppConfig) -> Sequence[Declaration]:
    module = _module(config)
    return getattr(module, "POLICIES", ()) if module is not None else ()


def _module(config: AppConfig) -> object | None:
    name = f"{config.name}.row_policies"
    if not config.name.startswith("lindung.") or find_spec(name) is None:
        return None
    return import_module(name)


def _clearing(tables: set[str]) -> list[str]:
    """Drop the policies that stand, whoever made them: what is not declared does not exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tablename, policyname from pg_policies"
            " where schemaname = current_schema() and tablename = any(%s)",
            [sorted(tables)],
        )
        return [f'drop policy "{name}" on "{table}"' for table, name in cursor.fetchall()]


def _erasing(each: MayErase, *, has_policy: bool) -> list[str]:
    table, role = each.model._meta.db_table, Kind.CLOCK.role
    sql = [f'grant select, delete on "{table}" to {role}']
    if not has_policy:
        sql += [
            f'alter table "{table}" enable row level security',
            f'create policy "{Kind.CLOCK}" on "{table}" for all to {role} using (true)',
        ]
    return sql


def _statements_of(each: RowPolicy | OpenTable) -> list[str]:
    table = each.model._meta.db_table
    if isinstance(each, OpenTable):
        sql = [f'grant select on "{table}" to {_roles(ALL_KINDS)}']
        if each.writers:
            sql.append(f'grant {", ".join(each.may)} on "{table}" to {_roles(each.writers)}')
        return sql
    role = f"acts_as_{each.kind}"
    return [
        f'grant {", ".join(each.may)} on "{table}" to {role}',
        f'alter table "{table}" enable row level security',
        (
            f'create policy "{each.kind}" on "{table}" for all to {role}'
            f" using ({each.rows}) with check ({each.new_rows or each.rows})"
        ),
    ]


def _write_out(cursor: CursorWrapper) -> None:
    """Put the bodies of the scope functions in place of their calls.

    PostgreSQL would do so for each table of each query, reading the body anew: a quarter of what a
    policy costs a short query. The functions stay the one place where a scope is defined.
    """
    cursor.execute(_SCOPE_FUNCTIONS)
    bodies = {call: body.strip().removeprefix("select ") for call, body in cursor.fetchall()}
    cursor.execute(_POLICIES)
    for table, name, using, check in cursor.fetchall():
        parts = []
        for word, condition in (("using", using), ("with check", check)):
            written = _CALL.sub(lambda call: f"({bodies.get(call[0], call[0])})", condition or "")
            if written != (condition or ""):
                parts.append(f"{word} ({written})")
        if parts:
            cursor.execute(f'alter policy "{name}" on "{table}" {" ".join(parts)}')


_CALL = re.compile(r"access\.\w+\(\)")
_SCOPE_FUNCTIONS = """
select 'access.' || proname || '()', prosrc from pg_proc
where pronamespace = 'access'::regnamespace and pronargs = 0 and not prosecdef
  and prolang = (select oid from pg_language where lanname = 'sql') and prosrc !~ '\\mfrom\\M'
"""
_POLICIES = """
select tablename, policyname, qual, with_check from pg_policies
where schemaname = current_schema() and concat(qual, with_check) like '%access.%'
"""


def _supporting(existing: set[str]) -> list[str]:
    """What every role needs beside tables: the scope functions, sequences and the job queue."""
    roles = _roles(ALL_KINDS)
    sql = [
        f"grant usage on schema access to {roles}",
        f"grant execute on all functions in schema access to {roles}",
        f"grant usage on all sequences in schema public to {roles}",
        # It makes tables as the owner; only the nightly job has a use for it.
        f"revoke execute on function access.journal_month(date) from public, {roles}",
        f"grant execute on function access.journal_month(date) to {Kind.CLOCK.role}",
        # It erases words as the owner; only our robot, within an erasure that two people agreed to.
        f"revoke execute on function access.journal_forget(uuid[]) from public, {roles}",
        f"grant execute on function access.journal_forget(uuid[]) to {Kind.CLOCK.role}",
    ]
    if "django_migrations" in existing:
        # Whether the schema is the source's is asked before the service calls itself ready.
        sql.append(f'grant select on "django_migrations" to {Kind.CLOCK.role}')
    queue = sorted(name for name in existing if name.startswith("procrastinate_"))
    if queue:
        # A job is put in by whoever makes the change; the queue's own triggers write its events
        # as the same role. Only our robots read, take and end jobs.
        names = ", ".join(f'"{name}"' for name in queue)
        sql += [
            f"revoke all on {names} from {roles}",
            f"grant all on {names} to {Kind.CLOCK.role}",
            # The number of one's own new job is answered; nobody reads what others put in.
            f'grant insert, select (id) on "procrastinate_jobs" to {roles}',
            f'grant insert on "procrastinate_events" to {roles}',
        ]
    return sql


def _roles(kinds: Iterable[Kind | str]) -> str:
    return ", ".join(f"acts_as_{kind}" for kind in kinds)
