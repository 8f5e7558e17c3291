"""One look at the rows: what a signal finds, what is new of it, what has gone.

The same question serves the nightly pass over everybody and the look at a few people about whom something
was told; only whom it is about differs. One statement raises, updates and closes, so nothing leaves the
database but what is new. Part of the caller's transaction, as our robot.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from lindung.kernel.money import Money
from lindung.reference.queries.money import NoPublishedRate, convert
from lindung.signals import dues
from lindung.signals.catalogue import Signal, signals, values_of

# Whom a question is about: everybody, or the few told to PostgreSQL once for all questions of a look.
_WHO = re.compile(r"@who\((\S+?)\)")
# An array, which is looked up person by person; a join might read an index from end to end.
_FEW = r"\1 = any((select array_agg(l.worker_id) from looked_at l)::uuid[])"
# Thresholds and lists of a signal, told apart where several are asked in one statement.
_OWN = re.compile(r"%\(([tl]_\w+)\)s")
# A UUIDv7 (RFC 9562) of this instant, made where the rows are: a pass may raise many.
_ID = """(select (left(h, 8) || '-' || substr(h, 9, 4) || '-7' || substr(gen_random_uuid()::text, 16))::uuid
          from (select lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') as h
                where f.subject is not null) as now)"""

# ``found`` are rows as :data:`_OF_PEOPLE` and :data:`_GIVEN` make them.
_SETTLE = """
with {questions}found as materialized ({found}),
standing as materialized (
    select a.id, a.signal, a.subject, a.party, a.severity, a.evidence, a.values, a.state
    from signals_alert a
    where a.signal = any(%(signals)s) and a.gone_on is null
      and @who(a.subject)
),
raised as (
    insert into signals_alert (id, signal, worker_id, party, subject, party_name, severity, state, raised_on,
        raised_at, due_at, evidence, values, employer_id, outcome, post_id, agency_id, region, country)
    select {id}, f.signal, f.worker_id, f.party, f.subject, f.party_name, f.severity, 'new', %(on)s, %(at)s,
        %(at)s::timestamptz + case f.severity when 2 then f.red else f.amber end * interval '1 hour',
        f.evidence, f.says, f.employer_id, '', f.post_id, f.agency_id, f.region, f.country
    from found f left join standing s on s.subject = f.subject and s.signal = f.signal and s.party = f.party
    where s.id is null
    returning signal, id, worker_id, severity, post_id, agency_id, region, country
),
changed as (
    update signals_alert a
    set severity = f.severity, evidence = f.evidence, values = f.says,
        state = case when a.state = 'reviewed' and f.severity > s.severity then 'new' else a.state end,
        due_at = case when f.severity > s.severity
                      then %(at)s::timestamptz + f.red * interval '1 hour' else a.due_at end
    from standing s join found f on f.subject = s.subject and f.signal = s.signal and f.party = s.party
    where a.id = s.id and {these} and (f.severity <> s.severity or f.evidence <> s.evidence or f.says <> s.values)
    returning a.signal
),
gone as (
    update signals_alert a
    set gone_on = %(on)s, state = case when a.state = 'new' then 'gone' else a.state end
    from standing s left join found f on f.subject = s.subject and f.signal = s.signal and f.party = s.party
    where a.id = s.id and {these} and f.subject is null
    returning a.signal
)
select 'raised' as what, signal, id, worker_id, severity::int, post_id::int, agency_id, region, country from raised
union all select 'changed', signal, null, null, count(*)::int, null, null, null, null from changed group by signal
union all select 'gone', signal, null, null, count(*)::int, null, null, null, null from gone group by signal
union all select 'found', signal, null, null, count(*)::int, null, null, null, null from found group by signal
"""

_ASKED = """
    select '{signal}'::text as signal, {red} as red, {amber} as amber, %({signal}.stages)s::text[] as stages,
           q.worker_id, q.severity, q.evidence, q.says
    from {asked} q
"""
_OF_PEOPLE = """
    select q.signal, q.red, q.amber, q.worker_id, '' as party, q.worker_id as subject, '' as party_name,
           q.severity, q.evidence, q.says, s.post_id, s.agency_id, s.region, s.country, s.employer_id
    from ({asked}) q join registry_workerstate s on s.worker_id = q.worker_id
    where s.stage = any(q.stages) and @who(s.worker_id)
