"""Whose data a breach touched: worked out from the journal, the exchange and whole tables, set-based."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.db import connection
from django.db.models import Count

from lindung.access.actors import Kind
from lindung.access.models import Account, Post
from lindung.exchange.models import Partner
from lindung.kernel.refusals import Incomplete
from lindung.privacy import schedule
from lindung.privacy.models import Affected, Breach


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in the window; empty fields do not narrow.

    Attributes:
        accounts: user names of officials' accounts, whoever used them.
        sources: addresses (IP) from which accounts were signed in.
        partner: code of a partner; everybody of whom something was sent to it.
        apps: parts of the data, as the beginning of an event's type: ``documents``, ``protection`` …
        tables: whole tables that got out, by label; everybody who has a row there.
    """

    accounts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    partner: str = ""
    apps: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Group:
    """People of one post and contact language."""

    post: str
    language: str
    people: int


def actors_of(search: Search) -> list[UUID]:
    """The accounts that are named, and those that were signed in from a named address.

    Raises:
        Incomplete: a user name is unknown, or an address brought nobody in (its sessions may be over).
    """
    known = dict(Account.objects.filter(username__in=search.accounts).values_list("username", "id"))
    missing = [each for each in search.accounts if each not in known]
    found = list(known.values())
    for source in search.sources:
        users = list(UserSession.objects.filter(ip=source).values_list("user_id", flat=True))
        if not users:
            missing.append(source)
        found += users
    if missing:
        raise Incomplete(
            fields={"accounts": "Akun atau alamat ini tidak dikenal: periksa tulisannya."},
            unknown=missing,
        )
    return found


def find(breach: Breach, search: Search) -> int:
    """Fill the list of the people of a breach anew; how many there are. Runs as our robot."""
    Affected.objects.filter(breach=breach).delete()
    parts, values = _parts(breach, search)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into privacy_affected
                (id, breach_id, worker_id, post_id, language, times, first_at, last_at, what)
            select gen_random_uuid(), %(breach)s, person.id, person.post_id, person.language,
                   found.times, found.first_at, found.last_at, to_jsonb(found.what)
            from (
                select coalesce(one.merged_into_id, one.id) id, sum(times) times,
                       min(first_at) first_at, max(last_at) last_at,
                       array_agg(distinct app order by app) what
                from ({" union all ".join(parts)}) seen
                join registry_worker one on one.id = seen.worker_id
                group by 1
            ) found
            join registry_worker person on person.id = found.id
            """,
            {**values, "breach": breach.id},
        )
        return int(cursor.rowcount)


def groups(breach: Breach) -> list[Group]:
    """The people by post and contact language, the largest first."""
    names = {each.id: each.name for each in Post.objects.all()}
    rows = (
        Affected.objects.filter(breach=breach)
        .values("post_id", "language")
        .annotate(people=Count("id"))
        .order_by("-people", "post_id", "language")
    )
    return [
        Group(names.get(row["post_id"] or 0, ""), row["language"], row["people"]) for row in rows
    ]


def _parts(breach: Breach, search: Search) -> tuple[list[str], dict[str, Any]]:
    values: dict[str, Any] = {"start": breach.window_from, "end": breach.window_to}
    parts: list[str] = []
    # What was told to a partner, or lay in a table, is no act of an account: only where asked for.
    if search.accounts or search.sources or search.apps or not (search.partner or search.tables):
        parts.append(_journal(search, values))
    if search.partner:
        values["partner"] = _partner(search.partner)
        parts.append(
            "select worker_id, count(*) times, min(written_at) first_at, max(written_at) last_at,"
            " 'exchange' app from exchange_outgoing"
            " where partner_id = %(partner)s and worker_id is not null"
            " and written_at >= %(start)s and written_at < %(end)s group by worker_id"
        )
    return [*parts, *map(_table, search.tables)], values


def _journal(search: Search, values: dict[str, Any]) -> str:
    where = ["worker_id is not null", "at >= %(start)s", "at < %(end)s"]
    if search.accounts or search.sources:
        values["actors"] = actors_of(search)
        where.append("actor_id = any(%(actors)s)")
    else:
        values["own"] = [str(Kind.WORKER), str(Kind.CLOCK)]
        where.append("not actor_kind = any(%(own)s)")
    if search.apps:
        values["apps"] = list(search.apps)
        where.append("split_part(type, '.', 1) = any(%(apps)s)")
    return (
        "select worker_id, count(*) times, min(at) first_at, max(at) last_at,"
        f" split_part(type, '.', 1) app from access_journal where {' and '.join(where)}"
        " group by worker_id, split_part(type, '.', 1)"
    )


def _table(label: str) -> str:
    table = schedule.tables().get(label)
    if table is None or not table.person:
        raise Incomplete(
            fields={"tables": "Tabel ini tidak dikenal atau tidak memuat data pekerja."}
        )
    column = table.person
    app = label.split(".", maxsplit=1)[0]
    return (
        f'select "{column}" worker_id, count(*) times, %(start)s::timestamptz first_at,'
        f" %(end)s::timestamptz last_at, '{app}' app"
        f' from "{table.name}" where "{column}" is not null group by 1'
    )


def _partner(code: str) -> UUID:
    found = Partner.objects.filter(code=code).values_list("id", flat=True).first()
    if found is None:
        raise Incomplete(fields={"partner": "Mitra ini tidak dikenal."})
    return found
