"""What happens when somebody asks for help; the words stay in the complaint and the notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
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
class CaseClosedAfterDeath(Event):
    """Everything owed to somebody who died was done."""

    sentence = "Kasus %(number)s selesai: semua hak almarhum dan keluarga diurus"
    topic = "case"

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


@dataclass(frozen=True, slots=True)
class CaseClosedUnreachable(Event):
    """The person stayed out of reach; every way that was tried is listed."""

    sentence = "Kasus %(number)s ditutup: tidak dapat dihubungi"
    topic = "case"

    case: UUID
    number: str
    attempts: int


@dataclass(frozen=True, slots=True)
class CaseReopened(Event):
    """The worker objects to the close; work goes on."""

    sentence = "Kasus %(number)s dibuka lagi"
    topic = "case"
    mark = "worker"

    case: UUID
    number: str


@dataclass(frozen=True, slots=True)
class CasePlanned(Event):
    """A plan for the person's safety stands."""

    sentence = "Kasus %(number)s: rencana aman disusun"
    topic = "case"

    case: UUID
    number: str


@dataclass(frozen=True, slots=True)
class CasePaused(Event):
    """Plan and close wait until a day."""

    sentence = "Kasus %(number)s dijeda sampai %(until_at)s"
    topic = "case"

    case: UUID
    number: str
    until_at: datetime


@dataclass(frozen=True, slots=True)
class CaseResumed(Event):
    """The clocks run again."""

    sentence = "Kasus %(number)s: jam berjalan lagi"
    topic = "case"

    case: UUID
    number: str


@dataclass(frozen=True, slots=True)
class CaseHandedOver(Event):
    """It went to another person or post; its clocks go on."""

    sentence = "Kasus %(number)s dialihkan ke %(to)s"
    topic = "case"

    case: UUID
    number: str
    to: str


@dataclass(frozen=True, slots=True)
class CasesMerged(Event):
    """It goes on in another case."""

    sentence = "Kasus %(number)s digabung ke %(into)s"
    topic = "case"

    case: UUID
    number: str
    into: str
    other: UUID


@dataclass(frozen=True, slots=True)
class CasesParted(Event):
    """A merge was taken back."""

    sentence = "Kasus %(number)s dipisahkan lagi dari %(into)s"
    topic = "case"

    case: UUID
    number: str
    into: str
    other: UUID


@dataclass(frozen=True, slots=True)
class CaseSplit(Event):
    """A part of it became a case of its own; the clocks go on from the first."""

    sentence = "Kasus %(number)s dipecah: %(new)s"
    topic = "case"

    case: UUID
    number: str
    new: str
    other: UUID


@dataclass(frozen=True, slots=True)
class CasesLinked(Event):
    """Two cases belong together."""

    sentence = "Kasus %(number)s dikaitkan dengan %(beside)s"
    topic = "case"

    case: UUID
    number: str
    beside: str
    other: UUID


@dataclass(frozen=True, slots=True)
class LinkUndone(Event):
    """They no longer belong together."""

    sentence = "Kaitan kasus %(number)s dengan %(beside)s dihapus"
    topic = "case"

    case: UUID
    number: str
    beside: str
    other: UUID


@dataclass(frozen=True, slots=True)
class EvidenceKept(Event):
    """A voice, photo or paper belongs to a case."""

    sentence = "Bukti masuk"
    topic = "case"
    mark = "worker"

    evidence: UUID


@dataclass(frozen=True, slots=True)
class ContactTried(Event):
    """Somebody tried to reach the person."""

    sentence = "Kasus %(number)s: dihubungi lewat %(channel)s"
    topic = "case"

    case: UUID
    number: str
    channel: str


@dataclass(frozen=True, slots=True)
class CaseEscalated(Event):
    """A clock passed and the next in the chain was told."""

    sentence = "Kasus %(number)s: batas lewat, naik"
    topic = "case"

    case: UUID
    number: str
    clock: str
    rung: int
    role: str


@dataclass(frozen=True, slots=True)
class TrackStepOpened(Event):
    """A step of the complaint about a company began."""

    sentence = "Kasus %(number)s: langkah %(label)s"
    topic = "case"

    case: UUID
    number: str
    step: str
    label: str
    due_on: date


@dataclass(frozen=True, slots=True)
class TrackStepEnded(Event):
    """A step of the complaint about a company ended."""

    sentence = "Kasus %(number)s: %(label)s selesai"
    topic = "case"

    case: UUID
    number: str
    step: str
    label: str
    result: str


@dataclass(frozen=True, slots=True)
class OpeningAsked(Event):
    """Somebody asks to read what is sealed."""

    sentence = "Permintaan membuka kasus tertutup"
    topic = "case"

    opening: UUID


@dataclass(frozen=True, slots=True)
class OpeningAnswered(Event):
    """A second person agreed or did not."""

    sentence = "Permintaan membuka kasus tertutup dijawab"
    topic = "case"

    opening: UUID
    agreed: bool


@dataclass(frozen=True, slots=True)
class OpenedInDanger(Event):
    """One person opened what is sealed alone, in danger of life."""

    sentence = "Kasus tertutup dibuka darurat"
    topic = "case"

    opening: UUID


@dataclass(frozen=True, slots=True)
class TaskSet(Event):
    """Something is to be done on a case."""

    sentence = "Kasus %(number)s: tugas dicatat"
    topic = "case"

    case: UUID
    number: str


@dataclass(frozen=True, slots=True)
class TaskDone(Event):
    """It was done."""

    sentence = "Kasus %(number)s: tugas selesai"
    topic = "case"

    case: UUID
    number: str


@dataclass(frozen=True, slots=True)
class KindSet(Event):
    """What it is about was understood better."""

    sentence = "Kasus %(number)s: jenis diperbarui"
    topic = "case"

    case: UUID
    number: str


@dataclass(frozen=True, slots=True)
class ReportTaken(Event):
    """Somebody reported a company in confidence; nothing about them stands here."""

    sentence = "Laporan rahasia diterima"
    topic = "case"

    complaint: UUID


@dataclass(frozen=True, slots=True)
class InformantRead(Event):
    """Who reported in confidence was read, after two people had opened it."""

    sentence = "Identitas pelapor dibaca"
    topic = "look"

    complaint: UUID


@dataclass(frozen=True, slots=True)
class ComplaintPlaced(Event):
    """A complaint was placed with a case or answered."""

    sentence = "Keluhan ditempatkan"
    topic = "case"

    complaint: UUID


@dataclass(frozen=True, slots=True)
class SanctionProposed(Event):
    """A company's file was opened on what was found."""

    sentence = "Sanksi diusulkan: %(entry_number)s"
    topic = "case"

    entry_number: str
    entry: UUID
