"""What the phone adds to the journal: that something was written before it could be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class WrittenEarlier(Event):
    """Something came that had waited on a phone, or from a phone whose clock is wrong.

    The instant of what came is the server's. Here stands beside it what the phone claims.

    Attributes:
        kind: what came, a name of ``items.KINDS``; ``item`` is the key it came under.
        claimed_at: when it was written, by the phone's own clock.
        waited_minutes: how long it waited, the phone's clock against itself.
        skew_seconds: the phone's clock when it sent less ours; positive where it runs ahead.
    """

    sentence: ClassVar[str] = (
        "Ditulis di ponsel %(waited_minutes)s menit sebelum sampai"
        " (jam ponsel meleset %(skew_seconds)s detik)"
    )
    topic: ClassVar[str] = "check-in"
    mark: ClassVar[str] = "worker"
    item: UUID
    kind: str
    claimed_at: datetime
    waited_minutes: int
    skew_seconds: int
