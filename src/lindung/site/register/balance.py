"""The register's balance: do the movements we were told add up to the people we count abroad?

Two books are laid beside each other. *The movements*: departures over the border (or as recorded,
where the border told none), self-enrolments from abroad, returns, deaths, moves between posts.
*The count*: everybody whom the register holds to be abroad. Per person the first gives how often
they are abroad by the book, the second whether they are: wherever these differ, the person is
named with the reason and what to do. So the difference of the sums is always the list's sum.

Added up from tallies kept with the changes (``book.py``), under the actor's own row policies; the
names come from the lines of the book, as our robot, for the posts that the actor may read. People
belong to the post in charge of them today. What was told within the last minute may not be in
it yet; ``Balance.book`` says until when it is whole.

    stock at start + departures + self-enrolments + moved in - moved out - returns - deaths
      = stock at end by the book;  counted - that = difference, by name
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from lindung.access.acting import acting_within
from lindung.access.actors import Actor, Kind
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.registry.living import living_rules
from lindung.site.register import book

PAGE = 100
_CHUNK = 50_000

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

# Rows of tallies, each with its sign; the movements of one day are one row of each kind.
_SUMS = """
select post_id, country,
       coalesce(sum(case what when 'd' then n when 's' then n when 'r' then -n when 'x' then -n end)
           filter (where day < %(start)s), 0)::int as opening,
       coalesce(sum(n) filter (where what = 'd' and day >= %(start)s), 0)::int as departures,
       coalesce(sum(n) filter (where what = 's' and day >= %(start)s), 0)::int as enrolled,
       0 as moved_in, 0 as moved_out,
       coalesce(sum(n) filter (where what = 'r' and day >= %(start)s), 0)::int as returns,
       coalesce(sum(n) filter (where what = 'x' and day >= %(start)s), 0)::int as deaths,
       coalesce(sum(n) filter (where what = 'c'), 0)::int as counted,
       coalesce(sum(n) filter (where what = 'n'), 0)::int as named
  from monitoring_tally
 where what <> 'k' and (day is null or day <= %(end)s) {scope}
 group by 1, 2
"""

# Whom another post has now than when the period began, and who was abroad then: a few.
_MOVED = """
with moved as (
    select distinct on (c.worker_id) c.worker_id, c.was
      from registry_postchange c where c."on" between %(start)s and %(end)s
     order by c.worker_id, c."on", c.id
),
carried as (
    select m.was, b.post_id, b.country, o.opening
      from moved m join monitoring_bookline b on b.worker_id = m.worker_id
     cross join lateral (
           select sum(case when kind in ('d', 's') then 1 else -1 end) as opening
             from unnest(b.days, string_to_array(b.kinds, null)) as each(day, kind)
            where day < %(start)s) o
     where m.was is distinct from b.post_id and o.opening > 0 {scope}
)
select post_id, country, -sum(opening)::int, sum(opening)::int, 0 from carried group by 1, 2
union all
select was, country, sum(opening)::int, 0, sum(opening)::int from carried
 where was is not null group by 1, 2
