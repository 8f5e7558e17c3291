"""One look at the rows: what a signal finds, what is new of it, what has gone.

The same question serves the nightly pass over everybody and the look at a few people about whom something
was told; only ``workers`` differs. One statement a signal finds, raises, updates and closes, so nothing
leaves the database but what is new. Part of the caller's transaction, as our robot.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from lindung.kernel.money import Money
from lindung.reference.queries.money import NoPublishedRate, convert
from lindung.signals import dues
from lindung.signals.catalogue import Signal, values_of

# Whom a question is about: everybody, or the few told to PostgreSQL once for all questions of a look.
_WHO = re.compile(r"@who\((\S+?)\)")
_FEW = r"\1 = any((select current_setting('lindung.touched')::uuid[])::uuid[])"
# A UUIDv7 (RFC 9562) of this instant, made where the rows are: a pass may raise many.
_ID = """(select (left(h, 8) || '-' || substr(h, 9, 4) || '-7' || substr(gen_random_uuid()::text, 16))::uuid
          from (select lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') as h
                where f.subject is not null) as now)"""

# ``found`` are rows (worker_id, party, subject, party_name, severity, evidence, says, scope, employer_id).
_SETTLE = """
with asked as materialized ({question}),
found as materialized ({found}),
standing as materialized (
    select a.id, a.subject, a.party, a.severity, a.evidence, a.values, a.state
    from signals_alert a
    where a.signal = %(signal)s and a.gone_on is null
      and @who(a.subject)
),
raised as (
    insert into signals_alert (id, signal, worker_id, party, subject, party_name, severity, state, raised_on,
        raised_at, due_at, evidence, values, employer_id, outcome, post_id, agency_id, region, country)
    select {id}, %(signal)s, f.worker_id, f.party, f.subject, f.party_name, f.severity, 'new', %(on)s, %(at)s,
        %(at)s::timestamptz + case f.severity when 2 then %(red)s else %(amber)s end * interval '1 hour',
        f.evidence, f.says, f.employer_id, '', f.post_id, f.agency_id, f.region, f.country
    from found f left join standing s on s.subject = f.subject and s.party = f.party
    where s.id is null
    returning id, worker_id, severity, post_id, agency_id, region, country
),
changed as (
    update signals_alert a
    set severity = f.severity, evidence = f.evidence, values = f.says,
        state = case when a.state = 'reviewed' and f.severity > s.severity then 'new' else a.state end,
        due_at = case when f.severity > s.severity
                      then %(at)s::timestamptz + %(red)s * interval '1 hour' else a.due_at end
    from standing s join found f on f.subject = s.subject and f.party = s.party
    where a.id = s.id and (f.severity <> s.severity or f.evidence <> s.evidence or f.says <> s.values)
    returning a.id
),
gone as (
    update signals_alert a
    set gone_on = %(on)s, state = case when a.state = 'new' then 'gone' else a.state end
    from standing s left join found f on f.subject = s.subject and f.party = s.party
    where a.id = s.id and f.subject is null
    returning a.id
)
select 'raised' as what, id, worker_id, severity::int, post_id::int, agency_id, region, country from raised
union all select 'changed', null, null, count(*)::int, null, null, null, null from changed
union all select 'gone', null, null, count(*)::int, null, null, null, null from gone
union all select 'found', null, null, count(*)::int, null, null, null, null from found
"""

_OF_PEOPLE = """
    select q.worker_id, '' as party, q.worker_id as subject, '' as party_name, q.severity, q.evidence, q.says,
           s.post_id, s.agency_id, s.region, s.country, s.employer_id
    from asked q join registry_workerstate s on s.worker_id = q.worker_id
    where s.stage = any(%(stages)s)
"""
_OF_PARTIES = """
    select null::uuid as worker_id, x.*, null::uuid as agency_id, '' as region, null::uuid as employer_id
    from asked x
"""
_GIVEN = """
    select * from jsonb_to_recordset(%(given)s::jsonb) as x(
        party text, subject uuid, party_name text, severity int, evidence jsonb, says jsonb,
        post_id smallint, country text)
"""


@dataclass(frozen=True, slots=True)
class Raised:
    """One alert that is new."""

    id: UUID
    worker_id: UUID | None
    severity: int
    scope: dict[str, Any]


@dataclass
class Settled:
    """What one look of one signal changed."""

    signal: str
    raised: list[Raised] = field(default_factory=list)
    changed: int = 0
    gone: int = 0
    found: int = 0


def about(workers: Sequence[UUID] | None) -> None:
    """Tell PostgreSQL once whom the questions of this transaction are about, where it is a few."""
    if workers is not None:
        with connection.cursor() as cursor:
            few = "{" + ",".join(map(str, workers)) + "}"
            cursor.execute("select set_config('lindung.touched', %s, true)", [few])


def _asked(query: str, workers: Sequence[UUID] | None) -> str:
    return _WHO.sub("true" if workers is None else _FEW, query)


def settle_people(
    each: Signal,
    *,
    on: date,
    at: datetime,
    workers: Sequence[UUID] | None,
    changed: Mapping[str, Decimal] | None = None,
) -> Settled:
    """Bring a signal's alerts about people in line with the rows.

    Args:
        workers: only these people, who were told to :func:`about`; None: everybody.
        changed: thresholds that are not the files'.
    """
    given = arguments(each, on=on, workers=workers, changed=changed)
    return _settle(each, _OF_PEOPLE, each.sql, given, at=at, workers=workers)


def settle_parties(
    each: Signal, found: Iterable[Mapping[str, Any]], *, on: date, at: datetime
) -> Settled:
    """Bring a signal's alerts about parties in line with what was found."""
    given = {"on": on, "given": json.dumps(list(found), default=str)}
    return _settle(each, _OF_PARTIES, _GIVEN, given, at=at, workers=None)


