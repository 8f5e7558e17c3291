"""What a changeover brings about. The old system's name is all that is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class PersonBroughtIn(Event):
    """A person came from an older system."""

    sentence = "Dibawa masuk dari sistem lama: %(title)s"

    number: str
    title: str


@dataclass(frozen=True, slots=True)
class PlacementBroughtIn(Event):
    """A placement came from an older system, as it stood there."""

    sentence = "Penempatan %(number)s dibawa masuk dari sistem lama: %(title)s"

    placement: UUID
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class ContractBroughtIn(Event):
    """A contract came from an older system. Nobody has checked it here."""

    sentence = "Kontrak %(number)s dibawa masuk dari sistem lama, belum diperiksa di sini"
    topic = "document"

    contract: UUID
    number: str
