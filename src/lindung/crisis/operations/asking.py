"""Everybody on the list is asked whether they are safe: preview, act with a receipt, next round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F, Max, Q
from django.utils.translation import gettext_noop

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.jobs import enqueue
from lindung.access.journal import record
from lindung.access.models import Post
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.crisis import queries
from lindung.crisis.events import MusterAsked
from lindung.crisis.lifecycles import CRISIS_EVENT, MUSTER_ANSWER, AnswerState, EventState
from lindung.crisis.models import CrisisEvent, MusterEntry, MusterRound
from lindung.crisis.practice import practice
from lindung.kernel.refusals import NotFound, Refusal
from lindung.outreach import safe_contact
from lindung.outreach.models import Channel
from lindung.outreach.operations import send_many
from lindung.registry.models import Worker
from lindung.registry.operations import open_task

TASK = "muster:silent"
TASK_TITLE = gettext_noop(
    "Belum ada kabar sejak kejadian: telepon, lalu cari lewat majikan dan keluarga"
)
FIRST, AGAIN = "muster_ask", "muster_again"
ASKED_BY = (FIRST, AGAIN)
CHUNK = 500
# Tasks made in one go of the clock; the rest follow with the next.
_TASKS = 1_000
_LOOK = 5_000

# Ids as elsewhere (UUIDv7), made where the rows are.
_LIST = """
insert into crisis_musterentry (id, event_id, worker_id, inside, level, listed_at, household,
    post_id, agency_id, region, country)
select (left(h.t, 8) || '-' || substr(h.t, 9, 4) || '-7' || substr(gen_random_uuid()::text, 16))::uuid,
    %(event)s, f.worker_id, f.inside, f.level, %(at)s,
    (select count(*) from monitoring_companion c
     where c.worker_id = f.worker_id and c.left_on is null),
    f.post_id, f.agency_id, f.region, f.country