"""
_GIVEN = """
    select '{signal}'::text as signal, {red} as red, {amber} as amber, null::uuid as worker_id, x.*,
           null::uuid as agency_id, '' as region, null::uuid as employer_id
    from jsonb_to_recordset(%(given)s::jsonb) as x(
        party text, subject uuid, party_name text, severity int, evidence jsonb, says jsonb,
        post_id smallint, country text)
"""

# What contracts in force say of wages and hours, read once for all questions; narrow, since wages are many.
_TERMS = """
create temp table looked_terms on commit drop as
select t.worker_id, t.contract_id, t.signed_on is not null as signed,
       (t.stated -> 'wage.monthly_ordinary' ->> 0)::numeric as basic,
       case when t.stated -> 'wage.monthly_ordinary' ->> 1 like '%%/month'
            then left(t.stated -> 'wage.monthly_ordinary' ->> 1, -6) end as currency,
       (t.stated -> 'hours.weekly_regular' ->> 0)::numeric as weekly, k.kind
from {contracts} t
left join jsonb_to_recordset(%(kinds)s::jsonb) as k(
        kind int, country text, dest_region text, sector text, scheme text, occupation text,
        weekly numeric, signed_on date)
       on k.country = t.country and k.dest_region = t.dest_region and k.sector = t.sector
      and k.scheme = t.scheme and k.occupation = t.occupation
      and coalesce(k.weekly, -1) = coalesce((t.stated -> 'hours.weekly_regular' ->> 0)::numeric, -1)
      and coalesce(k.signed_on, '-infinity') = coalesce({signed}, '-infinity')
where t.live and @who(t.worker_id)
"""
_LAW = """
create temp table looked_law on commit drop as
select kind, month, floor, hourly * (1 + premium / 100) as overtime
from jsonb_to_recordset(%(law)s::jsonb) as x(
    kind int, month date, floor numeric, hourly numeric, premium numeric)
"""
# Of a few people their contracts are fetched once and read twice; a whole country's are not copied.
_CONTRACTS = """
create temp table looked_contracts on commit drop as
select t.worker_id, t.contract_id, t.live, t.signed_on, t.stated, t.country, t.dest_region, t.sector, t.scheme,
       t.occupation
from placement_contractterms t where t.live and @who(t.worker_id)
"""
_AT = """
create temp table looked_at on commit drop as select unnest(%s::uuid[]) as worker_id
"""
# Kinds of work that the rules tell apart, of contracts that are lived.
_WORKS = """
select distinct t.country, t.dest_region, t.sector, t.scheme, t.occupation,
       (t.stated -> 'hours.weekly_regular' ->> 0)::numeric, {signed}
from {contracts} t
where t.live and t.signed_on is not null and @who(t.worker_id)
"""
# The day from which the law of signing stands as it stood when the contract was signed: two contracts signed
# between the same two changes are of one kind. See :func:`dues.signing_borders`.
_SIGNED = """case when t.country = any(%(signed_countries)s::text[])
            then (%(borders)s::date[])[width_bucket(t.signed_on, %(borders)s::date[])] end"""
# For the pass over everybody, in its transaction alone: room to sort and join a country's rows.
_ROOM = {"work_mem": "256MB", "max_parallel_workers_per_gather": "4"}
# For a look at a few: each table is looked up by the array, and what was found is joined by hash. PostgreSQL
# takes every array for ten people, and would go through the one side again for each row of the other.
_LOOKED_UP = {"enable_nestloop": "off"}


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


Changed = Mapping[str, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look has laid out for its questions: whom it is about, the kinds of work, shared values.

    Attributes:
        workers: only these people; None: everybody.
        changed: by signal, thresholds that are not the files'.
        kinds: kinds of work by number, where a question needs them.
        given: values that questions share.
    """

    on: date
    workers: Sequence[UUID] | None
    changed: Changed
    kinds: Sequence[dues.Work]
    given: Mapping[str, Any]

    def of(self, each: Signal) -> dict[str, Any]:
        """What a signal's question is asked with."""
        return {"on": self.on, **self.given, **values_of(each, self.changed.get(each.id))}


@contextmanager
def over_everybody() -> Iterator[CursorWrapper]:
    """A cursor for statements over a whole country: room to sort, and tables joined by hash.

    Of rows written in the same transaction PostgreSQL knows no number yet, takes them for few and
    would go through the alerts of a first pass once for each person.
    """
    with connection.cursor() as cursor:
        _until_commit(cursor, _ROOM | _LOOKED_UP)
        yield cursor


