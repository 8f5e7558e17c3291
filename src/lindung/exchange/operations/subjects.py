"""Whom a partner speaks of under a number of its own.

The number is kept with the person, as any number another system gave (``OutsideNumber``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop

from lindung.access.actors import Actor
from lindung.access.jurisdictions import post_in_charge
from lindung.exchange.models import Incoming, Partner
from lindung.exchange.wire.envelopes import Message
from lindung.placement.models import Placement
from lindung.registry.models import OutsideNumber, Task, Worker
from lindung.registry.operations import close_task, open_task

# Our own: no law says how soon a person has to be recognised. Whoever is not known is not looked after.
MATCH_WITHIN = timedelta(days=2)
MATCH = "exchange-match"


def kind_of(partner: Partner) -> str:
    """The kind of outside number that a partner's own subjects are."""
    return f"subject-{partner.code}"


def person_of(partner: Partner, subject: str) -> Worker | None:
    """The person a partner's number stands for, as people said."""
    found = _number(partner, subject)
    return found.worker if found is not None else None


def without_placement(partner: Partner, subject: str) -> Worker | None:
    """The person a partner's number stands for, where people named no placement with it."""
    found = _number(partner, subject)
    return found.worker if found is not None and found.subject is None else None


def placement_of(message: Message) -> Placement | None:
    """The placement that people said a partner's own number stands for."""
    partner = Partner.objects.filter(node=message.source).first()
    found = _number(partner, message.subject) if partner is not None else None
    if found is None or found.subject is None:
        return None
    return Placement.objects.select_related("worker").filter(pk=found.subject).first()


def ask_who(actor: Actor, row: Incoming, *, at: datetime) -> None:
    """Put the post of that country in charge of recognising the person, with a clock.

    One task for a partner's subject, however many messages wait for it; part of the applying.
    """
    row.post_id = post_in_charge(row.country, on=timezone.localdate(at))
    if _first_waiting(row) is None:
        open_task(
            actor,
            about=row,
            kind=MATCH,
            title=gettext_noop("Kenali orang yang disebut negara tujuan"),
            due_at=at + MATCH_WITHIN,
            owner="post" if row.post_id is not None else "ministry",
            subject=row.id,
            details={"message": str(row.id)},
        )


def stop_asking(actor: Actor, rows: list[UUID], *, at: datetime) -> None:
    """The person is known: the task is done."""
    for task in Task.objects.filter(kind=MATCH, subject__in=rows, state="open"):
        close_task(actor, task.pk, step="finish", at=at)


def ask_for_placement(actor: Actor, person: Worker, *, at: datetime) -> None:
    """A partner speaks of a person who is on no placement of ours to its country."""
    open_task(
        actor,
        about=person,
        kind="exchange-no-placement",
        title=gettext_noop("Negara tujuan mengirim kabar; buka penempatannya dan baca pesannya"),
        due_at=at + MATCH_WITHIN,
        owner="post" if person.post_id is not None else "office",
    )


def _number(partner: Partner, subject: str) -> OutsideNumber | None:
    return (
        OutsideNumber.objects.select_related("worker")
        .filter(kind=kind_of(partner), value=subject)
        .order_by("-id")
        .first()
    )


def _first_waiting(row: Incoming) -> Incoming | None:
    return (
        Incoming.objects.filter(partner=row.partner_id, subject=row.subject, state="matching")
        .exclude(pk=row.pk)
        .first()
    )
