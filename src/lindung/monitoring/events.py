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


@dataclass(frozen=True, slots=True)
class WageReported(Event):
    """A worker said whether a month's wage was paid; the sum stays in the report."""

    sentence = "Gaji %(shown)s: %(label)s"
    topic = "money"
    mark = "worker"

    report: UUID
    month: date
    shown: str
    state: str
    label: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered(Event):
    """A worker answered a question; the answer itself stays in its row."""

    sentence = "Menjawab pertanyaan berkala"
    topic = "check-in"
    mark = "worker"

    answer: UUID
    question: str


@dataclass(frozen=True, slots=True)
class DiaryKept(Event):
    """A worker wrote down how long a day's work was."""

    sentence = "Catatan jam kerja %(shown)s"
    topic = "check-in"
    mark = "worker"

    entry: UUID
    day: date
    shown: str


@dataclass(frozen=True, slots=True)
class EmployerTold(Event):
    """Somebody said that a person works for another employer now."""

    sentence = "Ganti pemberi kerja: %(employer)s"
    topic = "destination"

    employer: str
    on: date
    source: str
    differs: int


@dataclass(frozen=True, slots=True)
class ContractResigned(Event):
    """Another contract was signed abroad; it was laid beside the one that was cleared."""

    sentence = "Kontrak lain ditandatangani di negara tujuan; %(differs)s isian berbeda"
    topic = "document"

    contract: UUID
    on: date
    differs: int


@dataclass(frozen=True, slots=True)
class ExtensionAsked(Event):
    """A contract is to be extended before the post's officer."""

    sentence = "Perpanjangan kontrak diajukan sampai %(until)s"
    topic = "document"

    extension: UUID
    until: date
    outcome: str


@dataclass(frozen=True, slots=True)
class ExtensionDecided(Event):
    """The post's officer decided on an extension, or it was withdrawn."""

    sentence = "Perpanjangan kontrak: %(label)s"
    topic = "document"

    extension: UUID
    state: str
    label: str
    until: date


@dataclass(frozen=True, slots=True)
class WentOnLeave(Event):
    """A person left the country of work for a while."""

    sentence = "Cuti; diharapkan kembali %(back_by)s"
    topic = "destination"

    leave: UUID
    on: date
    back_by: date


@dataclass(frozen=True, slots=True)
class LeaveEnded(Event):
    """A person on leave came back, or did not."""

    sentence = "Cuti berakhir: %(label)s"
    topic = "destination"

    leave: UUID
    on: date
    label: str


@dataclass(frozen=True, slots=True)
class CompanionKept(Event):
    """Who lives with the worker abroad was written down; the names stay in the row."""

    sentence = "Keluarga di luar negeri dicatat"

    companion: UUID
    here: bool
