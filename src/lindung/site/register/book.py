"""The register's book: a line for each person who ever moved, kept as things happen.

A line holds a person's movements in their order and whether the register counts them abroad. Its
changes are added to the tallies (``monitoring/operations/tallies.py``) in the same statement, so
that the balance of a country is the sum of a few thousand rows. What happens leaves a mark
(``site/handlers.py``); :func:`fold` takes the marks and writes those people's lines anew. Each night
everybody's line is worked out again and compared: a line that no mark had announced was wrong, and
is named. Lines and tallies are worked out by one statement, for one person or for all.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from lindung.access.acting import acting_as, acting_within
from lindung.access.many import insert_all
from lindung.access.ready import add
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Refusal
from lindung.monitoring.models import LineMark, Recount
from lindung.monitoring.operations import tallies

log = logging.getLogger(__name__)

# A crossing and a return within so many days of each other are one coming home.
SAME_RETURN_DAYS = 31
# People whose lines are written in one transaction.
FOLDED_AT_ONCE = 1_000
COUNTED_AT_ONCE = 10_000
_LONGEST = "300s"
_LOGGED = 20  # of what was wrong; the command lists all

# Written so that no derived table is joined to another: of those PostgreSQL knows no size, and it
# would compare every person with every other. Each movement carries its person along instead.
_LINES = """
with person as materialized (
    select w.id, w.post_id, s.stage, w.public_number, w.full_name,
           coalesce(nullif(w.country, ''), e.works_in, '') as country
      from registry_worker w
      join registry_workerstate s on s.worker_id = w.id
      left join registry_selfenrolment e on e.worker_id = w.id
     where w.merged_into_id is null and w.id = any(%(people)s)
),
told as (
    select p.*, 'none' as kind, null::date as day, false as loose, true as arrived,
           true as crossed
      from person p
    union all
    select p.*, 'departure', coalesce(c.day, t.departed_on), false,
           t.arrived_on is not null or t.ended_on is not null,
           c.day is not null or t.ended_on is not null
      from person p join placement_placement t on t.worker_id = p.id
      left join lateral (
            select min(x."on") as day from preparation_crossing x
             where x.worker_id = p.id and x.placement_id = t.id and x.direction = 'out') c on true
     where t.departed_on is not null or c.day is not null
    union all
    select p.*, 'return', t.ended_on, false, true, true
      from person p join placement_placement t on t.worker_id = p.id
     where t.departed_on is not null and t.ended_on is not null
    union all
    select p.*, 'departure', x."on", true, true, true
      from person p join preparation_crossing x on x.worker_id = p.id
     where x.direction = 'out' and x.placement_id is null
    union all
    select p.*, 'return', x."on", true, true, true
      from person p join preparation_crossing x on x.worker_id = p.id
     where x.direction = 'in'
       and not exists (select from monitoring_leave l where l.worker_id = x.worker_id
                          and x."on" >= l.left_on - %(same)s
                          and (l.ended_on is null or x."on" <= l.ended_on))
    union all
    select p.*, 'return', r."on", false, true, true
      from person p join reintegration_return r on r.worker_id = p.id
    union all
    select p.*, 'self', e."on", false, true, true
      from person p join registry_selfenrolment e on e.worker_id = p.id
    union all
    select p.*, 'death', m."on", false, true, true
      from person p join placement_milestone m on m.worker_id = p.id where m.code = 'deceased'
    union all
    select p.*, 'death', coalesce(i.happened_on, i.known_at::date), false, true, true
      from person p join incidents_incident i on i.worker_id = p.id
     where i.kind = 'death' and i.verified_at is not null and i.state <> 'dismissed'
),
placed as (
    select *,
           lag(day) over of_a_kind as before,
           lead(day) over of_a_kind as behind,
           lead(loose) over of_a_kind as behind_loose,
           min(day) filter (where kind = 'death') over of_one as died,
           bool_or(kind = 'departure') over of_one as left_once
      from told
    window of_a_kind as (partition by id, kind order by day, loose),
           of_one as (partition by id)
),
event as (
    select *, case when kind in ('departure', 'self') then 1
                   when kind in ('return', 'death') then -1 else 0 end as sign
      from placed
     where case kind
             when 'departure' then not loose or not (
                 coalesce(day - before <= %(same)s, false)
                 or coalesce(behind - day <= %(same)s and not behind_loose, false))
             when 'return' then (died is null or day < died)
                 and not coalesce(day - before <= %(same)s, false)
             when 'self' then not left_once
             when 'death' then before is null
             else true end
),
fresh as (
    select id as worker_id, post_id, country::text, public_number::text as number, stage::text,
           (stage = 'during')::int::smallint as counted, sum(sign)::smallint as now,
           coalesce((array_agg(kind order by day desc, sign) filter (where kind <> 'none'))[1], '')
               as last,
           coalesce(array_agg(day order by day, sign) filter (where kind <> 'none'), '{}') as days,
           coalesce(string_agg(case kind when 'death' then 'x' else left(kind, 1) end, ''
               order by day, sign) filter (where kind <> 'none'), '') as kinds,
           min(day) filter (where not arrived) as not_arrived_since,
           max(day) filter (where not crossed) as not_crossed_on
      from event
     group by id, post_id, country, public_number, stage
    having stage = 'during' or count(*) filter (where kind <> 'none') > 0
),
kept as (
    select worker_id, post_id, country::text, number::text, stage::text, counted, now, last::text,
           days, kinds::text, not_arrived_since, not_crossed_on
      from monitoring_bookline where worker_id = any(%(people)s)
),
changed as (
    select coalesce(f.worker_id, k.worker_id) as worker_id, coalesce(f.number, k.number) as number,
           f.worker_id is not null as stays
      from fresh f full join kept k on k.worker_id = f.worker_id
     where f is distinct from k
),
written as (
    insert into monitoring_bookline (worker_id, post_id, country, number, stage, counted, now, last,
           days, kinds, not_arrived_since, not_crossed_on)
    select f.* from fresh f join changed c on c.worker_id = f.worker_id
    on conflict (worker_id) do update set post_id = excluded.post_id, country = excluded.country,
           number = excluded.number, stage = excluded.stage, counted = excluded.counted,
           now = excluded.now, last = excluded.last, days = excluded.days, kinds = excluded.kinds,
           not_arrived_since = excluded.not_arrived_since, not_crossed_on = excluded.not_crossed_on
),
gone as (
    delete from monitoring_bookline b using changed c
     where b.worker_id = c.worker_id and not c.stays
),
weighed as (
    select f.*, 1 as n from fresh f join changed c on c.worker_id = f.worker_id
    union all
    select k.*, -1 from kept k join changed c on c.worker_id = k.worker_id
),
told_of as (
    insert into monitoring_tally (post_id, country, what, day, n, fresh)
    select post_id, country, what, day, sum(n), true
      from (select w.post_id, w.country, m.what, m.day, w.n from weighed w
             cross join lateral unnest(w.days, string_to_array(w.kinds, null)) as m(day, what)
            union all
            select post_id, country, 'c', null, n from weighed where counted = 1
            union all
            select post_id, country, 'n', null, n from weighed where counted <> now) x
     group by 1, 2, 3, 4 having sum(n) <> 0
)
select worker_id, number from changed
"""
_NEXT = """
select id from (
    (select id from registry_worker where id > %(after)s order by id limit %(most)s)
    union
    (select worker_id from monitoring_bookline where worker_id > %(after)s
      order by worker_id limit %(most)s)) x(id)
 order by id limit %(most)s
