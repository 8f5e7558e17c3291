"""What happened to a person's rights over data: facts, without the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class HoldPlaced(Event):
    """Nothing about the person may be erased until a day."""

    sentence = "Data ditahan dari penghapusan sampai %(until)s"

    hold: UUID
    kind: str
    until: date


@dataclass(frozen=True, slots=True)
class HoldLifted(Event):
    """A hold ended before its day."""

    sentence = "Penahanan penghapusan data dicabut"

    hold: UUID


@dataclass(frozen=True, slots=True)
class DataAsked(Event):
    """The person asked something about their data."""

    sentence = "Permintaan tentang data pribadi: %(label)s"
    mark = "worker"

    request: UUID
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class DataAnswered(Event):
    """A request about data was answered, or taken back."""

    sentence = "Permintaan tentang data pribadi dijawab: %(label)s"

    request: UUID
    state: str
    label: str


@dataclass(frozen=True, slots=True)
class CopyMade(Event):
    """A copy of everything held about the person was made, by or for them."""

    sentence = "Salinan data pribadi dibuat"
    topic = "look"

    sections: int
    rows: int


@dataclass(frozen=True, slots=True)
class PeriodAsked(Event):
    """Somebody proposed how long a kind of record is kept."""

    sentence = "Masa simpan diusulkan: %(kind)s, %(years)s tahun"

    period: UUID
    kind: str
    years: int


@dataclass(frozen=True, slots=True)
class PeriodAnswered(Event):
    """A second person agreed to a period or refused it."""

    sentence = "Masa simpan %(kind)s: %(answer)s"

    period: UUID
    kind: str
    answer: str


@dataclass(frozen=True, slots=True)
class ErasureAsked(Event):
    """Somebody asked that data be erased; a dry run was made."""

    sentence = "Penghapusan data diusulkan: %(people)s orang"

    erasure: UUID
    kind: str
    people: int
    rows: int


@dataclass(frozen=True, slots=True)
class ErasureAnswered(Event):
    """A second person agreed to an erasure or refused it."""

    sentence = "Usul penghapusan data dijawab: %(answer)s"

    erasure: UUID
    answer: str


@dataclass(frozen=True, slots=True)
class DataErased(Event):
    """Data about the person was erased; what it was is not said."""

    sentence = "Data pribadi dihapus"

    erasure: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class ErasureEnded(Event):
    """An erasure is through."""

    sentence = "Penghapusan data selesai: %(people)s orang"

    erasure: UUID
    people: int
    rows: int


@dataclass(frozen=True, slots=True)
class BreachSearched(Event):
    """It was worked out whose data a breach, or an exercise of one, touched."""

    sentence = "Kebocoran %(number)s dihitung: %(people)s orang"

    breach: UUID
    number: str
    drill: bool
    people: int


@dataclass(frozen=True, slots=True)
class BreachListed(Event):
    """The list of the people of a breach was written to a sealed file."""

    sentence = "Daftar orang pada kebocoran %(number)s dikeluarkan sebagai berkas tersegel"

    breach: UUID
    number: str


@dataclass(frozen=True, slots=True)
class BreachTold(Event):
    """The person was told that their data was touched by a breach."""

    sentence = "Diberi tahu tentang kebocoran data %(number)s"

    breach: UUID
    number: str


@dataclass(frozen=True, slots=True)
class BreachClosed(Event):
    """A breach, or an exercise, is over."""

    sentence = "Kebocoran %(number)s ditutup"

    breach: UUID
    number: str
