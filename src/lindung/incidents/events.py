"""What happens on an incident. No word on health, cause or place stands here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class IncidentReported(Event):
    """Somebody told us what happened."""

    sentence = "Kejadian %(number)s dilaporkan: %(label)s"
    topic = "case"

    incident: UUID
    number: str
    kind: str
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class IncidentVerified(Event):
    """It is certain whom it happened to."""

    sentence = "Kejadian %(number)s: identitas dipastikan"
    topic = "case"

    incident: UUID
    number: str
    kind: str
    factors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IncidentStepDone(Event):
    """One thing was done, or left out with a reason."""

    sentence = "Kejadian %(number)s: %(title)s"
    topic = "case"

    incident: UUID
    number: str
    step: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class LawDecided(Event):
    """An officer decided where a rule could not be confirmed."""

    sentence = "Kejadian %(number)s: aturan diputuskan petugas untuk %(title)s"
    topic = "case"

    incident: UUID
    number: str
    step: str
    title: str


@dataclass(frozen=True, slots=True)
class FamilyTold(Event):
    """A relative was told by one of ours."""

    sentence = "Kejadian %(number)s: keluarga diberi tahu"
    topic = "case"

    incident: UUID
    number: str
    in_person: bool
    late: bool


@dataclass(frozen=True, slots=True)
class DeathPenaltyFeared(Event):
    """The person may be sentenced to death."""

    sentence = "Kejadian %(number)s: ancaman hukuman mati"
    topic = "case"

    incident: UUID
    number: str


@dataclass(frozen=True, slots=True)
class AgencyAsked(Event):
    """The recruiter was asked for what the law asks of it."""

    sentence = "Kejadian %(number)s: P3MI diminta memenuhi kewajibannya"
    topic = "case"

    incident: UUID
    number: str


@dataclass(frozen=True, slots=True)
class AgencyAnswered(Event):
    """The recruiter said what it did."""

    sentence = "Kejadian %(number)s: P3MI menjawab"
    topic = "case"

    incident: UUID
    number: str
    duty: str


@dataclass(frozen=True, slots=True)
class ExpenseRecorded(Event):
    """Who pays for something was written down."""

    sentence = "Kejadian %(number)s: biaya dicatat"
    topic = "money"

    incident: UUID
    number: str
    payer: str


@dataclass(frozen=True, slots=True)
class HappeningRecorded(Event):
    """A dated thing was written down: a court date, a visit, a search."""

    sentence = "Kejadian %(number)s: %(label)s"
    topic = "case"

    incident: UUID
    number: str
    kind: str
    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedAtHome(Event):
    """The office at home received the person or the coffin."""

    sentence = "Kejadian %(number)s: diterima di tanah air, %(reference)s"
    topic = "case"

    incident: UUID
    number: str
    reference: str


@dataclass(frozen=True, slots=True)
class IncidentEnded(Event):
    """Our work on it is over, or it had not happened."""

    sentence = "Kejadian %(number)s selesai"
    topic = "case"

    incident: UUID
    number: str
    state: str


@dataclass(frozen=True, slots=True)
class RulingAsked(Event):
    """One officer asked for what takes two."""

    sentence = "Kejadian %(number)s: keputusan orang kedua diminta"
    topic = "case"

    incident: UUID
    number: str
    what: str


@dataclass(frozen=True, slots=True)
class RulingGiven(Event):
    """A second officer decided."""

    sentence = "Kejadian %(number)s: orang kedua memutuskan"
    topic = "case"

    incident: UUID
    number: str
    what: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class DeathTakenBack(Event):
    """A death was told in error; the person's file is as it was."""

    sentence = "Kejadian %(number)s: kabar kematian ditarik kembali"
    topic = "case"

    incident: UUID
    number: str
