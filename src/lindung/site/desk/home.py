"""What the first page says beside the queue: what changed since yesterday, and what is coming."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lindung.access.actors import Actor, Kind
from lindung.access.events import event_class, event_classes
from lindung.access.models import JournalEntry
from lindung.access.rights import Right
from lindung.duty import queries as duty
from lindung.duty.models import Call
from lindung.monitoring import queries as monitoring
from lindung.placement.models import ContractTerms
from lindung.registry.models import WorkerState
from lindung.site.desk.queue import Days

ENDS_DAYS = 60
LATE_DAYS = 14
_SCOPES: dict[Kind, tuple[str, Callable[[Actor], object]]] = {
    Kind.POST: ("post_id__in", lambda actor: actor.posts),
    Kind.OFFICE: ("region__in", lambda actor: actor.regions),
    Kind.AGENCY: ("agency_id", lambda actor: actor.agency),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One line: the words and the list that it counts."""

    words: str
    href: str


def changed(actor: Actor, *, today: date) -> list[Note]:
    """What others did in the actor's scope since the beginning of yesterday, by topic."""
    if actor.kind not in _SCOPES:
        # The whole country's day is a statistic, no list to work through.
        return []
    by_type = (
        _since_yesterday(actor, today=today)
        .order_by()
        .values("type")
        .annotate(n=Count("id"))
        .values_list("type", "n")
    )
    totals: dict[str, int] = {}
    for kind, n in by_type:
        cls = event_class(kind)
        if cls is not None and cls.topic in topic_labels():
            totals[cls.topic] = totals.get(cls.topic, 0) + n
    href = reverse("changes")
    return [
        Note(f"{label}: {totals[topic]}", f"{href}?jenis={topic}")
        for topic, label in topic_labels().items()
        if topic in totals
    ]


def changes(
    actor: Actor, topic: str, *, today: date, after: tuple[datetime, UUID] | None = None, most: int
) -> list[JournalEntry]:
    """The entries that a line of :func:`changed` counts, newest first; one more tells of a next page."""
    if actor.kind not in _SCOPES:
        return []
    types = [each.type for each in event_classes() if each.topic == topic]
    entries = _since_yesterday(actor, today=today).filter(type__in=types)
    if after is not None:
        entries = entries.filter(Q(at__lt=after[0]) | Q(at=after[0], id__lt=after[1]))
    return list(entries.order_by("-at", "-id")[: most + 1])


def topic_labels() -> dict[str, str]:
    """Topics of events that an officer follows from day to day."""
    return {
        "case": pgettext("menu", "Kasus"),
        "check-in": _("Lapor diri"),
        "destination": _("Negara tujuan"),
        "document": _("Dokumen"),
        "money": _("Uang"),
    }


def _since_yesterday(actor: Actor, *, today: date) -> QuerySet[JournalEntry]:
    column, value = _SCOPES[actor.kind]
    return JournalEntry.objects.filter(
        at__gte=Days(today).at(-1), **{column: value(actor)}
    ).exclude(actor_id=actor.id)


def coming(actor: Actor, *, today: date) -> list[Note]:
    """Contracts that end soon, and people whose check-in is long overdue, in a post's scope."""
    if actor.kind is not Kind.POST:
        return []
    parts = []
    if actor.may(Right.PLACEMENT_READ):
        parts.append(_counted(ending(actor, today=today), "habis"))
    if actor.may(Right.WORKER_READ):
        parts.append(_counted(overdue(actor, today=today), "lapor"))
    if not parts:
        return []
    told = dict(parts[0].union(*parts[1:], all=True))
    notes = []
    if actor.may(Right.PLACEMENT_READ):
        ends = told.get("habis", 0)
        said = ngettext(
            "%(n)s kontrak habis < %(days)s hari", "%(n)s kontrak habis < %(days)s hari", ends
        )
        notes.append(Note(said % {"n": ends, "days": ENDS_DAYS}, reverse("coming", args=["habis"])))
    if actor.may(Right.WORKER_READ):
        late = told.get("lapor", 0)
        said = ngettext(
            "%(n)s lapor diri terlambat > %(days)s hari",
            "%(n)s lapor diri terlambat > %(days)s hari",
            late,
        )
        notes.append(Note(said % {"n": late, "days": LATE_DAYS}, reverse("coming", args=["lapor"])))
    return notes


def _counted(rows: QuerySet[Any], what: str) -> Any:
    """One row, what it is and how many: both counts in one round trip."""
    return (
        rows.order_by()
        .annotate(what=Value(what))
        .values("what")
        .annotate(n=Count("*"))
        .values_list("what", "n")
    )


def ending(actor: Actor, *, today: date) -> QuerySet[ContractTerms]:
    """Contracts in force in the posts' scope that end within :data:`ENDS_DAYS` days."""
    return ContractTerms.objects.filter(
        post_id__in=actor.posts,
        live=True,
        ends_on__gte=today,
        ends_on__lt=today + timedelta(days=ENDS_DAYS),
    )


def overdue(actor: Actor, *, today: date) -> QuerySet[WorkerState]:
    """People at work whose check-in was due more than :data:`LATE_DAYS` days ago."""
    return WorkerState.objects.filter(
        post_id__in=actor.posts,
        stage="during",
        check_in_due_on__lt=today - timedelta(days=LATE_DAYS),
    )


def share(actor: Actor, *, today: date) -> monitoring.ConfirmedShare | None:
    """How many people abroad were confirmed lately; nothing for those whose scope is not abroad."""
    if actor.kind is not Kind.POST or not actor.may(Right.WORKER_READ):
        return None
    return monitoring.confirmed_share(actor, today)


def cries(actor: Actor) -> list[Call]:
    """Emergency calls in scope that nobody has taken yet, the oldest first."""
    if not actor.may(Right.CASE_READ) or not actor.may(Right.DUTY_READ):
        return []
    return [each for each in duty.open_calls(actor) if each.taken_at is None]
