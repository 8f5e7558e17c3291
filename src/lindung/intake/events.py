"""What happens to lists."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class ListSent(Event):
    """An office sent a list of people; nothing was taken from it yet."""

    sentence = "Daftar orang dikirim"

    batch: UUID


@dataclass(frozen=True, slots=True)
class ListRead(Event):
    """Every line of a list is a row now, tried and waiting for somebody to look."""

    sentence = "Daftar %(rows)s orang terbaca, %(wrong)s perlu diperbaiki"

    batch: UUID
    rows: int
    wrong: int


@dataclass(frozen=True, slots=True)
class ListUnusable(Event):
    """The file turned out to be no list, or too long; nothing of it was kept."""

    sentence = "Daftar tidak dapat dibaca"

    batch: UUID
    trouble: str


@dataclass(frozen=True, slots=True)
class ListAccepted(Event):
    """Somebody looked, and has the good rows of a list taken."""

    sentence = "Penerimaan daftar dimulai"

    batch: UUID


@dataclass(frozen=True, slots=True)
class ListStopped(Event):
    """Whoever had a list taken holds that duty no more; the rows left wait for somebody else."""

    sentence = "Penerimaan daftar berhenti: %(left)s baris menunggu petugas lain"

    batch: UUID
    left: int


@dataclass(frozen=True, slots=True)
class ListTaken(Event):
    """The good rows of a list were taken."""

    sentence = "Daftar diterima: %(taken)s orang baru, %(known)s sudah ada, %(refused)s ditolak"

    batch: UUID
    taken: int
    known: int
    refused: int
