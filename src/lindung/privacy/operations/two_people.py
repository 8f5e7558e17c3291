"""What takes two people: one asks with a reason, another agrees or refuses."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from lindung.access.actors import Actor
from lindung.access.two_people import NeedsAnother
from lindung.kernel.lifecycle import Lifecycle
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.privacy.models import Erasure, Period

T = TypeVar("T", Erasure, Period)
MOST_REASON = 300


def reason_of(words: str) -> str:
    """The reason, cut to what the table holds.

    Raises:
        Incomplete: there is none.
    """
    if not (reason := words.strip()[:MOST_REASON]):
        raise Incomplete(fields={"reason": "Tuliskan alasannya."})
    return reason


def answered(
    model: type[T], lifecycle: Lifecycle[Any], actor: Actor, id_: UUID, *, agree: bool, at: datetime
) -> T:
    """The row, answered by ``actor`` and saved; part of an operation of the caller.

    Raises:
        NotFound: there is none.
        NeedsAnother: the one who asked agrees.
        StepClosed: it is answered already.
    """
    row = model.objects.select_for_update().filter(pk=id_).first()
    if row is None:
        raise NotFound
    states = type(lifecycle.initial)
    row.state = lifecycle.take("agree" if agree else "refuse", states(row.state))
    if agree and row.asked_by == actor.id:
        raise NeedsAnother
    row.answered_by, row.answered_name, row.answered_at = actor.id, actor.name, at
    row.save(update_fields=["state", "answered_by", "answered_name", "answered_at"])
    return row