def _until_commit(cursor: CursorWrapper, given: Mapping[str, str]) -> None:
    for name, value in given.items():
        cursor.execute("select set_config(%s, %s, true)", [name, value])


@contextmanager
def looking(
    asked: Iterable[Signal],
    *,
    on: date,
    workers: Sequence[UUID] | None,
    changed: Changed | None = None,
) -> Iterator[Look]:
    """Lay out once, for this transaction, what the questions of some signals share.

    Whom they are about, what contracts say, and the law of the months: as temporary tables of which
    PostgreSQL knows the size, so that a few people are looked up and a whole country is read through.
    """
    changed = changed or {}
    questions = {each.id: each.sql for each in asked if each.about == "person"}
    made = []
    with connection.cursor() as cursor:
        _until_commit(cursor, _ROOM if workers is None else _LOOKED_UP)
        if workers is not None:
            made.append("looked_at")
            cursor.execute(_AT, ["{" + ",".join(map(str, workers)) + "}"])
            cursor.execute("analyze looked_at")
        given: dict[str, Any] = {}
        kinds: list[dues.Work] = []
        if any("looked_terms" in each for each in questions.values()):
            if workers is not None:
                cursor.execute(_asked(_CONTRACTS, workers))
                made.append("looked_contracts")
            by_law = next((key for key, each in questions.items() if "looked_law" in each), "")
            if by_law:
                look_back = values_of(signals()[by_law], changed.get(by_law))["t_look_back"]
                months = dues.months_before(on, int(look_back))
                given |= {"this_month": on.replace(day=1), "first_month": months[-1]}
                kinds = _works(workers)
                _lay_law(cursor, kinds, months)
                made.append("looked_law")
            _lay_terms(cursor, kinds, workers)
            made.append("looked_terms")
        if any("%(rates)s" in each for each in questions.values()):
            given["rates"] = json.dumps(_rates(on, workers), default=str)
        yield Look(on, workers, changed, kinds, given)
        if made:
            cursor.execute(f"drop table {', '.join(made)}")


def _lay_terms(cursor: Any, kinds: Sequence[dues.Work], workers: Sequence[UUID] | None) -> None:
    rows = [
        {
            "kind": number, "country": work.country, "dest_region": work.dest_region,
            "sector": work.sector, "scheme": work.scheme, "occupation": work.occupation,
            "weekly": work.weekly, "signed_on": work.signed_on,
        }
        for number, work in enumerate(kinds)
    ]  # fmt: skip
    given = _signing() | {"kinds": json.dumps(rows, default=str)}
    cursor.execute(
        _asked(_TERMS.format(signed=_SIGNED, contracts=_contracts(workers)), workers), given
    )
    cursor.execute("analyze looked_terms")


def _lay_law(cursor: Any, kinds: Sequence[dues.Work], months: Sequence[date]) -> None:
    rows = [
        {
            "kind": number, "month": month, "floor": said.floor, "hourly": said.hourly,
            "premium": said.premium,
        }
        for number, work in enumerate(kinds)
        for month in months
        for said in [dues.law_of(work, month)]
    ]  # fmt: skip
    cursor.execute(_LAW, {"law": json.dumps(rows, default=str)})
    cursor.execute("analyze looked_law")


def _asked(query: str, workers: Sequence[UUID] | None) -> str:
    return _WHO.sub("true" if workers is None else _FEW, query)


def settle_people(asked: Iterable[Signal], look: Look, *, at: datetime) -> list[Settled]:
    """Bring alerts about people in line with the rows, in the order of the signals.

    Of everybody each signal is asked by itself, into a table of its own: a question that only reads may
    be read by several processes at once. Of a few people all are asked in one statement.
    """
    asked = list(asked)
    if look.workers is not None:
        return _settle_at_once(asked, look, at=at)
    settled = []
    for each in asked:
        read = _OF_PEOPLE.format(asked=_of(each, f"({_own(each)})"))
        with connection.cursor() as cursor:
            cursor.execute(
                _asked(f"create temp table looked_found on commit drop as {read}", None),
                _named(each, look),
            )
            cursor.execute("analyze looked_found")
        settled += _settle([each], "select * from looked_found", look, at=at)
        with connection.cursor() as cursor:
            cursor.execute("drop table looked_found")
    return settled