"""

_REASON = """case
    when now > 1 then 'counted_twice'
    when now < 0 then 'returned_twice'
    when counted = 1 and now = 0 and last = 'death' then 'died_still_during'
    when counted = 1 and now = 0 and last = 'return' then 'returned_still_during'
    when counted = 1 and now = 0 then 'left_without_crossing'
    when counted = 0 and now = 1 and stage = 'before' then 'never_left'
    when counted = 0 and now = 1 then 'home_without_return' end"""

# Each reason reads the few lines that it concerns, from an index of its own.
_NAMES = """
with named as (
    (select b.worker_id, b.number, b.post_id, b.country, {reason} as reason,
            b.counted - b.now as weight
       from monitoring_bookline b
      where b.counted <> b.now and b.number >= %(after)s {scope}
        and (%(reason)s = '' or %(reason)s = {reason})
      order by b.number limit %(most)s)
    union all
    select b.worker_id, b.number, b.post_id, b.country, 'never_arrived', 0
      from monitoring_bookline b
     where b.counted = 1 and b.now = 1 and b.not_arrived_since < %(arrived_by)s
       and not %(moving)s {scope}
    union all
    select b.worker_id, b.number, b.post_id, b.country, 'no_crossing', 0
      from monitoring_bookline b
     where b.counted = 1 and b.now = 1 and b.not_crossed_on >= %(border_since)s
       and not %(moving)s {scope}
    union all
    select b.worker_id, b.number, b.post_id, b.country, 'maybe_double', 0
      from (select distinct t.worker_id from registry_task t
             where t.kind = 'duplicate:possible' and t.state = 'open') t
      join monitoring_bookline b on b.worker_id = t.worker_id
     where b.counted = 1 and not %(moving)s {scope}
)
select n.worker_id, n.number, w.full_name, n.post_id, n.country, n.reason, n.weight
  from named n join registry_worker w on w.id = n.worker_id
 where (%(reason)s = '' or n.reason = %(reason)s)
   and (n.number, n.reason) > (%(after)s, %(after_reason)s)
 order by n.number, n.reason limit %(most)s
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
    def says_something(self) -> bool:
        """Whether there is anything but zeros."""
        return any(
            getattr(self, name)
            for name in self.__slots__
            if name not in {"post_id", "country", "named"}
        )

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


@dataclass(frozen=True, slots=True)
class Balance:
    """The sheets, by post and country, and the book that they are from."""

    sheets: list[Sheet]
    book: book.Standing


def balance(
    actor: Actor,
    *,
    start: date,
    end: date,
    today: date,
    post: int | None = None,
    country: str = "",
) -> Balance:
    """The balance per post and country, first and last day of the period included.

    Raises:
        NotAllowed: not among this actor's work.
        NotFound: another post than the actor's.
        NotCountedYet: before the first count.
    """
    scope, values = _scope(actor, post=post, country=country)
    values |= {"start": start, "end": end}
    with acting_within(actor):
        summed = _read(_SUMS.format(scope=scope), values)
    found = {(row[0], row[1]): Sheet(*row) for row in summed}
    with acting_within(ROBOT):
        standing = book.standing()
        moved = _read(_MOVED.format(scope=_either(scope)), values)
    for of, where, opening, moved_in, moved_out in moved:
        before = found.get((of, where)) or Sheet(of, where, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        found[of, where] = replace(
            before,
            opening=before.opening + opening,
            moved_in=before.moved_in + moved_in,
            moved_out=before.moved_out + moved_out,
        )
    listed = [
        each
        for each in found.values()
        # Whom another post has now is that post's; here only that they left is told.
        if (not values["posts"] or each.post_id in values["posts"]) and each.says_something
    ]
    listed.sort(key=lambda each: (each.post_id is None, each.post_id or 0, each.country))
    if end < today:
        listed = [replace(each, counted=None, named=0) for each in listed]
    return Balance(listed, standing)


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
        NotAllowed, NotFound, NotCountedYet: as :func:`balance`.
    """
    scope, values = _scope(actor, post=post, country=country)
    values |= {
        "arrived_by": on - timedelta(days=living_rules(on).arrival_days),
        "reason": reason if reason in REASONS else "",
        "moving": moving,
        "after": after[0],
        "after_reason": after[1],
        "most": most + 1,
    }
    with acting_within(ROBOT):
        values["border_since"] = book.standing().border_since
        return [Named(*row) for row in _read(_NAMES.format(scope=scope, reason=_REASON), values)]


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


def _scope(actor: Actor, *, post: int | None, country: str) -> tuple[str, dict[str, Any]]:
    """The condition on tallies and lines, and its values."""
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
    if posts or actor.kind is Kind.POST:
        parts.append("and post_id = any(%(posts)s)")
    if country:
        parts.append("and country = %(country)s")
    return " ".join(parts), {"posts": list(posts), "country": country}


def _either(scope: str) -> str:
    """Of the people who moved: those whom one of the posts has, or had."""
    return scope.replace(
        "post_id = any(%(posts)s)", "(b.post_id = any(%(posts)s) or m.was = any(%(posts)s))"
    )


def _read(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
