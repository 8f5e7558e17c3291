"""What happens to people's files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class WorkerEnrolled(Event):
    """A person came into the register, with whatever was known."""

    sentence = "Terdaftar lewat %(channel)s"

    number: str
    channel: str


@dataclass(frozen=True, slots=True)
class WorkerUpdated(Event):
    """Fields of a person's file were changed; names the fields, not their content."""

    sentence = "Data diri diperbarui (%(fields)s)"
    topic = "document"

    fields: str


@dataclass(frozen=True, slots=True)
class IdentifierAdded(Event):
    """An identity number was added; the number itself is not in the journal."""

    sentence = "Nomor %(kind)s %(masked)s dicatat"
    topic = "document"

    kind: str
    masked: str
    warning: str


@dataclass(frozen=True, slots=True)
class FactRecorded(Event):
    """Something was learnt about a person: where, with whom, how."""

    sentence = "%(label)s: %(shown)s"

    kind: str
    label: str
    shown: str
    source: str
    confirmed_on: date


@dataclass(frozen=True, slots=True)
class FactsContradict(Event):
    """Two sources say different things; both are kept."""

    sentence = "Keterangan berbeda tentang %(label)s; keduanya disimpan"

    kind: str
    label: str
    older: UUID
    newer: UUID


@dataclass(frozen=True, slots=True)
class TaskOpened(Event):
    """Somebody has something to do."""

    sentence = "Tugas dibuka: %(title)s"

    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class TaskClosed(Event):
    """It was done, or is no longer needed."""

    sentence = "Tugas selesai: %(title)s"

    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class PostInChargeChanged(Event):
    """Another post looks after this person from now on; the old one keeps its own cases."""

    sentence = "Perwakilan yang bertugas berganti"

    was: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class AccessRecovered(Event):
    """An officer gave a person who lost the phone a new way in; the answers are not kept."""

    sentence = "Akses dipulihkan petugas, terbuka %(opens_at)s"
    topic = "document"

    opens_at: datetime
    questions: str
    in_person: bool
    sessions_ended: int
    reason: str


@dataclass(frozen=True, slots=True)
class MergeProposed(Event):
    """Somebody holds two entries for one person although their NIK differ; another must agree."""

    sentence = "Diusulkan: %(gone)s dan %(kept)s orang yang sama"
    topic = "document"

    merge: UUID
    kept: str
    gone: str


@dataclass(frozen=True, slots=True)
class MergeDeclined(Event):
    """The second person did not agree."""

    sentence = "Usul penggabungan %(gone)s ditolak"
    topic = "document"

    merge: UUID
    gone: str


@dataclass(frozen=True, slots=True)
class PeopleMerged(Event):
    """Two entries turned out to be one person; the gone number leads to the kept one."""

    sentence = "Berkas %(gone)s digabung ke %(kept)s (%(rows)s catatan)"
    topic = "document"

    merge: UUID
    kept: str
    gone: str
    gone_id: UUID
    rows: int


@dataclass(frozen=True, slots=True)
class MergeUndone(Event):
    """They were two after all; what moved has moved back."""

    sentence = "Penggabungan %(gone)s dibatalkan"
    topic = "document"

    merge: UUID
    kept: str
    gone: str
    gone_id: UUID
    rows: int


@dataclass(frozen=True, slots=True)
class HeldDistinct(Event):
    """Somebody looked and said that these are two people."""

    sentence = "Dipastikan orang lain daripada %(other)s"
    topic = "document"

    other: str


@dataclass(frozen=True, slots=True)
class EnteredHerself(Event):
    """Somebody abroad entered herself; whether she has papers is not in the journal."""

    sentence = "Mendaftar sendiri dari luar negeri"
    mark = "worker"

    enrolment: UUID


@dataclass(frozen=True, slots=True)
class WallOpened(Event):
    """The person agreed to be helped like everybody else, with placement and partners."""

    sentence = "Mengizinkan datanya dipakai untuk penempatan resmi"
    mark = "worker"

    on: date
