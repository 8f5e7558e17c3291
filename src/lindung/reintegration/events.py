"""What happens when people come home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class CameHome(Event):
    """A person returned to the home country."""

    sentence = "Pulang ke tanah air: %(label)s"

    returned: UUID
    on: date
    reason: str
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class PlanMade(Event):
    """What a returned person needs, and the next step agreed."""

    sentence = "Rencana setelah pulang: %(next_step)s"

    plan: UUID
    next_step: str
    ask_again_on: date


@dataclass(frozen=True, slots=True)
class MoneyLeft(Event):
    """What may still be due in the destination was listed, or where one sum stands changed."""

    sentence = "Hak uang di negara tujuan, %(title)s: %(label)s"

    owed: UUID
    number: str
    kind: str
    title: str
    state: str
    label: str
    on: date


@dataclass(frozen=True, slots=True)
class MoneyClaimed(Event):
    """Somebody of ours claims a sum in the destination for the person."""

    sentence = "Hak uang di negara tujuan ditagih: %(title)s"

    owed: UUID
    number: str
    kind: str
    title: str
    on: date


@dataclass(frozen=True, slots=True)
class ReadyToReturn(Event):
    """A person whom the former employer takes back reported and is ready."""

    sentence = "Siap berangkat kembali"

    placement: UUID
    number: str
    on: date