"""
_STANDING = """
select (select min(at) from monitoring_linemark), ended_at, people, wrong, border_since
  from monitoring_recount where ended_at is not null order by began_at desc limit 1
"""
_BORDER = """select min("on") from preparation_crossing where direction = 'out'"""


class NotCountedYet(Refusal):
    """The book was never counted: a new service, or one brought up from before there was a book."""

    status = 503
    slug = "not-counted-yet"
    title = "Neraca belum pernah dihitung."
    advice = "Hitungan pertama sedang berjalan. Coba lagi beberapa menit lagi."
    retry = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Until when the book is whole, and what its last recount found.

    Attributes:
        as_of: everything that was told until then is in it.
        counted_at: when everybody was last counted anew.
        people: how many they were.
        wrong: lines and totals that were not right, and are now.
        border_since: the first day of which a border told us anything.
    """

    as_of: datetime
    counted_at: datetime
    people: int
    wrong: int
    border_since: date | None


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A person whose line was not what the rows say, and nothing had announced it."""

    worker_id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What a recount found; all of it has been put right."""

    people: int
    lines: Sequence[WrongLine]
    totals: Sequence[tallies.WrongTally]


def mark(people: Collection[UUID]) -> None:
    """Note that these people's lines may have changed."""
    marks = [LineMark(person=each) for each in people]
    if len(marks) == 1:
        add(marks[0])
    else:
        insert_all(marks)


