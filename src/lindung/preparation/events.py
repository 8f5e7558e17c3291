"""What happens in the last weeks before departure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class SessionPlanned(Event):
    """An office planned an orientation."""

    sentence = "Orientasi direncanakan"
    topic = "document"

    session: UUID
    held_on: date
    seats: int


@dataclass(frozen=True, slots=True)
class SessionCancelled(Event):
    """An orientation will not take place."""

    sentence = "Orientasi dibatalkan"
    topic = "document"

    session: UUID


@dataclass(frozen=True, slots=True)
class SeatTaken(Event):
    """A person has a seat in an orientation."""

    sentence = "Terdaftar untuk orientasi"
    topic = "document"

    session: UUID
    held_on: date


@dataclass(frozen=True, slots=True)
class OrientationAttended(Event):
    """A person was at the orientation, or was not."""

    sentence = "Kehadiran orientasi dicatat"
    topic = "document"

    session: UUID
    present: bool


@dataclass(frozen=True, slots=True)
class CoverPaid(Event):
    """Social security was paid for a period."""

    sentence = "Jaminan sosial dibayar"
    topic = "money"

    cover: UUID
    kind: str
    covers_from: date
    covers_to: date
    outcome: str


@dataclass(frozen=True, slots=True)
class ClearanceIssued(Event):
    """The paper with which a person may leave was made."""

    sentence = "Surat lepas %(number)s terbit"
    topic = "document"

    clearance: UUID
    number: str


@dataclass(frozen=True, slots=True)
class ClearanceWithdrawn(Event):
    """The paper stands no more."""

    sentence = "Surat lepas %(number)s dicabut"
    topic = "document"

    clearance: UUID
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class BorderCrossed(Event):
    """Somebody told of a passage over the border."""

    sentence = "Perlintasan batas dicatat"
    topic = "document"

    crossing: UUID
    direction: str
    on: date
    source: str
