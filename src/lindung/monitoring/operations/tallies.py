"""Tallies: totals over everybody, kept with the changes, folded each minute, compared each night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

# In the order in which they are worked out, so that both hold the same locks in the same order.
_FOLD = """
with taken as (delete from monitoring_tally where fresh returning post_id, country, what, day, n)
insert into monitoring_tally (post_id, country, what, day, n, fresh)
select post_id, country, what, day, sum(n), false from taken
 group by 1, 2, 3, 4 having sum(n) <> 0 order by 1, 2, 3, 4
on conflict (post_id, country, what, day) where not fresh
do update set n = monitoring_tally.n + excluded.n
"""

# What the rows say beside what was kept, and the difference put right in the same statement: no
# change comes between the two.
_COMPARE = """
with counted as ({counted}),
kept as (
    select post_id, country, what, day, sum(n) as n from monitoring_tally
     where what = any(%(whats)s) group by 1, 2, 3, 4
),
wrong as (
    select post_id, country, what, day, coalesce(sum(n) filter (where really), 0) as n,
           coalesce(sum(n) filter (where not really), 0) as kept
      from (select *, true as really from counted union all select *, false from kept) both_of
     group by 1, 2, 3, 4
    having coalesce(sum(n) filter (where really), 0)
        <> coalesce(sum(n) filter (where not really), 0)
),
righted as (
    insert into monitoring_tally (post_id, country, what, day, n, fresh)
    select post_id, country, what, day, n - kept, true from wrong
)
select post_id, country, what, day, n, kept from wrong order by 1, 2, 3, 4
"""
_CONFIRMED = """
select post_id, '' as country, 'k' as what, confirmed_on as day, count(*) as n
  from registry_workerstate where stage = 'during' group by 1, 4
"""
_MOVEMENTS = """
select post_id, country, what, day, count(*) as n
  from monitoring_bookline b
 cross join lateral unnest(b.days, string_to_array(b.kinds, null)) as m(day, what)
 group by 1, 2, 3, 4
union all
select post_id, country, 'c', null, count(*) from monitoring_bookline where counted = 1 group by 1, 2
union all
select post_id, country, 'n', null, count(*) from monitoring_bookline
 where counted <> now group by 1, 2
"""


@dataclass(frozen=True, slots=True)
class WrongTally:
    """A total that was not what the rows say; it has been put right."""

    post_id: int | None
    country: str
    what: str
    day: date | None
    counted: int
    kept: int


def one_at_a_time() -> None:
    """Wait until nobody else folds or compares; to the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('lindung.monitoring.book'))")


def fold() -> int:
    """Fold fresh rows into the totals; returns how many totals they concerned."""
    one_at_a_time()
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)
        return int(cursor.rowcount)


def recheck() -> list[WrongTally]:
    """Count all totals anew from states and lines; what was wrong is put right and named."""
    one_at_a_time()
    found: list[WrongTally] = []
    with connection.cursor() as cursor:
        for counted, whats in ((_CONFIRMED, ["k"]), (_MOVEMENTS, list("dsrxcn"))):
            cursor.execute(_COMPARE.format(counted=counted), {"whats": whats})
            found += [WrongTally(*row) for row in cursor.fetchall()]
    return found