def standing() -> Standing:
    """How the book stands, in one query.

    Raises:
        NotCountedYet: it was never counted as a whole.
    """
    found = _standing()
    if found is None:
        raise NotCountedYet
    return found


def was_counted() -> bool:
    """Whether the book was ever counted as a whole."""
    return _standing() is not None


def fold() -> int:
    """Write the lines of everybody who was marked; returns how many changed."""
    changed = 0
    while True:
        with acting_as(ROBOT):
            tallies.one_at_a_time()
            people = _marked()
            if not people:
                tallies.fold()
                return changed
            changed += len(_write(people))


def begin_recount() -> Recount:
    """Begin to count everybody anew."""
    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute(_BORDER)
        (border,) = cursor.fetchone()
        return Recount.objects.create(began_at=timezone.now(), border_since=border)


def recount_some(recount: Recount, *, unannounced: bool = False) -> Counted:
    """The next people; where there are none left, the tallies, and the recount has ended.

    Args:
        unannounced: people were brought in without a word, so no line counts as wrong.
    """
    with acting_as(ROBOT), connection.cursor() as cursor:
        tallies.one_at_a_time()
        expected = unannounced or not was_counted()
        cursor.execute(_NEXT, {"after": recount.after or UUID(int=0), "most": COUNTED_AT_ONCE})
        people = [row[0] for row in cursor.fetchall()]
        # Whose change is on its way is not wrong, only not written yet.
        awaited = set(LineMark.objects.filter(person__in=people).values_list("person", flat=True))
        changed = _write(people) if people else []
        totals = [] if people else tallies.recheck()
        lines = [] if expected else [each for each in changed if each.worker_id not in awaited]
        recount.people += len(people)
        recount.wrong += len(lines) + len(totals)
        if people:
            recount.after = people[-1]
        else:
            recount.ended_at = timezone.now()
        recount.save()
    if lines:
        told = ", ".join(str(each.worker_id) for each in lines[:_LOGGED])
        log.error("%s lines of the register's book were wrong, of people %s", len(lines), told)
    for total in totals[:_LOGGED]:
        log.error("the total %s of post %s was wrong", total.what, total.post_id)
    return Counted(len(people), lines, totals)


def recount(*, unannounced: bool = False) -> Counted:
    """Count everybody anew, at once; folds what was marked before. ``unannounced`` as above."""
    fold()
    begun = begin_recount()
    people = 0
    lines: list[WrongLine] = []
    totals: list[tallies.WrongTally] = []
    while begun.ended_at is None:
        some = recount_some(begun, unannounced=unannounced)
        people += some.people
        lines += some.lines
        totals += some.totals
    fold()
    return Counted(people, lines, totals)


def _standing() -> Standing | None:
    with acting_within(ROBOT), connection.cursor() as cursor:
        cursor.execute(_STANDING)
        row = cursor.fetchone()
    return None if row is None else Standing(row[0] or timezone.now(), *row[1:])


def _marked() -> list[UUID]:
    with connection.cursor() as cursor:
        # Marks are taken away before the rows are read: what changes meanwhile marks anew.
        cursor.execute(
            "delete from monitoring_linemark where id in (select id from monitoring_linemark"
            " order by id limit %s) returning person",
            [FOLDED_AT_ONCE],
        )
        return sorted({row[0] for row in cursor.fetchall()})


def _write(people: Sequence[UUID]) -> list[WrongLine]:
    with connection.cursor() as cursor:
        # Set for this transaction alone, and set back for what follows in it.
        cursor.execute("select set_config('statement_timeout', %s, true)", [_LONGEST])
        cursor.execute(_LINES, {"people": list(people), "same": SAME_RETURN_DAYS})
        return [WrongLine(*row) for row in cursor.fetchall()]
