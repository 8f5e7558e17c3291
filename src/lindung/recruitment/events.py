"""What happens to the papers before a contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class AgreementSubmitted(Event):
    """A recruiter handed in its agreement with a foreign partner."""

    sentence = "Perjanjian kerja sama %(number)s diajukan"
    topic = "document"

    number: str
    partner: UUID
    quota: int


@dataclass(frozen=True, slots=True)
class JobOrderSubmitted(Event):
    """A recruiter handed in an employer's request for workers."""

    sentence = "Permintaan %(number)s diajukan: %(quota)s tempat"
    topic = "document"

    number: str
    agreement: UUID
    quota: int


@dataclass(frozen=True, slots=True)
class PaperChecked(Event):
    """A first officer checked an agreement or a job order."""

    sentence = "%(number)s diperiksa, menunggu pengesahan"
    topic = "document"

    number: str


@dataclass(frozen=True, slots=True)
class PaperEndorsed(Event):
    """A second officer endorsed an agreement or a job order."""

    sentence = "%(number)s disahkan"
    topic = "document"

    number: str
    quota: int


@dataclass(frozen=True, slots=True)
class PaperReturned(Event):
    """An agreement or a job order went back for repair."""

    sentence = "%(number)s dikembalikan untuk diperbaiki"
    topic = "document"

    number: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class PaperSubmittedAgain(Event):
    """An agreement or a job order came back repaired."""

    sentence = "%(number)s diajukan lagi"
    topic = "document"

    number: str


@dataclass(frozen=True, slots=True)
class PaperRefused(Event):
    """An agreement or a job order was refused."""

    sentence = "%(number)s ditolak"
    topic = "document"

    number: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class PaperEnded(Event):
    """An agreement or a job order was ended before its day."""

    sentence = "%(number)s diakhiri"
    topic = "document"

    number: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class PaperExpired(Event):
    """The last day of an agreement or a job order has passed."""

    sentence = "Masa berlaku %(number)s habis"
    topic = "document"

    number: str


@dataclass(frozen=True, slots=True)
class PermitRequested(Event):
    """A recruiter asked for leave to recruit for an endorsed order."""

    sentence = "Izin perekrutan %(number)s diminta"
    topic = "document"

    number: str
    order: UUID


@dataclass(frozen=True, slots=True)
class PermitIssued(Event):
    """The ministry gave leave to recruit."""

    sentence = "Izin perekrutan %(number)s terbit, berlaku sampai %(valid_to)s"
    topic = "document"

    number: str
    order: UUID
    valid_to: date


@dataclass(frozen=True, slots=True)
class PermitDenied(Event):
    """The ministry refused leave to recruit, took it back, or it ran out."""

    sentence = "Izin perekrutan %(number)s tidak berlaku lagi"
    topic = "document"

    number: str
    order: UUID
    state: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class OverrideAsked(Event):
    """An officer asked to go on although a check does not pass."""

    sentence = "Pengecualian diminta untuk %(number)s"
    topic = "document"

    number: str
    check: str


@dataclass(frozen=True, slots=True)
class OverrideAnswered(Event):
    """A second officer answered that wish."""

    sentence = "Permintaan pengecualian untuk %(number)s dijawab"
    topic = "document"

    number: str
    check: str
    given: bool


@dataclass(frozen=True, slots=True)
class PlaceTaken(Event):
    """A candidate took a place of a job order."""

    sentence = "Tempat ke-%(seat)s dalam permintaan %(number)s diisi"
    topic = "document"

    number: str
    order: UUID
    placement: UUID
    seat: int
    replaces: UUID | None


@dataclass(frozen=True, slots=True)
class PlaceGivenBack(Event):
    """A candidate's place in a job order is free again."""

    sentence = "Tempat ke-%(seat)s dalam permintaan %(number)s kosong lagi"
    topic = "document"

    number: str
    order: UUID
    placement: UUID
    seat: int
