"""Counts of messages per type, the messages behind each number, and what waits for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, Q, QuerySet

from lindung.exchange import words
from lindung.exchange.lifecycles import IncomingState, OutgoingState
from lindung.exchange.models import Incoming, Outgoing, Partner
from lindung.exchange.wire import agreement

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One message type with one partner since a day.

    Attributes:
        sent: messages of ours; stored: of those, with technical receipt; answered: with business
            receipt; refused: of those, refused.
        received: messages of theirs; applied: of those, decided.
        median: from writing to the business receipt.
    """

    name: str
    title: str
    sent: int
    stored: int
    answered: int
    refused: int
    received: int
    applied: int
    median: timedelta | None
    last_at: datetime | None


_COUNTS = """
select type, sum(sent)::int, sum(stored)::int, sum(answered)::int, sum(refused)::int,
       sum(received)::int, sum(applied)::int, max(median), max(last_at)
from (
    select type, count(*) as sent, count(stored_at) as stored, count(answered_at) as answered,
           count(*) filter (where state in ('refused', 'dead')) as refused,
           0 as received, 0 as applied,
           percentile_cont(0.5) within group (order by answered_at - written_at) as median,
           max(written_at) as last_at
    from exchange_outgoing where partner_id = %(partner)s and written_at >= %(since)s group by type
    union all
    select type, 0, 0, 0, 0, count(*), count(decided_at), null, max(came_at)
    from exchange_incoming
    where partner_id = %(partner)s and came_at >= %(since)s and type <> '' and state <> 'repeat'
    group by type
) counts group by type order by type
"""


def partners() -> QuerySet[Partner]:
    """All partners, by name."""
    return Partner.objects.order_by("name")


def counts(partner: Partner, *, since: datetime) -> list[TypeRow]:
    """One row per message type, receipts left out."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"partner": partner.pk, "since": since})
        rows = cursor.fetchall()
    return [
        TypeRow(agreement.name_of(type_), words.message(agreement.name_of(type_)), *figures)
        for type_, *figures in rows
        if ".receipt." not in type_
    ]


# What a number of the counts is made of; the page of a number lists the same messages.
LISTED = {
    "sent": ("ours", Q()),
    "stored": ("ours", Q(stored_at__isnull=False)),
    "answered": ("ours", Q(answered_at__isnull=False)),
    "refused": ("ours", Q(state__in=[OutgoingState.REFUSED, OutgoingState.DEAD])),
    "received": ("theirs", ~Q(state=IncomingState.REPEAT)),
    "applied": ("theirs", ~Q(state=IncomingState.REPEAT) & Q(decided_at__isnull=False)),
}


def listed(
    partner: Partner, which: str, *, since: datetime, name: str = "", before: UUID | None = None
) -> QuerySet[Outgoing] | QuerySet[Incoming]:
    """The messages that a number of ``counts`` is made of, the newest first, receipts left out.

    Args:
        which: a key of ``LISTED``.
        name: message name; every type where empty.
        before: only those with a smaller id, for the next page.
    """
    side, condition = LISTED[which]
    if side == "ours":
        sent = Outgoing.objects.filter(condition, partner=partner, written_at__gte=since)
        return _of_type(sent, name, before)
    came = Incoming.objects.filter(condition, partner=partner, came_at__gte=since)
    return _of_type(came.exclude(type=""), name, before)


def undelivered(partner: Partner) -> QuerySet[Outgoing]:
    """Dead letters and refusals of ours that a person must look at, oldest first."""
    return Outgoing.objects.filter(
        partner=partner, state__in=[OutgoingState.DEAD, OutgoingState.REFUSED]
    ).order_by("written_at")


def unsettled(partner: Partner) -> QuerySet[Incoming]:
    """What came in and waits for a person: unknown people, refusals, faults of ours."""
    return Incoming.objects.filter(
        partner=partner,
        state__in=[
            IncomingState.MATCHING, IncomingState.ERROR,
            IncomingState.REFUSED, IncomingState.UNTAKEN,
        ],
    ).order_by("came_at")  # fmt: skip


def _of_type(rows: QuerySet[M], name: str, before: UUID | None) -> QuerySet[M]:
    rows = rows.exclude(type__contains=".receipt.").order_by("-id")
    if name:
        rows = rows.filter(type=agreement.type_of(name))
    return rows.filter(id__lt=before) if before is not None else rows
