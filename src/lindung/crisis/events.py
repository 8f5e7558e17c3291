"""What happens around a disaster; the journal keeps ids, states and numbers, never a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class CrisisDeclared(Event):
    """An event has a footprint: who is inside can be listed."""

    sentence = "Kejadian dicatat: %(title)s"

    event: UUID
    kind: str
    title: str
    happened_at: datetime
    way: str
    cells: int


@dataclass(frozen=True, slots=True)
class CrisisEnded(Event):
    """Nobody is asked any more."""

    sentence = "Pendataan %(title)s ditutup: %(reason)s"

    event: UUID
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class MusterSeen(Event):
    """Somebody looked at names of those inside."""

    sentence = "Daftar orang di wilayah %(title)s dibuka"
    topic = "look"

    event: UUID
    title: str
    people: int


@dataclass(frozen=True, slots=True)
class MusterTaken(Event):
    """Somebody took the list out as a file."""

    sentence = "Daftar orang di wilayah %(title)s diunduh: %(people)s baris"
    topic = "look"

    event: UUID
    title: str
    people: int


@dataclass(frozen=True, slots=True)
class MusterAsked(Event):
    """Everybody on the list who is silent was asked whether they are safe."""

    sentence = "%(title)s: %(people)s orang ditanya, putaran %(number)s"

    event: UUID
    title: str
    number: int
    people: int


@dataclass(frozen=True, slots=True)
class MusterAnswered(Event):
    """What is known of one person since the event."""

    sentence = "%(title)s: %(label)s"
    topic = "check-in"

    event: UUID
    title: str
    state: str
    label: str
    source: str
