"""What happens to documents. Events hold ids alone: a reason or an outcome could not be erased."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class DocumentUploaded(Event):
    """A file came in."""

    sentence = "Berkas %(number)s diterima"
    topic = "document"

    document: UUID
    number: str


@dataclass(frozen=True, slots=True)
class DocumentVerified(Event):
    """An officer took it for true."""

    sentence = "Berkas %(number)s dinyatakan sah"
    topic = "document"

    document: UUID
    number: str


@dataclass(frozen=True, slots=True)
class DocumentRefused(Event):
    """An officer sent it back."""

    sentence = "Berkas %(number)s dikembalikan"
    topic = "document"

    document: UUID
    number: str


@dataclass(frozen=True, slots=True)
class DocumentExpired(Event):
    """The day printed on it has passed."""

    sentence = "Berkas %(number)s habis masa berlakunya"
    topic = "document"

    document: UUID
    number: str


@dataclass(frozen=True, slots=True)
class DocumentQuarantined(Event):
    """The scanner found something in it; nobody is shown it."""

    sentence = "Berkas %(number)s ditahan: ada virus"
    topic = "document"

    document: UUID
    number: str


@dataclass(frozen=True, slots=True)
class DocumentUnsealed(Event):
    """A sealed result was opened, with a reason that the person reads."""

    sentence = "Berkas tertutup %(number)s dibuka"
    topic = "document"

    document: UUID
    number: str


@dataclass(frozen=True, slots=True)
class DocumentDestroyed(Event):
    """The contents are gone: the key was destroyed."""

    sentence = "Isi berkas %(number)s dimusnahkan"
    topic = "document"

    document: UUID
    number: str


@dataclass(frozen=True, slots=True)
class ConfinedUploaded(Event):
    """A file of a case came in; agencies and offices at home are not told."""

    sentence = "Bukti %(number)s diterima"
    topic = "case"

    document: UUID
    number: str


@dataclass(frozen=True, slots=True)
class ConfinedQuarantined(Event):
    """The scanner found something in a file of a case."""

    sentence = "Bukti %(number)s ditahan: ada virus"
    topic = "case"

    document: UUID
    number: str
