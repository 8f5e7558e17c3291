"""How the line to each partner stands: up or down, since when, how fast, what waits.

Figures only, taken as our robot: they say nothing of persons, and are the same for everyone who
may see the page. The public ones leave out what few messages would give away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.db import connection
from django.db.models import Min, Q

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.adapters import by_hand
from lindung.exchange.lifecycles import IncomingState, OutgoingState
from lindung.exchange.models import Incoming, Outgoing, Partner

FEW = 5  # fewer deliveries than this in a span tell of single people: no time is published
FRESH = 30
DAY, MONTH = timedelta(hours=24), timedelta(days=30)
_SPEED = """
select count(*), percentile_cont(0.5) within group (order by stored_at - written_at),
       max(stored_at - written_at)
from exchange_outgoing
where partner_id = %s and sequence is not null and written_at >= %s and stored_at is not null
"""


@dataclass(frozen=True, slots=True)
class Speed:
    """How long deliveries took in a span, from writing to the partner's technical receipt."""

    count: int
    median: timedelta | None
    slowest: timedelta | None


@dataclass(frozen=True, slots=True)
class Link:
    """The line to one partner.

    Attributes:
        state: ``up``, ``shaky`` (the last try failed), ``down`` (given up until a try is
            answered, or until a person has looked), ``unknown`` (never reached yet) or ``hand`` (people copy).
        since: since when it is up, or not.
        heard_at: last answer of the partner's node, or message from it.
        tried_at: when the next try is, while it is down.
        queue: our messages not known to be stored; oldest_queued_at: the oldest of them.
        unanswered: of ours, stored and without business receipt; oldest_unanswered_at: the oldest.
        undecided: of theirs, not decided by us yet.
    """

    partner: Partner
    state: str
    since: datetime | None
    heard_at: datetime | None
    tried_at: datetime | None
    queue: int
    oldest_queued_at: datetime | None
    unanswered: int
    oldest_unanswered_at: datetime | None
    undecided: int
    day: Speed
    month: Speed


def link_of(partner: Partner, *, now: datetime) -> Link:
    """How the line to a partner stands."""
    with acting_as(ROBOT):
        ours = Outgoing.objects.filter(partner=partner, sequence__isnull=False)
        queued = ours.filter(state=OutgoingState.WAITING)
        unanswered = ours.filter(state=OutgoingState.STORED)
        came = (
            Incoming.objects.filter(partner=partner)
            .order_by("-came_at")
            .values_list("came_at", flat=True)
            .first()
        )
        undecided = Incoming.objects.filter(
            Q(state=IncomingState.MATCHING)
            | Q(state=IncomingState.WAITING)
            | Q(state=IncomingState.ERROR),
            partner=partner,
        ).count()
        heard = [at for at in (partner.last_ok_at, came) if at is not None]
        return Link(
            partner=partner,
            state=_state(partner),
            since=partner.link_since,
            heard_at=max(heard) if heard else None,
            tried_at=partner.open_until,
            queue=queued.count(),
            oldest_queued_at=queued.aggregate(at=Min("written_at"))["at"],
            unanswered=unanswered.count(),
            oldest_unanswered_at=unanswered.aggregate(at=Min("written_at"))["at"],
            undecided=undecided,
            day=_speed(partner, now - DAY),
            month=_speed(partner, now - MONTH),
        )


def public_links(*, now: datetime) -> tuple[Link, ...]:
    """Every line, for anyone; counted at most once in ``FRESH`` seconds, however many ask."""
    return _counted(int(now.timestamp()) // FRESH)


def published(speed: Speed) -> Speed:
    """A speed that tells of no single person: nothing where there were few deliveries."""
    return speed if speed.count >= FEW else Speed(0, None, None)


@lru_cache(maxsize=1)
def _counted(span: int) -> tuple[Link, ...]:
    now = datetime.fromtimestamp((span + 1) * FRESH, UTC)
    with acting_as(ROBOT):
        partners = list(Partner.objects.order_by("name"))
        return tuple(link_of(each, now=now) for each in partners)


def _state(partner: Partner) -> str:
    if by_hand(partner):
        return "hand"
    # Once it was given up, a single try in between is no sign of life before it is answered.
    if partner.halted_why or partner.open_until is not None:
        return "down"
    if partner.failures:
        return "shaky"
    return "up" if partner.last_ok_at is not None else "unknown"


def _speed(partner: Partner, since: datetime) -> Speed:
    with connection.cursor() as cursor:
        cursor.execute(_SPEED, [partner.pk, since])
        return Speed(*cursor.fetchone())
