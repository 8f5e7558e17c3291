"""The register's balance: do the movements we were told add up to the people we count abroad?

Two books are laid beside each other. *The movements*: departures over the border (or as recorded,
where the border told none), self-enrolments from abroad, returns, deaths, moves between posts.
*The count*: everybody whom the register holds to be abroad. Per person the first gives how often
they are abroad by the book, the second whether they are: wherever these differ, the person is
named with the reason and what to do. So the difference of the sums is always the list's sum.

Computed as our robot, since rows of one time of life stand under the post of that time; people
are chosen by the post in charge today, which is whom the actor's policies show.

    stock at start + departures + self-enrolments + moved in - moved out - returns - deaths
      = stock at end by the book;  counted - that = difference, by name
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.registry.living import living_rules

# A crossing and a return within so many days of each other are one coming home.
SAME_RETURN_DAYS = 31
PAGE = 100
_CHUNK = 50_000
# A whole country is read at once; a page of one post takes a fraction of a second.
_LONGEST = "300s"

# The reasons of a difference, each with what to do about it. ``moves``: it changes the sum.
REASONS: dict[str, tuple[Any, Any, bool]] = {
    "left_without_crossing": (
        _("tercatat di luar negeri, tetapi keberangkatannya tidak pernah diberitahukan"),
        _("Tanyakan kapan dan bagaimana ia berangkat, lalu catat perlintasannya."),
        True,
    ),
    "returned_still_during": (
        _("sudah pulang menurut perlintasan, tetapi masih tercatat di luar negeri"),
        _("Hubungi orangnya atau keluarganya, lalu catat kepulangan."),
        True,
    ),
    "died_still_during": (
        _("meninggal, tetapi masih tercatat di luar negeri"),
        _("Selesaikan kasus kematian dan catat kepulangan jenazah atau pemakaman."),
        True,
    ),
    "never_left": (
        _("menurut perbatasan sudah berangkat, tetapi masih tercatat sebelum berangkat"),
        _("Pastikan ia sudah tiba; catat keberangkatan dan kedatangannya."),
        True,
    ),
    "home_without_return": (
        _("tercatat sudah pulang, tetapi kepulangannya tidak pernah diberitahukan"),
        _("Catat tanggal kepulangannya."),
        True,
    ),
    "counted_twice": (
        _("terhitung dua kali: dua keberangkatan tanpa kepulangan di antaranya"),
        _("Akhiri penempatan yang lama dengan tanggal pulangnya."),
        True,
    ),
    "returned_twice": (
        _("dua kepulangan tanpa keberangkatan di antaranya"),
        _("Hapus kepulangan yang keliru atau catat keberangkatan yang hilang."),
        True,
    ),
    "never_arrived": (
        _("berangkat, dan belum ada yang memastikan ia tiba"),
        _("Hubungi orangnya, pemberi kerja, dan keluarganya; pastikan kedatangannya."),
        False,
    ),
    "no_crossing": (
        _("berangkat menurut kantor, tetapi perbatasan tidak mencatatnya"),
        _("Minta data perlintasan, atau catat pernyataan orangnya."),
        False,
    ),
    "maybe_double": (
        _("mungkin orang yang sama terdaftar dua kali"),
        _("Bandingkan kedua berkas."),
        False,
    ),
}

# Written so that no derived table is joined to another: of those PostgreSQL knows no size, and it
# would compare every person with every other. Each movement carries its person along instead.
_PEOPLE = """
person as materialized (
    select w.id, w.post_id, s.stage, w.public_number, w.full_name,
           coalesce(nullif(w.country, ''), e.works_in, '') as country
      from registry_worker w
      join registry_workerstate s on s.worker_id = w.id
      left join registry_selfenrolment e on e.worker_id = w.id
     where w.merged_into_id is null {scope}
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
                          and x."on" >= l.left_on - {same}
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
                 coalesce(day - before <= {same}, false)
                 or coalesce(behind - day <= {same} and not behind_loose, false))
             when 'return' then (died is null or day < died)
                 and not coalesce(day - before <= {same}, false)
             when 'self' then not left_once
             when 'death' then before is null
             else true end
),
book as (
    select id, post_id, country, stage, public_number, full_name,
           (stage = 'during')::int as counted,
           coalesce(sum(sign) filter (where day < %(start)s), 0)::int as opening,
           (count(*) filter (where kind = 'departure' and day between %(start)s and %(end)s))::int
               as departures,
           (count(*) filter (where kind = 'self' and day between %(start)s and %(end)s))::int
               as enrolled,
           (count(*) filter (where kind = 'return' and day between %(start)s and %(end)s))::int
               as returns,
           (count(*) filter (where kind = 'death' and day between %(start)s and %(end)s))::int
               as deaths,
           sum(sign)::int as now,
           (array_agg(kind order by day desc, sign) filter (where kind <> 'none'))[1] as last,
           min(day) filter (where not arrived) as not_arrived_since,
           max(day) filter (where not crossed) as not_crossed_on
      from event
     group by 1, 2, 3, 4, 5, 6
)
"""

_SUMS = """
with {people}, moved as (  -- at which post people of today's book were when the period began
    select distinct on (c.worker_id) c.worker_id, c.was
      from registry_postchange c where c."on" between %(start)s and %(end)s
     order by c.worker_id, c."on", c.id
),
lines as (
    select post_id, country, opening, departures, enrolled, returns, deaths, counted,
           0 as moved_in, 0 as moved_out, (counted <> now)::int as named
      from book
    union all
    select b.post_id, b.country, -b.opening, 0, 0, 0, 0, 0, b.opening, 0, 0
      from book b join moved m on m.worker_id = b.id
     where b.opening > 0 and m.was is distinct from b.post_id
    union all
    select m.was, b.country, b.opening, 0, 0, 0, 0, 0, 0, b.opening, 0
      from book b join moved m on m.worker_id = b.id
     where b.opening > 0 and m.was is distinct from b.post_id and m.was is not null
)
select post_id, country, sum(opening), sum(departures), sum(enrolled), sum(moved_in),
       sum(moved_out), sum(returns), sum(deaths), sum(counted), sum(named)
  from lines group by 1, 2