from found f,
    (select lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') as t) h
where f.inside or %(maybe)s
on conflict (worker_id, event_id) do nothing
"""
# Who has told how they are since it happened needs no question.
_ANSWERED = """
update crisis_musterentry e
set state = case when s.condition = 'good' then 'safe' else 'needs_help' end,
    answered_at = s.last_check_in_at, answered_by = 'worker'
from registry_workerstate s
where e.event_id = %(event)s and e.state = 'listed' and s.worker_id = e.worker_id
  and s.last_check_in_at >= %(since)s and s.condition in ('good', 'fair', 'needs_help')
"""


class NobodyToAsk(Refusal):
    """Everybody in reach has answered, or nobody is inside."""

    status = 409
    slug = "nobody-to-ask"
    title = "Tidak ada yang perlu ditanya sekarang."
    advice = "Semua sudah menjawab atau tidak ada orang di wilayah itu. Lihat daftarnya."


@dataclass(slots=True)
class Preview:
    """What asking would do now.

    Attributes:
        channels: people by the channel that carries the question; ``web`` is the own page alone,
            which lights up nothing. held: whose safe hours come later. harmless: who get neutral
            words. answered: told how they are since it happened, so not asked. left: silent, asked
            over every channel they have.
    """

    number: int
    people: int = 0
    channels: Counter[str] = field(default_factory=Counter)
    held: int = 0
    harmless: int = 0
    answered: int = 0
    left: int = 0
    inside: int = 0


@operation(Right.MUSTER_ASK)
def preview(actor: Actor, event_id: UUID, *, with_maybe: bool, now: datetime) -> Preview:
    """Whom asking would reach, and over what; nothing changes.

    Raises:
        NotFound: no such event.
    """
    about = queries.event(event_id)
    told = Preview(_next_number(actor, about))
    known = {
        each.worker_id: each
        for each in MusterEntry.objects.filter(event=about).only(
            "worker_id", "state", "channels", "inside"
        )
    }
    asked: dict[UUID, Sequence[str]] = {
        key: each.channels
        for key, each in known.items()
        if each.state in queries.SILENT and (each.inside or with_maybe)
    }
    certain = {key for key in asked if known[key].inside}
    told.answered = len(known) - len([k for k, e in known.items() if e.state in queries.SILENT])
    for worker_id, inside, heard in queries.everybody(actor, about):
        if worker_id in known or not (inside or with_maybe):
            continue
        if heard:
            told.answered += 1
            continue
        asked[worker_id] = ()
        if inside:
            certain.add(worker_id)
    people = list(asked)
    zones = dict(Post.objects.values_list("id", "timezone"))
    for start in range(0, len(people), _LOOK):
        some = people[start : start + _LOOK]
        rules, kinds = queries.reachable(some)
        posts = dict(Worker.objects.filter(id__in=some).values_list("id", "post_id"))
        for key in some:
            own = rules.get(key)
            way = queries.first_way(
                own,
                phone=key in kinds.get("phone", ()),
                email=key in kinds.get("email", ()),
                but=asked[key],
            )
            if not way and Channel.WEB in asked[key]:
                told.left += 1
                continue
            told.channels[way or Channel.WEB] += 1
            told.inside += key in certain
            if way:
                told.harmless += own is not None and own.harmless
                zone = zones.get(posts.get(key) or 0, settings.TIME_ZONE)
                told.held += safe_contact.earliest(own, now=now, timezone=zone) > now
    told.people = sum(told.channels.values())
    return told


@operation(Right.MUSTER_ASK)
def ask(actor: Actor, event_id: UUID, *, with_maybe: bool, at: datetime) -> MusterRound:
    """Ask everybody on the list who is silent, each by their own safe way.

    Those on the list are written down first, so that nobody falls off it by moving. Whoever was asked
    before is asked by their next channel. The words leave as jobs of this transaction; the round is
    the receipt.

    Args:
        with_maybe: also those whose place may be inside.
    Raises:
        NotFound: no such event. StepClosed: it ended. NobodyToAsk: nobody is silent.
    """
    event = CrisisEvent.objects.filter(id=event_id).first()
    if event is None:
        raise NotFound
    told = preview(actor, event_id, with_maybe=with_maybe, now=at)
    with acting_as(ROBOT):
        # Another post's event is asked about as well; its row is that post's to write.
        locked = CrisisEvent.objects.select_for_update().get(id=event_id)
        locked.state = CRISIS_EVENT.take("ask", EventState(locked.state))
        locked.save(update_fields=["state"])
    _list(actor, event, with_maybe=with_maybe, at=at)
    waiting = MusterEntry.objects.filter(event=event, state__in=queries.SILENT)
    if not with_maybe:
        waiting = waiting.filter(inside=True)
    people = list(
        waiting.order_by("-inside", F("level").desc(nulls_last=True), "id").values_list(
            "worker_id", flat=True
        )
    )
    if not people or not told.people:
        raise NobodyToAsk
    made = MusterRound.objects.create(
        event=event,
        number=told.number,
        at=at,
        actor_id=actor.id,
        actor_name=actor.name,
        people=told.people,
        channels=dict(told.channels),
        skipped={
            name: n
            for name, n in (
                ("answered", told.answered), ("left", told.left), ("held", told.held)
            )
            if n
        },
        with_maybe=with_maybe,
        post_id=actor.posts[0] if actor.kind is Kind.POST else None,
    )  # fmt: skip
    for start in range(0, len(people), CHUNK):
        chunk = [str(each) for each in people[start : start + CHUNK]]
        enqueue("crisis.ask_some", round_id=str(made.id), worker_ids=chunk)
    record(
        MusterAsked(event=event.id, title=event.title, number=made.number, people=made.people),
        actor=actor,
        about=made,
    )
    return made


@operation(Right.MUSTER_ASK)
def ask_some(actor: Actor, round_id: UUID, worker_ids: Sequence[UUID], *, now: datetime) -> int:
    """Put in the words for some people of a round; run twice, nobody is asked twice.

    Returns:
        how many were asked.
    """
    made = MusterRound.objects.select_related("event").filter(id=round_id).first()
    if made is None or made.event.state == EventState.ENDED:
        return 0
    waiting = list(
        MusterEntry.objects.select_for_update(of=("self",))
        .select_related("worker")
        .filter(event=made.event, worker_id__in=worker_ids, state__in=queries.SILENT)
        .exclude(round_id=round_id)
        .order_by("-inside", "-level", "id")
    )
    first = [each for each in waiting if not each.channels]
    again = [each for each in waiting if each.channels]
    asked = 0
    for template, some in ((FIRST, first), (AGAIN, again)):
        if not some:
            continue
        sent = send_many(
            actor,
            [each.worker for each in some],
            template,
            now=now,
            but={each.worker_id: each.channels for each in some},
            what=made.event.title,
        )
        by_person = {each.worker_id: each for each in sent}
        asked += len(sent)
        for each in some:
            each.round_id = round_id
            message = by_person.get(each.worker_id)
            if message is not None:
                _asked(each, message.channel, now=now)
                later = message.not_before_at
                each.held_until = later if later is not None and later > now else None
    MusterEntry.objects.bulk_update(
        waiting, ["round_id", "state", "asked_at", "channels", "held_until"], batch_size=CHUNK
    )
    return asked


@operation(Right.MUSTER_ASK)
def chase(actor: Actor, *, now: datetime) -> int:
    """Make a task of everybody who is silent for too long, the surest first.

    Returns:
        how many became tasks.
    """
    hours = practice().task_hours
    late = Q()
    for certain, key in ((True, "inside"), (False, "maybe")):
        late |= Q(
            inside=certain,
            state=AnswerState.NO_ANSWER,
            asked_at__lte=now - timedelta(hours=hours[key]),
        )
    late |= Q(
        state=AnswerState.NOT_REACHED, asked_at__lte=now - timedelta(hours=hours["not_reached"])
    )
    found = (
        MusterEntry.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(queries.running(), late, task_at__isnull=True)
        .exclude(held_until__gt=now)
        .order_by("-inside", F("level").desc(nulls_last=True), "asked_at", "id")
    )
    made = 0
    for each in found[:_TASKS]:
        open_task(
            actor,
            about=each,
            kind=TASK,
            title=TASK_TITLE,
            due_at=now + timedelta(hours=practice().task_due_hours),
            owner="post" if each.post_id is not None else "ministry",
            subject=each.event_id,
        )
        each.task_at = now
        each.save(update_fields=["task_at"])
        made += 1
    return made


def _asked(entry: MusterEntry, channel: str, *, now: datetime) -> None:
    step = "miss" if channel == Channel.WEB else "ask"
    entry.state = MUSTER_ANSWER.take(step, AnswerState(entry.state))
    entry.asked_at = now
    entry.channels = [*entry.channels, channel]


def _list(actor: Actor, event: CrisisEvent, *, with_maybe: bool, at: datetime) -> None:
    values = queries.values_of(actor, event) | {
        "at": at,
        "maybe": with_maybe,
        "since": event.happened_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(queries.found_for(actor, ("worker_id", *Worker.SCOPE)) + _LIST, values)
        cursor.execute(_ANSWERED, values)


def _next_number(actor: Actor, about: CrisisEvent) -> int:
    """Rounds are counted for each desk: one post's second is no other's."""
    mine = MusterRound.objects.filter(event=about)
    mine = (
        mine.filter(post_id__in=actor.posts)
        if actor.kind is Kind.POST
        else mine.filter(post_id=None)
    )
    return (mine.aggregate(last=Max("number"))["last"] or 0) + 1
