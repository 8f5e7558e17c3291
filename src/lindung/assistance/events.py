"""What happens around a case when others help; names and words stay in the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class LetterSent(Event):
    """A letter about the case left."""

    sentence = "Surat %(number)s dikirim kepada %(label)s"
    topic = "case"

    letter: UUID
    number: str
    label: str
    on: date


@dataclass(frozen=True, slots=True)
class LetterAnswered(Event):
    """The addressee answered."""

    sentence = "Surat %(number)s dijawab"
    topic = "case"

    letter: UUID
    number: str
    on: date


@dataclass(frozen=True, slots=True)
class ClaimReckoned(Event):
    """What somebody owes the worker was reckoned."""

    sentence = "Tuntutan %(label)s dihitung: %(sum)s"
    topic = "money"

    claim: UUID
    label: str
    sum: str


@dataclass(frozen=True, slots=True)
class ClaimMoved(Event):
    """A claim was filed, awarded, refused, withdrawn or taken up again."""

    sentence = "Tuntutan %(label)s: %(stage)s"
    topic = "money"

    claim: UUID
    label: str
    step: str
    stage: str


@dataclass(frozen=True, slots=True)
class MoneyRecovered(Event):
    """Money came in on a claim, as an officer was told."""

    sentence = "Pembayaran %(sum)s dilaporkan; menunggu kata pekerja"
    topic = "money"

    claim: UUID
    payment: UUID
    sum: str


@dataclass(frozen=True, slots=True)
class MoneyConfirmed(Event):
    """The worker says whether the money came."""

    sentence = "Pekerja: %(label)s"
    topic = "money"
    mark = "worker"

    payment: UUID
    had: bool
    label: str


@dataclass(frozen=True, slots=True)
class ReferralMade(Event):
    """The person was handed on to a service, with the named fields."""

    sentence = "Dirujuk ke layanan (%(label)s), dibagikan: %(fields)s"
    topic = "case"

    referral: UUID
    number: str
    label: str
    fields: str
    legal_basis: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReferralOpened(Event):
    """The service read what was shared."""

    sentence = "Rujukan %(number)s dibaca layanan"
    topic = "look"

    referral: UUID
    number: str


@dataclass(frozen=True, slots=True)
class ReferralMoved(Event):
    """The service took it up, declined, or told the result; or it ended."""

    sentence = "Rujukan %(number)s: %(label)s"
    topic = "case"

    referral: UUID
    number: str
    step: str
    label: str


@dataclass(frozen=True, slots=True)
class TakenIn(Event):
    """The person came into a shelter; which one is not told here."""

    sentence = "Masuk rumah aman"
    topic = "case"

    stay: UUID
    on: date


@dataclass(frozen=True, slots=True)
class LeftShelter(Event):
    """The person left the shelter."""

    sentence = "Meninggalkan rumah aman"
    topic = "case"

    stay: UUID
    on: date


@dataclass(frozen=True, slots=True)
class InterpreterCalled(Event):
    """An interpreter was asked to come."""

    sentence = "Juru bahasa (%(language)s) diminta"
    topic = "case"

    appointment: UUID
    language: str
    at: datetime