def found_people(
    each: Signal,
    *,
    on: date,
    workers: Sequence[UUID] | None = None,
    changed: Mapping[str, Decimal] | None = None,
) -> Iterator[tuple[UUID, int]]:
    """Whom a signal would find, and how severely, changing nothing: the preview of another threshold."""
    query = (
        f"with asked as materialized ({each.sql}) select q.worker_id, q.severity from asked q"
        " join registry_workerstate s on s.worker_id = q.worker_id where s.stage = any(%(stages)s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _asked(query, workers), arguments(each, on=on, workers=workers, changed=changed)
        )
        yield from cursor.fetchall()


# Columns that come as text here, though they are JSON there.
_JSON = {"evidence", "says"}


def rows_of(each: Signal, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a question about parties, by column."""
    with connection.cursor() as cursor:
        cursor.execute(_asked(each.sql, None), dict(given))
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        for name in _JSON & row.keys():
            row[name] = json.loads(row[name])
    return rows


def arguments(
    each: Signal,
    *,
    on: date,
    workers: Sequence[UUID] | None,
    changed: Mapping[str, Decimal] | None = None,
) -> dict[str, Any]:
    """What a signal's question is asked with; law and rates only where it names them."""
    given: dict[str, Any] = {
        "on": on,
        "stages": list(each.stages),
        **values_of(each, changed),
    }
    if "%(law)s" in each.sql:
        months = dues.months_before(on, int(given["t_look_back"]))
        given["this_month"], given["first_month"] = on.replace(day=1), months[-1]
        given["signed_countries"] = list(dues.signed_countries())
        kinds, said = _law_rows(months, workers)
        given["kinds"], given["law"] = (json.dumps(each, default=str) for each in (kinds, said))
    if "%(rates)s" in each.sql:
        given["rates"] = json.dumps(_rates(on, workers), default=str)
    return given


def _settle(
    each: Signal,
    found: str,
    question: str,
    given: dict[str, Any],
    *,
    at: datetime,
    workers: Sequence[UUID] | None,
) -> Settled:
    statement = _asked(_SETTLE.format(question=question, found=found, id=_ID), workers)
    given = given | {
        "signal": each.id,
        "at": at,
        "red": each.review_hours.red,
        "amber": each.review_hours.amber,
    }
    result = Settled(each.id)
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        for what, id_, worker, count, post, agency, region, country in cursor:
            if what == "raised":
                scope = {"post_id": post, "agency_id": agency, "region": region, "country": country}
                result.raised.append(Raised(id_, worker, count, scope))
            else:
                setattr(result, what, count)
    return result


# Kinds of work that the rules tell apart, of contracts that are lived.
_WORKS = """
select distinct t.country, t.dest_region, t.sector, t.scheme, t.occupation,
       (t.stated -> 'hours.weekly_regular' ->> 0)::numeric,
       case when t.country = any(%(signed_countries)s::text[]) then t.signed_on end
from placement_contractterms t
where t.live and t.signed_on is not null and @who(t.worker_id)
"""


def works(workers: Sequence[UUID] | None) -> list[dues.Work]:
    """The kinds of work of some people, or of all."""
    with connection.cursor() as cursor:
        cursor.execute(_asked(_WORKS, workers), {"signed_countries": list(dues.signed_countries())})
        return [dues.Work(*row) for row in cursor.fetchall()]


def _law_rows(
    months: Sequence[date], workers: Sequence[UUID] | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Kinds of work by number, and what the law of each month says of each."""
    kinds, found = [], []
    for number, work in enumerate(works(workers)):
        kinds.append(
            {
                "kind": number, "country": work.country, "dest_region": work.dest_region,
                "sector": work.sector, "scheme": work.scheme, "occupation": work.occupation,
                "weekly": work.weekly, "signed_on": work.signed_on,
            }
        )  # fmt: skip
        for month in months:
            said = dues.law_of(work, month)
            found.append(
                {
                    "kind": number, "month": month, "floor": said.floor, "hourly": said.hourly,
                    "premium": said.premium,
                }
            )  # fmt: skip
    return kinds, found


# Rates of a day, once read; a day's rates do not change.
_RATES: dict[tuple[str, str, date], Decimal] = {}


def _rates(on: date, workers: Sequence[UUID] | None) -> list[dict[str, Any]]:
    """The day's rates from every currency that people owe to every one that they earn."""
    with connection.cursor() as cursor:
        cursor.execute(
            _asked(
                "select distinct l.currency, split_part(t.stated -> 'wage.monthly_ordinary' ->> 1, '/', 1)"
                " from costs_loan l join placement_contractterms t on t.worker_id = l.worker_id and t.live"
                " where l.state = 'stands' and @who(l.worker_id)",
                workers,
            )
        )
        pairs = [(owed, earned) for owed, earned in cursor.fetchall() if earned and owed != earned]
    found = []
    for base, quote in pairs:
        if (base, quote, on) not in _RATES:
            try:
                _RATES[base, quote, on] = convert(Money(Decimal(1), base), quote, on).exact
            except NoPublishedRate:
                continue
        found.append({"base": base, "quote": quote, "rate": _RATES[base, quote, on]})
    return found
