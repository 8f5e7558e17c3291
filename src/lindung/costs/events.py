"""What happens with money before departure. Recruiters read none of these entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class ChargeTold(Event):
    """Somebody told of a payment."""

    sentence = "Biaya %(number)s dicatat"
    topic = "money"

    charge: UUID
    number: str
    component: str
    told_by: str


@dataclass(frozen=True, slots=True)
class ChargeCorrected(Event):
    """A payment was told anew; the first telling is kept."""

    sentence = "Biaya %(before)s dibetulkan menjadi %(number)s: %(reason)s"
    topic = "money"

    charge: UUID
    before: str
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChargeWithdrawn(Event):
    """Whoever told of a payment took it back."""

    sentence = "Biaya %(number)s ditarik: %(reason)s"
    topic = "money"

    charge: UUID
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefundTold(Event):
    """Somebody told that money came back."""

    sentence = "Pengembalian biaya %(number)s dicatat"
    topic = "money"

    refund: UUID
    number: str
    told_by: str
    state: str


@dataclass(frozen=True, slots=True)
class RefundConfirmed(Event):
    """The worker's side said that money really came back."""

    sentence = "Pengembalian biaya %(number)s benar diterima"
    topic = "money"

    refund: UUID
    number: str


@dataclass(frozen=True, slots=True)
class RefundWithdrawn(Event):
    """Money did not come back after all."""

    sentence = "Pengembalian biaya %(number)s tidak benar: %(reason)s"
    topic = "money"

    refund: UUID
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class LoanTold(Event):
    """A loan for the way abroad was told of."""

    sentence = "Pinjaman dicatat"
    topic = "money"

    loan: UUID
    lender: str
    told_by: str


@dataclass(frozen=True, slots=True)
class LoanWithdrawn(Event):
    """A loan that was told of is none."""

    sentence = "Pinjaman ditarik: %(reason)s"
    topic = "money"

    loan: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class CaptureAsked(Event):
    """A worker is to be asked what it cost."""

    sentence = "Biaya akan ditanyakan kepada pekerja"
    topic = "money"

    asking: UUID
    moment: str
    due_on: date


@dataclass(frozen=True, slots=True)
class CaptureAnswered(Event):
    """A worker answered what it cost; the amounts stand in the answer alone."""

    sentence = "Pekerja menjawab pertanyaan biaya"
    topic = "money"
    mark = "worker"

    capture: UUID
    moment: str


@dataclass(frozen=True, slots=True)
class OverchargeFound(Event):
    """More was paid than a rule allows."""

    sentence = "Biaya pekerja melebihi batas peraturan"
    topic = "money"

    overcharge: UUID
    rule: str
    paid_on: date


@dataclass(frozen=True, slots=True)
class OverchargeCleared(Event):
    """What was too much was given back, or was told wrongly."""

    sentence = "Kelebihan biaya pekerja sudah selesai"
    topic = "money"

    overcharge: UUID
    rule: str
