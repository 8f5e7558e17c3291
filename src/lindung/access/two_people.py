"""What takes two people: one asks with a reason, another agrees or refuses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lindung.access.actors import Actor
from lindung.kernel.lifecycle import Lifecycle
from lindung.kernel.refusals import Incomplete, Refusal

MOST_REASON = 300


class NeedsAnother(Refusal):
    """Whoever asked does not agree."""

    status = 409
    slug = "needs-another-person"
    title = "Usul sendiri tidak dapat disetujui sendiri."
    advice = "Mintalah orang lain yang berwenang untuk memeriksa dan menyetujuinya."


class AlreadyAsked(Refusal):
    """Somebody has asked for it; it waits for a second person."""

    status = 409
    slug = "already-asked"
    title = "Hal ini sudah diusulkan dan menunggu orang kedua."
    advice = "Setujui atau tolak usul itu; tidak perlu mengusulkan lagi."


def reason_of(words: str) -> str:
    """The reason, cut to what the table holds.

    Raises:
        Incomplete: there is none.
    """
    if not (reason := words.strip()[:MOST_REASON]):
        raise Incomplete(fields={"reason": "Tuliskan alasannya."})
    return reason


def answered(
    row: Any, lifecycle: Lifecycle[Any], actor: Actor, *, yes: str, agree: bool, at: datetime
) -> None:
    """Answer a row that waits for a second person, and save it; part of an operation of the caller.

    Args:
        row: locked; has ``state``, ``asked_by`` and ``answered_by``, ``answered_name``, ``answered_at``.
        yes: the lifecycle's step for yes; the other is ``refuse``, which is open to who asked too.

    Raises:
        NeedsAnother: the one who asked agrees.
        StepClosed: it is answered already.
    """
    states = type(lifecycle.initial)
    row.state = lifecycle.take(yes if agree else "refuse", states(row.state))
    if agree and row.asked_by == actor.id:
        raise NeedsAnother
    row.answered_by, row.answered_name, row.answered_at = actor.id, actor.name, at
    row.save(update_fields=["state", "answered_by", "answered_name", "answered_at"])
