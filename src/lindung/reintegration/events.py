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
