"""Idempotency keys: a write that is sent twice happens once (a slow link, a double tap)."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from lindung.access.actors import Actor
from lindung.access.models import OnceKey
from lindung.access.ready import Given, Question, add

_KEPT = Question(
    lambda: OnceKey.objects.filter(actor_id=Given("actor"), key=Given("key")).only("location")
)


def answered_before(actor: Actor, key: UUID) -> str | None:
    """Where the first sending of this key led, or ``None`` when it is new.

    A second sending at the same instant waits here until the first one's transaction has ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{actor.id} {key}"]
        )
    kept = _KEPT.first(actor=actor.id, key=key)
    return kept.location if kept is not None else None


def keep_answer(actor: Actor, key: UUID, status: int, location: str) -> None:
    """Keep the answer in the write's own transaction."""
    add(OnceKey(actor_id=actor.id, key=key, status=status, location=location))
