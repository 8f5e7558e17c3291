"""What happens with visits. They are about places; a person met has it on the life-line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class VisitPlanned(Event):
    """Somebody will go."""

    sentence = "Kunjungan direncanakan %(on)s"

    visit: UUID
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class VisitHeld(Event):
    """Somebody went; so many items worry."""

    sentence = "Kunjungan berlangsung %(on)s, %(worries)s hal perlu diperbaiki"

    visit: UUID
    on: date
    worries: int


@dataclass(frozen=True, slots=True)
class VisitEnded(Event):
    """The report stands, or the visit was cancelled."""

    sentence = "Kunjungan: %(state)s"

    visit: UUID
    state: str


@dataclass(frozen=True, slots=True)
class MetAtWork(Event):
    """An officer met the person at the place of work."""

    sentence = "Bertemu petugas di tempat kerja"
    topic = "check-in"

    visit: UUID
    on: date


@dataclass(frozen=True, slots=True)
class Cured(Event):
    """What worried was put right."""

    sentence = "Temuan kunjungan diperbaiki"

    visit: UUID
    item: str
    on: date
