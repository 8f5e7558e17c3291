"""What happens when somebody asks for help; the words stay in the complaint and the notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class ComplaintMade(Event):
    """A person said that something is wrong."""

    sentence = "Keluhan diterima lewat %(channel)s"
    topic = "case"
    mark = "worker"

    complaint: UUID
    channel: str


@dataclass(frozen=True, slots=True)
class CaseOpened(Event):
    """Our work on it began; the clocks run."""

    sentence = "Kasus %(number)s: %(label)s"
    topic = "case"

    case: UUID
    number: str
    kind: str
    label: str
    answer_due_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CaseTaken(Event):
    """An officer took the case."""

    sentence = "Kasus %(number)s ditangani %(owner)s"
    topic = "case"

    case: UUID
    number: str
    owner: str


@dataclass(frozen=True, slots=True)
class CaseMoved(Event):
    """The case went a step on."""

    sentence = "Kasus %(number)s: tahap %(label)s"
    topic = "case"

    case: UUID
    number: str
    step: str
    label: str


@dataclass(frozen=True, slots=True)
class CaseAnswered(Event):
    """The worker heard from a person for the first time."""

    sentence = "Kasus %(number)s: pekerja sudah dihubungi"
    topic = "case"

    case: UUID
    number: str


@dataclass(frozen=True, slots=True)
class CaseClosed(Event):
    """The worker says that it is solved."""

    sentence = "Kasus %(number)s selesai menurut pekerja"
    topic = "case"
    mark = "worker"

    case: UUID
    number: str


@dataclass(frozen=True, slots=True)
class WorkerWrote(Event):
    """The worker wrote on the case; the words stay in its notes."""

    sentence = "Kasus %(number)s: pekerja menulis"
    topic = "case"
    mark = "worker"

    case: UUID
    number: str
