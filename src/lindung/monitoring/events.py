"""What happens while people work abroad."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class CheckedIn(Event):
    """A worker said how things are; the words themselves stay in the check-in."""

    sentence = "Lapor diri: %(label)s"
    topic = "check-in"
    mark = "worker"

    check_in: UUID
    condition: str
    label: str


@dataclass(frozen=True, slots=True)
class EmploymentBegan(Event):
    """Work for an employer began."""

    sentence = "Mulai bekerja pada %(employer)s"
    topic = "destination"

    employment: UUID
    employer: str
    on: date
    source: str


@dataclass(frozen=True, slots=True)
class EmploymentChanged(Event):
    """The destination reports a change: employer, place, absence, end."""

    sentence = "Perubahan pekerjaan dari negara tujuan: %(change)s"
    topic = "destination"
    mark = "destination"

    change: str
    on: date
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ResidenceRegistered(Event):
    """The destination registered the person's stay."""

    sentence = "Terdaftar di negara tujuan sampai %(stay_expires_on)s"
    topic = "destination"
    mark = "destination"

    on: date
    stay_expires_on: date | None
