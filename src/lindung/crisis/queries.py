"""Everything asked about events and about who is inside their footprints.

The list is one statement: each span of cells is looked up in the index of (post, cell), so its cost is
that of its answer and not of the register. It is asked under the row policies like everything else: a
post finds its own people, the ministry all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.models import Post
from lindung.access.ready import Given, Question
from lindung.access.roles import ROBOT
from lindung.crisis.lifecycles import AnswerState, EventState
from lindung.crisis.models import CrisisEvent, MusterEntry, MusterRound
from lindung.kernel.places import checked
from lindung.kernel.refusals import NotFound
from lindung.monitoring.lifecycles import LeaveState
from lindung.monitoring.models import Companion, Employment, Leave
from lindung.outreach import safe_contact
from lindung.outreach.models import Channel, SafeContact
from lindung.reference.queries import place_label, region_name
from lindung.registry.models import (
    Condition,
    Fact,
    FactKind,
    FamilyMember,
    Identifier,
    Worker,
    WorkerState,
)

PAGE = 50
MOST_EVENTS = 100
_MOST_GROUPS = 12

# Who is inside: by cell, post by post, the surest and worst spans first. All but the last columns of a
# list come from the index alone (``state_post_placed``). Nobody stands in two spans, since a person has one
# cell. An alias of a merged entry is in nobody's scope. ``offset 0`` keeps the look-ups span by span.
_PLACED = """
    select s.*, span.inside, span.level
    from (
        select lo, hi, level, inside from crisis_footprintspan where event_id = %(event)s
        order by inside desc, level desc nulls last
    ) span
    cross join unnest({posts}) as p(id)
    cross join lateral (
        select {columns} from registry_workerstate s
        where s.post_id = p.id and s.cell between span.lo and span.hi and s.cell is not null
          and s.stage = 'during'
        {without_post}
        offset 0
    ) s
"""
_POSTS = "%(posts)s::smallint[]"
# Of all posts, and of those whom none has, only where anybody is anywhere near.
_POSTS_NEAR = """array(
    select p.id from (select min(lo) as lo, max(hi) as hi from crisis_footprintspan
                       where event_id = %(event)s) whole
    cross join unnest(%(posts)s::smallint[]) as p(id)
    where exists (select from registry_workerstate s
                   where s.post_id = p.id and s.cell between whole.lo and whole.hi
                     and s.cell is not null and s.stage = 'during' offset 0)
    union all
    select null from (select min(lo) as lo, max(hi) as hi from crisis_footprintspan
                       where event_id = %(event)s) whole
    where exists (select from registry_workerstate s
                   where s.post_id is null and s.cell between whole.lo and whole.hi
                     and s.cell is not null and s.stage = 'during' offset 0)
)"""
_WITHOUT_POST = """
        union all
        select {columns} from registry_workerstate s
        join registry_worker w on w.id = s.worker_id and w.merged_into_id is null
        where p.id is null and s.post_id is null and s.cell between span.lo and span.hi
          and s.cell is not null and s.stage = 'during'
"""
# Those whose place is known to a region only.
_REGIONAL = """
    select {columns}, false as inside, null::numeric as level
    from registry_workerstate s
    where s.post_id = any(%(posts)s::smallint[]) and s.dest_region = any(%(regions)s::text[])
      and s.cell is null and s.stage = 'during'
