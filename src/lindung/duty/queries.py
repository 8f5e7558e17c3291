"""Everything asked about who is on duty, and about calls for help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.models import Account, Duty, Post
from lindung.access.roles import ROBOT, roles
from lindung.duty.chain import ROSTERED, Who, rules
from lindung.duty.models import Call, ChainStep, Handover, Ring, SharedPlace, Shift
from lindung.kernel.refusals import NotFound

DAY = timedelta(days=1)
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who answers now.

    Attributes:
        who: the place in the chain.
        name: of the officer, the role or the desk; empty where only the place is known.
        phone: to call; empty where none was written down.
        minutes: how long to wait before the next is called too.
        account_id: whose account, where it is one person's.
        until: when the shift ends; None for a place that has no shifts.
    """

    who: Who
    name: str
    phone: str
    minutes: int
    account_id: UUID | None = None
    until: datetime | None = None

    @property
    def label(self) -> str:
        """The place in the chain, in the active language."""
        return str(self.who.label)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a roster in the desk's own zone: shifts that begin or run on it, and its holes."""

    on: date
    shifts: tuple[Shift, ...]
    holes: tuple[tuple[datetime, datetime], ...]


def on_duty(post_id: int | None, *, at: datetime) -> list[Officer]:
    """Who answers for a post at an instant: who is on duty first, then the chain. Never empty.

    A shift of somebody who left, or whose account was closed, counts as a hole. The last is
    always the ministry's permanent desk.

    Args:
        post_id: of the post; None for the ministry's desk itself.
    """
    with acting_as(ROBOT):
        shifts = _welcome(_running(post_id, at), post_id, on=at.date())
        desk = _welcome(_running(None, at), None, on=at.date())
        own = _steps(post_id)
        fallback = _steps(None).get(Who.MINISTRY)
    found = []
    for wait in rules().steps:
        step = own.get(wait.who)
        minutes = step.minutes if step else wait.minutes
        if wait.who in ROSTERED:
            found += [_on_shift(each, minutes) for each in shifts if each.who == wait.who]
        elif wait.who is Who.HEAD:
            if step is not None and step.phone:
                found.append(Officer(Who.HEAD, step.name, step.phone, minutes))
        else:
            found.append(_desk(fallback, desk, fallback.minutes if fallback else minutes))
    return found


def _desk(step: ChainStep | None, shifts: Sequence[Shift], minutes: int) -> Officer:
    """The ministry's desk: whoever sits there now, else the desk's own number."""
    if shifts:
        first = shifts[0]
        return Officer(
            Who.MINISTRY, first.name, first.phone, minutes, first.account_id, first.ends_at
        )
    if step is None:
        return Officer(Who.MINISTRY, "", "", minutes)
    return Officer(Who.MINISTRY, step.name, step.phone, minutes)


def _on_shift(shift: Shift, minutes: int) -> Officer:
    return Officer(
        Who(shift.who), shift.name, shift.phone, minutes, shift.account_id, shift.ends_at
    )


def at_desk(post_id: int | None) -> Q:
    """Rows of a post, or of the ministry's desk, which has none."""
    return Q(post__isnull=True) if post_id is None else Q(post_id=post_id)


def _running(post_id: int | None, at: datetime) -> list[Shift]:
    return list(
        Shift.objects.filter(
            at_desk(post_id), starts_at__lte=at, ends_at__gt=at, withdrawn_at__isnull=True
        ).order_by("who", "starts_at", "id")
    )


def _welcome(shifts: list[Shift], post_id: int | None, *, on: date) -> list[Shift]:
    """Without those whose officer may act there no more."""
    named = {each.account_id for each in shifts if each.account_id}
    if not named:
        return shifts
    may = set(staff(post_id, on=on).filter(id__in=named).values_list("id", flat=True))
    return [each for each in shifts if each.account_id is None or each.account_id in may]


def staff(post_id: int | None, *, on: date) -> QuerySet[Account]:
    """Accounts that may be put on duty at a post, or at the ministry's desk."""
    held = Duty.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)
    if post_id is None:
        ours = [each.name for each in roles().values() if each.kind is Kind.MINISTRY]
        held = held.filter(role__in=ours)
    else:
        held = held.filter(post_id=post_id)
    return Account.objects.filter(is_active=True, id__in=held.values("account_id")).order_by(
        "display_name"
    )


