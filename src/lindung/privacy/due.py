"""Who is due and who is held: set-based answers.

The unit is one person and one kind of record: it is due when the newest of the person's rows of that
kind is older than the period, none is still running (a null ``since``), nothing of another kind still
hangs on them, and the person is not held.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from lindung.access.journal import LOOKED
from lindung.kernel.days import add_months
from lindung.privacy import schedule
from lindung.privacy.lifecycles import Decision
from lindung.privacy.models import Period

SHELL = "(dihapus)"

# Held by what is going on, without anybody having to say so; and by what a right-holder placed.
HELD = """
    select worker_id from privacy_hold where lifted_at is null and until >= %(on)s
    union all select worker_id from protection_case
        where state in ('received', 'understood', 'handling', 'outcome')
    union all select worker_id from assistance_claim where state in ('reckoned', 'filed', 'awarded')
    union all select worker_id from incidents_incident where state in ('reported', 'verified')
    union all select worker_id from duty_call where stood_down_at is null
"""


@dataclass(frozen=True, slots=True)
class Term:
    """The period of a kind on a day.

    Attributes:
        years: whole years; ``None``: needs a check, nothing is due.
        by: ``source`` or ``decision``; empty where there is none.
    """

    years: int | None
    by: str = ""
    decided: Period | None = None


def term_of(kind: str) -> Term:
    """The period in force: what the sources give, else what two people decided last."""
    given = schedule.kinds()[kind].years
    if given is not None:
        return Term(given, "source")
    found = Period.objects.filter(kind=kind, state=Decision.AGREED).order_by("-answered_at").first()
    return Term(None) if found is None else Term(found.years, "decision", found)


def is_erasable(kind: str) -> bool:
    """Whether the schedule says that anything of the kind ever goes, and no other job clears it."""
    record = schedule.kinds()[kind]
    return record.then != "keep" and record.years is None


def people_due(kind: str, *, on: date) -> tuple[int, int]:
    """How many people are due for a kind on a day, and how many more would be but are held."""
    sql, values = _due(kind, on)
    if not sql:
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"with held as ({HELD}), due as ({sql})"
            " select count(*) filter (where not stays), count(*) filter (where stays)"
            " from (select person in (select worker_id from held) stays from due) counted",
            values,
        )
        going, held = cursor.fetchone()
    return int(going), int(held)


def next_due(kind: str, *, on: date, most: int) -> list[UUID]:
    """The next people due for a kind and not held, in the order of their ids."""
    sql, values = _due(kind, on)
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"with held as ({HELD}), due as ({sql}) select person from due"
            " where person not in (select worker_id from held where worker_id is not null)"
            " order by person limit %(most)s",
            {**values, "most": most},
        )
        return [row[0] for row in cursor.fetchall()]


def is_held(worker: UUID, *, on: date) -> bool:
    """Whether anything stops the erasing of one person's data."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select exists (select from ({HELD}) held where worker_id = %(worker)s)",
            {"on": on, "worker": worker},
        )
        return bool(cursor.fetchone()[0])


def _due(kind: str, on: date) -> tuple[str, dict[str, Any]]:
    term = term_of(kind)
    if term.years is None or not is_erasable(kind):
        return "", {}
    values: dict[str, Any] = {"on": on, "before": add_months(on, -12 * term.years)}
    if schedule.kinds()[kind].counts == "person":
        return _by_person(kind), {**values, "looked": LOOKED, "shell": SHELL}
    return _by_row(kind), values


def _by_person(kind: str) -> str:
    """People to whom nothing happened since; looks at the file are not something that happened."""
    left = {
        "person": "worker.full_name <> %(shell)s",
        "journal": "exists (select from access_journal entry where entry.worker_id = worker.id"
        " and entry.type not like 'privacy.%%' and not exists"
        " (select from access_forgotten gone where gone.entry_id = entry.id))",
    }
    tables = [_has(each) for each in schedule.tables_of(kind) if _is_plain(each)]
    return f"""
        select worker.id person from registry_worker worker
        where worker.merged_into_id is null and worker.created_at < %(before)s
          and ({left.get(kind) or " or ".join(tables)})
          and not exists (select from access_journal entry where entry.worker_id = worker.id
              and entry.at >= %(before)s and entry.type <> %(looked)s
              and entry.type not like 'privacy.%%')
          and not exists (select from registry_workerstate state
              where state.worker_id = worker.id and state.stage = 'during')
    """


def _by_row(kind: str) -> str:
    parts = []
    for table in schedule.tables_of(kind):
        if not _is_plain(table):
            continue
        column = table.person
        # A row that was blanked names nobody any more, and is not looked at again.
        since = table.column(table.since) if table.since else ""
        last = f'max("{since}")::date' if since else "null::date"
        running = f'bool_or("{since}" is null)' if since else "false"
        parts.append(
            f'select "{column}" person, {last} last_on, {running} running'
            f' from "{table.name}" where "{column}" is not null group by 1'
        )
    hanging = [_hangs(*each) for each in _hanging(kind)]
    stops = "".join(f" and not exists ({each})" for each in hanging)
    return f"""
        select person from (
            select person, max(last_on) last_on, bool_or(running) running
            from ({" union all ".join(parts)}) rows_of_kind group by person
        ) newest where last_on < %(before)s and not running{stops}
    """


def _is_plain(table: schedule.Table) -> bool:
    """Erased by a column of its own; what is reached through another table goes with that."""
    return table.then in {"erase", "blank"} and bool(table.person)


def _has(table: schedule.Table) -> str:
    return f'exists (select from "{table.name}" own where own."{table.person}" = worker.id)'


def _hanging(kind: str) -> list[tuple[schedule.Table, str, str]]:
    """Tables of other kinds with a foreign key to a table of this kind."""
    gone = {each.model for each in schedule.tables_of(kind) if each.then == "erase"}
    return [
        (table, table.person, str(field.column))
        for table in schedule.tables().values()
        if table.kind != kind and _is_plain(table)
        for field in table.model._meta.concrete_fields
        if field.is_relation and field.related_model in gone
    ]


def _hangs(table: schedule.Table, whose: str, column: str) -> str:
    return (
        f'select from "{table.name}" hanging'
        f' where hanging."{whose}" = person and hanging."{column}" is not null'
    )
