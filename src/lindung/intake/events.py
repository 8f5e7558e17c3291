"""What happens to lists."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class ListSent(Event):
    """An office sent a list of people; nothing was taken from it yet."""

    sentence = "Daftar %(rows)s orang dikirim"

    batch: UUID
    rows: int


@dataclass(frozen=True, slots=True)
class ListTaken(Event):
    """The good rows of a list were taken."""

    sentence = "Daftar diterima: %(taken)s orang baru, %(known)s sudah ada, %(refused)s ditolak"

    batch: UUID
    taken: int
    known: int
    refused: int