def _settle_at_once(asked: Sequence[Signal], look: Look, *, at: datetime) -> list[Settled]:
    questions = "".join(f"{each.id} as materialized ({_own(each)}), " for each in asked)
    found = _OF_PEOPLE.format(asked=" union all ".join(_of(each, each.id) for each in asked))
    given: dict[str, Any] = {}
    for each in asked:
        given |= _named(each, look)
    return _settle(asked, found, look, at=at, questions=questions, given=given)


def settle_parties(
    each: Signal, found: Iterable[Mapping[str, Any]], *, on: date, at: datetime
) -> Settled:
    """Bring a signal's alerts about parties in line with what was found."""
    given = {"given": json.dumps(list(found), default=str)}
    look = Look(on, None, {}, (), {})
    (settled,) = _settle([each], _by_hours(_GIVEN, each), look, at=at, given=given)
    return settled


def found_people(
    each: Signal, *, on: date, changed: Mapping[str, Decimal] | None = None
) -> Iterator[tuple[UUID, int]]:
    """Whom a signal would find, and how severely, changing nothing: the preview of another threshold."""
    query = (
        f"with asked as materialized ({_own(each)}) select q.worker_id, q.severity from asked q"
        f" join registry_workerstate s on s.worker_id = q.worker_id"
        f" where s.stage = any(%({each.id}.stages)s)"
    )
    with (
        looking([each], on=on, workers=None, changed={each.id: changed or {}}) as look,
        connection.cursor() as cursor,
    ):
        cursor.execute(_asked(query, None), _named(each, look))
        rows = cursor.fetchall()
    yield from rows


def _own(each: Signal) -> str:
    """A signal's question, its thresholds and lists named as its own."""
    return _OWN.sub(rf"%({each.id}.\1)s", each.sql)


def _named(each: Signal, look: Look) -> dict[str, Any]:
    """What :func:`_own` is asked with."""
    given = {
        f"{each.id}.{name}" if name[:2] in {"t_", "l_"} else name: value
        for name, value in look.of(each).items()
    }
    return given | {f"{each.id}.stages": list(each.stages)}


def _of(each: Signal, asked: str) -> str:
    return _by_hours(_ASKED, each, asked=asked)


def _by_hours(text: str, each: Signal, **more: str) -> str:
    hours = each.review_hours
    return text.format(signal=each.id, red=int(hours.red), amber=int(hours.amber), **more)


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


def _settle(
    asked: Sequence[Signal],
    found: str,
    look: Look,
    *,
    at: datetime,
    questions: str = "",
    given: Mapping[str, Any] | None = None,
) -> list[Settled]:
    few = look.workers is not None
    these = "a.id = any(array(select id from standing))" if few else "true"
    statement = _SETTLE.format(questions=questions, found=found, id=_ID, these=these)
    statement = _asked(statement, look.workers)
    result = {each.id: Settled(each.id) for each in asked}
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {**(given or {}), "on": look.on, "at": at, "signals": list(result)}
        )
        for what, signal, id_, worker, count, post, agency, region, country in cursor:
            if what == "raised":
                scope = {"post_id": post, "agency_id": agency, "region": region, "country": country}
                result[signal].raised.append(Raised(id_, worker, count, scope))
            else:
                setattr(result[signal], what, count)
    return list(result.values())


def _contracts(workers: Sequence[UUID] | None) -> str:
    return "placement_contractterms" if workers is None else "looked_contracts"


def _works(workers: Sequence[UUID] | None) -> list[dues.Work]:
    """The kinds of work of some people, whose contracts are laid out, or of all."""
    with connection.cursor() as cursor:
        query = _WORKS.format(signed=_SIGNED, contracts=_contracts(workers))
        cursor.execute(_asked(query, workers), _signing())
        return [dues.Work(*row) for row in cursor.fetchall()]


def _signing() -> dict[str, Any]:
    return {
        "signed_countries": list(dues.signed_countries()),
        "borders": list(dues.signing_borders()),
    }


# Rates of a day, once read; a day's rates do not change.
_RATES: dict[tuple[str, str, date], Decimal] = {}


def _rates(on: date, workers: Sequence[UUID] | None) -> list[dict[str, Any]]:
    """The day's rates from every currency that people owe to every one that they earn."""
    with connection.cursor() as cursor:
        cursor.execute(
            _asked(
                "select distinct l.currency, t.currency from costs_loan l"
                " join looked_terms t on t.worker_id = l.worker_id"
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
