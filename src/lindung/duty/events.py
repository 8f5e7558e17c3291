"""What happens on a duty roster and around a call for help. No words and no place stand here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class ShiftSet(Event):
    """Somebody was put on duty."""

    sentence = "Piket diisi: %(name)s"

    shift: UUID
    who: str
    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ShiftWithdrawn(Event):
    """A shift was taken off the roster."""

    sentence = "Piket dicabut: %(name)s"

    shift: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ShiftsSwapped(Event):
    """Two officers took each other's shift."""

    sentence = "Piket ditukar"

    one: UUID
    other: UUID


@dataclass(frozen=True, slots=True)
class HandoverWritten(Event):
    """One shift left words to the next."""

    sentence = "Catatan serah terima piket ditulis"

    handover: UUID


@dataclass(frozen=True, slots=True)
class ChainChanged(Event):
    """The chain of a desk was changed."""

    sentence = "Rantai panggilan diubah: %(who)s"

    who: str


@dataclass(frozen=True, slots=True)
class CallBegan(Event):
    """A cry for help began to ring."""

    sentence = "Panggilan darurat %(number)s berbunyi"
    topic = "case"
    mark = "worker"

    call: UUID
    number: str
    contact_due_at: datetime
    plan_due_at: datetime


@dataclass(frozen=True, slots=True)
class OfficerRung(Event):
    """An officer is being called."""

    sentence = "Panggilan %(number)s: %(name)s dihubungi"
    topic = "case"

    call: UUID
    number: str
    ring: UUID
    who: str
    name: str


@dataclass(frozen=True, slots=True)
class CallTaken(Event):
    """An officer has taken the call."""

    sentence = "Panggilan %(number)s diambil %(name)s"
    topic = "case"

    call: UUID
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class CallPassedOn(Event):
    """An officer passed the call on; the next is called at once."""

    sentence = "Panggilan %(number)s diteruskan %(name)s"
    topic = "case"

    call: UUID
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class CallStoodDown(Event):
    """The call is over; the finer place is deleted with it."""

    sentence = "Panggilan %(number)s selesai"
    topic = "case"

    call: UUID
    number: str