def _steps(post_id: int | None) -> dict[Who, ChainStep]:
    return {Who(each.who): each for each in ChainStep.objects.filter(at_desk(post_id))}


def chain_of(post_id: int | None) -> list[tuple[Who, str, str, int]]:
    """The chain of a desk as it stands: place, name, telephone, minutes."""
    with acting_as(ROBOT):
        own, ministry = _steps(post_id), _steps(None).get(Who.MINISTRY)
    lines = []
    for wait in rules().steps:
        step = own.get(wait.who) or (ministry if wait.who is Who.MINISTRY else None)
        lines.append(
            (
                wait.who,
                step.name if step else "",
                step.phone if step else "",
                step.minutes if step else wait.minutes,
            )
        )
    return lines


def desks_of(actor: Actor) -> list[Post | None]:
    """Desks whose roster an actor sees: their posts; for the ministry its own desk and all posts."""
    if actor.kind is Kind.MINISTRY:
        return [None, *Post.objects.all()]
    return list(Post.objects.filter(id__in=actor.posts))


def zone_of(post: Post | None) -> ZoneInfo:
    """The time zone a roster is written in."""
    return ZoneInfo(post.timezone if post else settings.TIME_ZONE)


def week_of(post: Post | None, *, monday: date) -> list[Day]:
    """Seven days of a roster from a Monday, with what nobody covers as first on duty."""
    zone = zone_of(post)
    start = datetime.combine(monday, time(), zone)
    end = datetime.combine(monday + DAY * WEEK_DAYS, time(), zone)
    shifts = list(
        Shift.objects.filter(
            post=post, starts_at__lt=end, ends_at__gt=start, withdrawn_at__isnull=True
        ).select_related("account")
    )
    days = []
    for number in range(WEEK_DAYS):
        day = monday + DAY * number
        first = datetime.combine(day, time(), zone)
        last = datetime.combine(day + DAY, time(), zone)
        on_it = tuple(each for each in shifts if each.starts_at < last and each.ends_at > first)
        covered = [(each.starts_at, each.ends_at) for each in on_it if each.who == Who.FIRST.value]
        days.append(Day(day, on_it, tuple(holes(covered, first, last))))
    return days


def holes(
    covered: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """The spans between ``start`` and ``end`` that nothing covers, in order."""
    found, at = [], start
    for begins, ends in sorted(covered):
        if begins > at:
            found.append((at, min(begins, end)))
        at = max(at, ends)
        if at >= end:
            return found
    found.append((at, end))
    return found


def handovers(post: Post | None) -> list[Handover]:
    """The last words one shift left to the next."""
    return list(Handover.objects.filter(post=post)[:5])


def shift(shift_id: UUID) -> Shift:
    """One shift.

    Raises:
        NotFound: no such shift, or none this actor may see.
    """
    found = Shift.objects.filter(id=shift_id).select_related("post").first()
    if found is None:
        raise NotFound
    return found


def open_calls(actor: Actor) -> list[Call]:
    """Calls for help in scope that are not over, the longest ringing first."""
    query = Call.objects.filter(stood_down_at__isnull=True)
    if actor.kind is Kind.POST:
        query = query.filter(post_id__in=actor.posts)
    return list(query.order_by("began_at")[:50])


def call_about(subject: UUID) -> Call | None:
    """The call about a thing, if there was one."""
    return Call.objects.filter(subject=subject).first()


def is_dark(worker_id: UUID) -> bool:
    """Whether the person calls for help in silence, so that their telephone must not light up."""
    return Call.objects.filter(
        worker_id=worker_id, silent=True, stood_down_at__isnull=True
    ).exists()


def rings_of(call: Call) -> list[Ring]:
    """Everyone who was called, in order."""
    return list(Ring.objects.filter(call=call))


def places_of(call: Call) -> list[SharedPlace]:
    """Where the person said they are, the newest first; empty once the call is over."""
    return list(SharedPlace.objects.filter(call=call)[:20])