having sum(abs(opening) + departures + enrolled + returns + deaths + counted + moved_in
           + moved_out) > 0
 order by 1 nulls last, 2
"""

_REASON = """case
    when now > 1 then 'counted_twice'
    when now < 0 then 'returned_twice'
    when counted = 1 and now = 0 and last = 'death' then 'died_still_during'
    when counted = 1 and now = 0 and last = 'return' then 'returned_still_during'
    when counted = 1 and now = 0 then 'left_without_crossing'
    when counted = 0 and now = 1 and stage = 'before' then 'never_left'
    when counted = 0 and now = 1 then 'home_without_return' end"""

_NAMES = """
with {people},
named as (
    select b.*, r.reason, r.weight from book b cross join lateral (values
        ({reason}, counted - now, counted <> now),
        ('never_arrived', 0, counted = 1 and now = 1 and not_arrived_since < %(arrived_by)s),
        ('no_crossing', 0, counted = 1 and now = 1 and not_crossed_on >= (
            select min(x."on") from preparation_crossing x where x.direction = 'out')),
        ('maybe_double', 0, counted = 1 and exists (
            select from registry_task t where t.worker_id = b.id
               and t.kind = 'duplicate:possible' and t.state = 'open'))
    ) r(reason, weight, stands)
     where r.stands
)
select id, public_number, full_name, post_id, country, reason, weight from named
 where (%(reason)s = '' or reason = %(reason)s) and (weight <> 0 or not %(moving)s)
   and (public_number, reason) > (%(after)s, %(after_reason)s)
 order by public_number, reason limit %(most)s
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The balance of one post and country over a period; ``counted`` is None for a past end."""

    post_id: int | None
    country: str
    opening: int
    departures: int
    enrolled: int
    moved_in: int
    moved_out: int
    returns: int
    deaths: int
    counted: int | None
    named: int

    @property
    def closing(self) -> int:
        """Stock at the end by the book."""
        gained = self.departures + self.enrolled + self.moved_in
        return self.opening + gained - self.moved_out - self.returns - self.deaths

    @property
    def difference(self) -> int | None:
        """Counted less book; None where the end is past and was not counted."""
        return None if self.counted is None else self.counted - self.closing

    @property
    def adds_up(self) -> bool:
        """Nobody counted otherwise than the book says; two that cancel out do not add up."""
        return self.named == 0 and not self.difference


@dataclass(frozen=True, slots=True)
class Named:
    """One person of the difference: why, and by how much they change the sum."""

    worker_id: UUID
    number: str
    name: str
    post_id: int | None
    country: str
    reason: str
    weight: int

    @property
    def why(self) -> str:
        """The reason in words."""
        return str(REASONS[self.reason][0])

    @property
    def cure(self) -> str:
        """What to do about it."""
        return str(REASONS[self.reason][1])


def sheets(
    actor: Actor,
    *,
    start: date,
    end: date,
    today: date,
    post: int | None = None,
    country: str = "",
) -> list[Sheet]:
    """The balance per post and country, first and last day of the period included.

    Raises:
        NotAllowed: not among this actor's work.
        NotFound: another post than the actor's.
    """
    scope, values = _scope(actor, post=post, country=country, gone_since=True)
    values |= {"start": start, "end": end}
    found = [Sheet(*row) for row in _read(_SUMS.format(people=_people(scope)), values)]
    if values["posts"]:
        # Whom another post has now is that post's; here only that they left is told.
        found = [each for each in found if each.post_id in values["posts"]]
    if end < today:
        found = [_uncounted(each) for each in found]
    return found


def names(
    actor: Actor,
    *,
    on: date,
    post: int | None = None,
    country: str = "",
    reason: str = "",
    moving: bool = False,
    after: tuple[str, str] = ("", ""),
    most: int = PAGE,
) -> list[Named]:
    """Who makes the difference, by public number; up to ``most`` and one more.

    Args:
        moving: only those who change the sum, not what is only to be cleared up.
        after: number and reason of the last one of the page before.
    Raises:
        NotAllowed, NotFound: as :func:`sheets`.
    """
    scope, values = _scope(actor, post=post, country=country)
    values |= {
        "start": on,
        "end": on,
        "arrived_by": on - timedelta(days=living_rules(on).arrival_days),
        "reason": reason if reason in REASONS else "",
        "moving": moving,
        "after": after[0],
        "after_reason": after[1],
        "most": most + 1,
    }
    return [
        Named(*row) for row in _read(_NAMES.format(people=_people(scope), reason=_REASON), values)
    ]


def every_name(
    actor: Actor,
    *,
    on: date,
    post: int | None = None,
    country: str = "",
    reason: str = "",
    moving: bool = False,
    most: int | None = None,
) -> Iterator[Named]:
    """All of them in chunks, for an export; or the first so many."""
    after, left = ("", ""), most
    while True:
        step = _CHUNK if left is None else min(left, _CHUNK)
        page = names(
            actor, on=on, post=post, country=country, reason=reason, moving=moving,
            after=after, most=step,
        )  # fmt: skip
        yield from page[:step]
        left = None if left is None else left - step
        if len(page) <= step or left == 0:
            return
        after = (page[step - 1].number, page[step - 1].reason)


def _uncounted(sheet: Sheet) -> Sheet:
    return Sheet(
        **{
            name: getattr(sheet, name)
            for name in Sheet.__slots__
            if name not in {"counted", "named"}
        },
        counted=None,
        named=0,
    )


def _people(scope: str) -> str:
    return _PEOPLE.format(scope=scope, same=SAME_RETURN_DAYS)


def _scope(
    actor: Actor, *, post: int | None, country: str, gone_since: bool = False
) -> tuple[str, dict[str, Any]]:
    """The condition on people, and its values; ``gone_since``: and who moved on in the period."""
    if not actor.may(Right.BALANCE_READ):
        raise NotAllowed(right=str(Right.BALANCE_READ))
    posts: Sequence[int] = ()
    if actor.kind is Kind.POST:
        if post is not None and post not in actor.posts:
            raise NotFound
        posts = actor.posts
    if post is not None:
        posts = (post,)
    parts = []
    if posts and not gone_since:
        parts.append("and w.post_id = any(%(posts)s)")
    elif posts:
        parts.append(
            "and (w.post_id = any(%(posts)s) or w.id in (select c.worker_id from"
            ' registry_postchange c where c.was = any(%(posts)s) and c."on" >= %(start)s))'
        )
    if country:
        parts.append("and coalesce(nullif(w.country, ''), e.works_in, '') = %(country)s")
    return " ".join(parts), {"posts": list(posts), "country": country}


def _read(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with acting_as(ROBOT), connection.cursor() as cursor:
        # Set for this transaction alone, and set back for what follows in it.
        cursor.execute("select set_config('statement_timeout', %s, true)", [_LONGEST])
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute("reset statement_timeout")
    return rows