"""
_OF_A_ROW = ("worker_id", "cell", "dest_region", "condition", "last_check_in_at")
_OF_A_COUNT = ("dest_region", "condition", "last_check_in_at")
_NEXT = "last_check_in_at nulls first, worker_id"


@dataclass(frozen=True, slots=True)
class Inside:
    """One person of the list as the index has it."""

    worker_id: UUID
    cell: int | None
    region: str
    condition: str
    last_check_in_at: datetime | None
    inside: bool
    level: Decimal | None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many people the list holds, and which.

    Attributes:
        silent: of them without a word since it happened. unplaced: in the countries concerned with
            no place at all; they are not on the list, and this says so.
    """

    inside: int
    maybe: int
    silent: int
    unplaced: int
    regions: tuple[tuple[str, int], ...] = ()
    conditions: tuple[tuple[str, int], ...] = ()
    employers: tuple[tuple[str, int], ...] = ()

    @property
    def people(self) -> int:
        """All of them."""
        return self.inside + self.maybe


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the list as an officer reads it.

    Attributes:
        place: words; ``place_days`` its age in whole days, ``confidence`` and ``source`` who said so.
        way: the channel that is tried first; ``note`` the person's own rules in short.
        household: family who live there. on_leave: said to be away. silent: no word since.
    """

    worker: Worker
    inside: bool
    level: Decimal | None
    place: str
    place_days: int | None
    confidence: str
    source: str
    condition: str
    last_check_in_at: datetime | None
    silent: bool
    way: str
    may_call: bool
    household: int
    needs: tuple[str, ...]
    on_leave: bool
    employer: str
    entry: MusterEntry | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """How many are in each state, with their households."""

    states: Mapping[str, int] = field(default_factory=dict)
    tasks: int = 0
    held: int = 0
    companions: int = 0

    @property
    def people(self) -> int:
        """All entries."""
        return sum(self.states.values())

    @property
    def silent(self) -> int:
        """Without an answer."""
        return sum(self.states.get(each, 0) for each in SILENT)


SILENT = (AnswerState.LISTED, AnswerState.NO_ANSWER, AnswerState.NOT_REACHED)


def event(event_id: UUID) -> CrisisEvent:
    """One event.

    Raises:
        NotFound: none such.
    """
    found = CrisisEvent.objects.filter(id=event_id).first()
    if found is None:
        raise NotFound
    return found


def events() -> list[CrisisEvent]:
    """Events, the newest first; those under way before those that ended."""
    return list(CrisisEvent.objects.order_by("ended_at", "-happened_at", "-id")[:MOST_EVENTS])


def running() -> Q:
    """Entries of events that have not ended."""
    return ~Q(event__state=EventState.ENDED)


_ASKED = Question(
    lambda: MusterEntry.objects.filter(running(), worker_id=Given("worker")).only("id")[:1]
)


def inside(
    actor: Actor, about: CrisisEvent, *, most: int | None = None, start: int = 0
) -> list[Inside]:
    """Who is inside or maybe inside, the surest and worst first; all of them without ``most``.

    Those with a place come first, and no more of their spans are looked up than the page takes.
    """
    values = values_of(actor, about) | {"most": most, "start": start}
    limit = "limit %(most)s offset %(start)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_placed(actor, _OF_A_ROW)} order by inside desc, level desc nulls last, {_NEXT} {limit}",
            values,
        )
        found = [Inside(*row) for row in cursor.fetchall()]
        if most is not None and len(found) >= most:
            return found
        passed = 0
        if start and not found:
            cursor.execute(
                f"select count(*) from ({_placed(actor, ('worker_id',))}) placed", values
            )
            (passed,) = cursor.fetchone()
        left = None if most is None else most - len(found)
        cursor.execute(
            f"{_regional(_OF_A_ROW)} order by {_NEXT} {limit}",
            values | {"most": left, "start": max(0, start - passed) if not found else 0},
        )
        return found + [Inside(*row) for row in cursor.fetchall()]


def everybody(actor: Actor, about: CrisisEvent) -> list[tuple[UUID, bool, bool]]:
    """Everybody on the list, in no order: the person, whether surely inside, whether heard from since.

    No more than counting them takes: a list may hold a hundred thousand.
    """
    statement = (
        f"{found_for(actor, ('worker_id', 'last_check_in_at'))} select worker_id, inside,"
        " coalesce(last_check_in_at >= %(at)s, false) from found"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values_of(actor, about) | {"at": about.happened_at})
        rows: list[tuple[UUID, bool, bool]] = cursor.fetchall()
        return rows


def counted(actor: Actor, about: CrisisEvent) -> Counted:
    """How many are inside, and of which regions, conditions and employers."""
    # Each asks the index for its few columns: one reading with all of them sums up in twice the time.
    # Whose employer has no number of its own is looked up by person; those are few.
    at_work = ("worker_id", "employer_id")
    statement = f"""{found_for(actor, _OF_A_COUNT)},
        seen as (
            select inside, dest_region, condition,
                   coalesce(last_check_in_at < %(at)s, true) as silent
              from found
        ),
        at_work as not materialized ({_placed(actor, at_work)} union all {_regional(at_work)}),
        numbered as (
            select employer_id, count(*) as n from at_work where employer_id is not null
             group by employer_id order by n desc, employer_id limit {_MOST_GROUPS}
        ),
        named as (
            select e.employer_name, count(*) as n
              from at_work join monitoring_employment e on e.worker_id = at_work.worker_id
             where at_work.employer_id is null and e.ended_on is null
             group by e.employer_name order by n desc, e.employer_name limit {_MOST_GROUPS}
        )
        (select inside, silent, dest_region, condition, count(*), '' from seen
          group by inside, silent, dest_region, condition)
        union all
        (select null, null, '', '', n, coalesce((
                   select e.employer_name from registry_workerstate s
                     join monitoring_employment e on e.worker_id = s.worker_id
                    where s.employer_id = numbered.employer_id and e.ended_on is null limit 1), '')
           from numbered)
        union all
        (select null, null, '', '', n, employer_name from named)"""
    with connection.cursor() as cursor:
        cursor.execute(statement, values_of(actor, about) | {"at": about.happened_at})
        rows = cursor.fetchall()
    sums: Counter[str] = Counter()
    groups: dict[str, Counter[str]] = {"region": Counter(), "condition": Counter()}
    employers: Counter[str] = Counter()
    for within, silent, region, condition, n, employer in rows:
        if within is None:
            if employer:
                employers[employer] += n
            continue
        sums["inside" if within else "maybe"] += n
        sums["silent"] += n if silent else 0
        groups["region"][region] += n
        groups["condition"][condition] += n
    return Counted(
        inside=sums["inside"],
        maybe=sums["maybe"],
        silent=sums["silent"],
        unplaced=_unplaced(actor, about),
        regions=_most(
            groups["region"], lambda code: region_name(code) if code else _("Tidak diketahui")
        ),
        conditions=_most(groups["condition"], lambda code: str(Condition(code).label)),
        employers=_most(employers, str),
    )


def page(
    actor: Actor, about: CrisisEvent, *, start: int = 0, most: int = PAGE, today: date
) -> list[Listed]:
    """Some rows of the list, as an officer reads them."""
    return _told(inside(actor, about, most=most, start=start), about, today=today)


def entries(
    about: CrisisEvent, *, state: str = "", start: int = 0, most: int = PAGE, today: date
) -> list[Listed]:
    """Rows of those who are on the muster, by what is known of them; help first, then the silent."""
    found = MusterEntry.objects.filter(event=about)
    if state:
        found = found.filter(state=state)
    kept = list(found.order_by("-inside", "-level", "id")[start : start + most])
    states = WorkerState.objects.in_bulk([each.worker_id for each in kept])
    rows = [
        Inside(
            each.worker_id,
            states[each.worker_id].cell,
            states[each.worker_id].dest_region,
            states[each.worker_id].condition,
            states[each.worker_id].last_check_in_at,
            each.inside,
            each.level,
        )
        for each in kept
        if each.worker_id in states
    ]
    return _told(rows, about, today=today)


def answers(about: CrisisEvent, *, now: datetime) -> Answers:
    """How many are in each state, of those this actor may see."""
    mine = MusterEntry.objects.filter(event=about)
    states = dict(mine.order_by().values_list("state").annotate(n=Count("id")))
    waiting = mine.filter(state__in=SILENT)
    return Answers(
        states=states,
        tasks=waiting.filter(task_at__isnull=False).count(),
        held=waiting.filter(held_until__gt=now).count(),
        companions=mine.filter(household__gt=0).count(),
    )


def rounds(about: CrisisEvent) -> list[MusterRound]:
    """Receipts of what was asked, the newest first."""
    return list(MusterRound.objects.filter(event=about)[:PAGE])


def entry_of(about: CrisisEvent, worker_id: UUID) -> MusterEntry:
    """One person's entry.

    Raises:
        NotFound: not on the list, or none this actor may see.
    """
    found = MusterEntry.objects.filter(event=about, worker_id=worker_id).select_related("worker")
    if (one := found.first()) is None:
        raise NotFound
    return one


def is_asked(worker_id: UUID) -> bool:
    """Whether a person is on the list of an event that has not ended, as our robot."""
    return _ASKED.first(worker=worker_id) is not None


def open_for(worker_id: UUID) -> list[MusterEntry]:
    """The entries of a person in events that have not ended, as our robot."""
    found = MusterEntry.objects.filter(running(), worker_id=worker_id)
    return list(found.select_related("event", "worker").order_by("-listed_at"))


def reachable(people: Sequence[UUID]) -> tuple[dict[UUID, SafeContact], dict[str, set[UUID]]]:
    """The rules of many people, and who has an address of each kind."""
    kinds: dict[str, set[UUID]] = {}
    known = Identifier.objects.filter(worker_id__in=people, kind__in=("phone", "email"))
    for worker_id, kind in known.values_list("worker_id", "kind"):
        kinds.setdefault(kind, set()).add(worker_id)
    return SafeContact.objects.in_bulk(people), kinds


def first_way(
    rules: SafeContact | None, *, phone: bool, email: bool, but: Iterable[str] = ()
) -> str:
    """The channel that would carry a question now; empty where none is left but the own page.

    Args:
        but: channels over which the person was asked already.
    """
    tried = set(but)
    for channel in safe_contact.channels_for(rules):
        if channel in tried or channel == Channel.WEB:
            continue
        if email if channel == Channel.EMAIL else phone:
            return channel
    return ""


def found_for(actor: Actor, columns: Sequence[str]) -> str:
    """The statement's beginning: whom this actor finds inside, as ``found``.

    Args:
        columns: of the state; ``inside`` and ``level`` come after them.
    """
    return f"with found as ({_placed(actor, columns)} union all {_regional(columns)})"


def _placed(actor: Actor, columns: Sequence[str]) -> str:
    named = ", ".join(f"s.{each}" for each in columns)
    if actor.kind is Kind.POST:
        return _PLACED.format(columns=named, posts=_POSTS, without_post="")
    without = _WITHOUT_POST.format(columns=named)
    return _PLACED.format(columns=named, posts=_POSTS_NEAR, without_post=without)


def _regional(columns: Sequence[str]) -> str:
    return _REGIONAL.format(columns=", ".join(f"s.{each}" for each in columns))


def _posts(actor: Actor) -> list[int]:
    if actor.kind is Kind.POST:
        return list(actor.posts)
    return list(Post.objects.values_list("id", flat=True))


def values_of(actor: Actor, about: CrisisEvent) -> dict[str, Any]:
    """What :func:`found_for` needs."""
    return {"event": about.id, "posts": _posts(actor), "regions": list(about.regions)}


def _unplaced(actor: Actor, about: CrisisEvent) -> int:
    """People of the posts that serve the countries concerned, without any place."""
    countries = {code[:2] for code in about.regions}
    posts = set(_posts(actor)) & set(
        Post.objects.filter(country__in=countries).values_list("id", flat=True)
    )
    return WorkerState.objects.filter(
        post_id__in=posts, dest_region="", cell__isnull=True, stage="during"
    ).count()


def _most(counts: Counter[str], named: Any) -> tuple[tuple[str, int], ...]:
    return tuple((named(key), n) for key, n in counts.most_common(_MOST_GROUPS))


def _told(rows: list[Inside], about: CrisisEvent, *, today: date) -> list[Listed]:
    ids = [each.worker_id for each in rows]
    people = Worker.objects.in_bulk(ids)
    places = _places(ids)
    rules, kinds = reachable(ids)
    phones, emails = kinds.get("phone", set()), kinds.get("email", set())
    companions: dict[UUID, list[Companion]] = {}
    for each in Companion.objects.filter(worker_id__in=ids, left_on__isnull=True):
        companions.setdefault(each.worker_id, []).append(each)
    away = set(
        Leave.objects.filter(worker_id__in=ids, state=LeaveState.AWAY).values_list(
            "worker_id", flat=True
        )
    )
    works = {
        each.worker_id: each
        for each in Employment.objects.filter(worker_id__in=ids, ended_on__isnull=True).order_by(
            "began_on"
        )
    }
    mine = {
        each.worker_id: each for each in MusterEntry.objects.filter(event=about, worker_id__in=ids)
    }
    needs = dict(Companion.NEEDS)
    found = []
    for row in rows:
        if (person := people.get(row.worker_id)) is None:
            continue
        fact, own = places.get(row.worker_id), rules.get(row.worker_id)
        with_them = companions.get(row.worker_id, [])
        way = first_way(own, phone=row.worker_id in phones, email=row.worker_id in emails)
        work = works.get(row.worker_id)
        # Without a fact of its own a place is that of the work; what else was confirmed since does
        # not make it any younger.
        known = fact or work
        confirmed = known.confirmed_on if known else None
        found.append(
            Listed(
                worker=person,
                inside=row.inside,
                level=row.level,
                place=_place(row),
                place_days=(today - confirmed).days if confirmed else None,
                confidence=str(fact.get_confidence_display()) if fact else "",
                source=str(known.get_source_display()) if known else "",
                condition=row.condition,
                last_check_in_at=row.last_check_in_at,
                silent=row.last_check_in_at is None or row.last_check_in_at < about.happened_at,
                way=str(Channel(way).label) if way else str(Channel.WEB.label),
                may_call=row.worker_id in phones and not (own is not None and own.do_not_call),
                household=len(with_them),
                needs=tuple(
                    str(needs[code])
                    for code in dict.fromkeys(code for each in with_them for code in each.needs)
                    if code in needs
                ),
                on_leave=row.worker_id in away,
                employer=work.employer_name if work else "",
                entry=mine.get(row.worker_id),
            )
        )
    return found


def _places(ids: list[UUID]) -> dict[UUID, Fact]:
    """The place of each as last confirmed: what was said of it, by whom, and how sure."""
    facts = Fact.objects.filter(worker_id__in=ids, kind=FactKind.WHEREABOUTS, current=True)
    return {each.worker_id: each for each in facts.order_by("confirmed_on", "recorded_at")}


def _place(row: Inside) -> str:
    if row.cell is not None:
        return place_label(checked(row.cell))
    return _("suatu tempat di %(region)s") % {"region": region_name(row.region)}


@dataclass(frozen=True, slots=True)
class FamilyAsked:
    """What a relative is asked: the event's title, and whether an answer stands."""

    title: str
    answered: bool


def for_family(actor: Actor) -> FamilyAsked | None:
    """What a relative may answer for the person they act for.

    Only whom the person lets know how they are, or named for an emergency: that we ask tells roughly
    where somebody is.
    """
    if actor.kind is not Kind.FAMILY or actor.worker is None:
        return None
    with acting_as(ROBOT):
        member = FamilyMember.objects.filter(id=actor.id, worker_id=actor.worker).first()
        if member is None or not (member.may_see_condition or member.is_emergency_contact):
            return None
        asked = [each for each in open_for(actor.worker) if each.asked_at is not None]
        if not asked:
            return None
        return FamilyAsked(asked[0].event.title, asked[0].state not in SILENT)
