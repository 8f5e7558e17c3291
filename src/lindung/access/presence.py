"""Who else has this page open, and whether they are typing; a hint among colleagues, no lock.

A row lives for seconds and says nothing about the person of the page. Any page uses it: the part
``<c-presence>`` asks and tells by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.models import Presence

# Two missed rounds of a page that asks every ten seconds, and a slow line.
LASTS = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of one's own office at the same page."""

    name: str
    writing: bool


def office_of(actor: Actor) -> dict[str, object]:
    """The columns that say which office an officer's row belongs to."""
    return {
        "actor_kind": str(actor.kind),
        "post_id": actor.posts[0] if actor.posts else None,
        "agency_id": actor.agency,
        "region": actor.regions[0] if actor.regions else "",
    }


def tell(actor: Actor, subject: UUID, *, writing: bool, now: datetime) -> None:
    """Say that this actor is at ``subject``, which the door has found in the actor's scope."""
    mine = Presence.objects.filter(actor_id=actor.id)
    mine.filter(until__lt=now).delete()
    Presence.objects.bulk_create(
        [
            Presence(
                subject=subject,
                actor_id=actor.id,
                actor_name=actor.name,
                writing=writing,
                until=now + LASTS,
                **office_of(actor),
            )
        ],
        update_conflicts=True,
        unique_fields=["subject", "actor_id"],
        update_fields=["writing", "until", "actor_name"],
    )


def leave(actor: Actor, subject: UUID) -> None:
    """Forget that this actor is there."""
    Presence.objects.filter(actor_id=actor.id, subject=subject).delete()


def others(actor: Actor, subject: UUID, *, now: datetime) -> list[Colleague]:
    """Colleagues of one's own office at the same page, those who type first."""
    found = Presence.objects.filter(subject=subject, until__gte=now).exclude(actor_id=actor.id)
    return [
        Colleague(each.actor_name, each.writing)
        for each in found.order_by("-writing", "actor_name")
    ]
