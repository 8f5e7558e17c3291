"""What happens on the way to a job abroad."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class PlacementOpened(Event):
    """A person set out on a pathway."""

    sentence = "Penempatan dibuka: %(title)s"
    topic = "document"

    placement: UUID
    number: str
    pathway: str
    title: str


@dataclass(frozen=True, slots=True)
class RequirementGiven(Event):
    """Something was handed in for a requirement; an officer has yet to look at it."""

    sentence = "%(title)s: diserahkan"
    topic = "document"

    placement: UUID
    requirement: str
    title: str


@dataclass(frozen=True, slots=True)
class RequirementSettled(Event):
    """One requirement was accepted, waived or refused."""

    sentence = "%(title)s: %(state)s"
    topic = "document"

    placement: UUID
    requirement: str
    title: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class RosterSubmitted(Event):
    """The person's data was sent for the destination's list of job seekers."""

    sentence = "Data pencari kerja dikirim ke negara tujuan"
    topic = "document"

    placement: UUID
    number: str
    listed_on: date


@dataclass(frozen=True, slots=True)
class RosterStatusReceived(Event):
    """The destination says where the person stands on its list."""

    sentence = "Daftar pencari kerja: %(status)s"
    topic = "destination"
    mark = "destination"

    placement: UUID
    status: str
    roster_no: str
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class ContractOffered(Event):
    """The destination handed over an employer's offer."""

    sentence = "Tawaran kontrak dari %(employer)s"
    topic = "destination"
    mark = "destination"

    contract: UUID
    number: str
    offer_no: str
    employer: str
    answer_by: date | None


@dataclass(frozen=True, slots=True)
class ContractBrought(Event):
    """An agency or an office wrote down a contract that an employer offers."""

    sentence = "Kontrak %(employer)s dicatat untuk diperiksa"
    topic = "document"

    contract: UUID
    number: str
    offer_no: str
    employer: str
    answer_by: date | None


@dataclass(frozen=True, slots=True)
class ContractVerified(Event):
    """A contract was checked against the law of both sides; the rules used are frozen with it."""

    sentence = "Kontrak diperiksa: %(meets)s sesuai, %(breaks)s melanggar, %(open)s diputus petugas"
    topic = "document"

    contract: UUID
    number: str
    meets: int
    breaks: int
    open: int
    law: str


@dataclass(frozen=True, slots=True)
class ContractReturned(Event):
    """A contract was returned for repair, with the reason."""

    sentence = "Kontrak dikembalikan untuk diperbaiki"
    topic = "document"

    contract: UUID
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class ContractAnswered(Event):
    """The worker agreed to the contract or refused it."""

    sentence = "Pekerja menjawab kontrak: %(answer)s"
    topic = "document"
    mark = "worker"

    contract: UUID
    placement: UUID
    number: str
    offer_no: str
    answer: str
    answered_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class ContractAmended(Event):
    """A repaired or amended contract follows an earlier version."""

    sentence = "Kontrak versi %(version_no)s diterima untuk diperiksa"
    topic = "document"

    contract: UUID
    number: str
    follows: UUID
    version_no: int
    fields: list[str]


@dataclass(frozen=True, slots=True)
class ContractSuperseded(Event):
    """A contract no longer counts: a later version took its place."""

    sentence = "Kontrak %(number)s digantikan versi %(version_no)s"
    topic = "document"

    contract: UUID
    number: str
    version_no: int


@dataclass(frozen=True, slots=True)
class EmployerAgreed(Event):
    """The employer's side agreed to a version of the contract, with evidence."""

    sentence = "Pemberi kerja menyetujui kontrak %(number)s"
    topic = "document"

    contract: UUID
    number: str
    on: date


@dataclass(frozen=True, slots=True)
class FindingOpened(Event):
    """What is told from the place of work differs from the contract that was verified."""

    sentence = "Isi kontrak berbeda di tempat kerja: temuan %(number)s"
    topic = "destination"

    finding: UUID
    number: str
    field: str
    told_by: str


@dataclass(frozen=True, slots=True)
class FindingAnswered(Event):
    """An officer said what a difference is: explained, corrected, a substitution, or over."""

    sentence = "Temuan %(number)s: %(state)s"
    topic = "destination"

    finding: UUID
    number: str
    state: str


@dataclass(frozen=True, slots=True)
class VisaAuthorised(Event):
    """The destination authorised the visa."""

    sentence = "Izin visa %(authorisation_no)s terbit, berlaku sampai %(expires_on)s"
    topic = "destination"
    mark = "destination"

    placement: UUID
    authorisation_no: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class DepartureCleared(Event):
    """Every requirement was met, so the person may leave."""

    sentence = "Boleh berangkat: semua syarat lengkap"
    topic = "document"

    placement: UUID
    number: str
    on: date


@dataclass(frozen=True, slots=True)
class DepartureRecorded(Event):
    """The person left the home country."""

    sentence = "Berangkat dengan penerbangan %(flight)s"
    topic = "document"

    placement: UUID
    number: str
    offer_no: str
    on: date
    flight: str


@dataclass(frozen=True, slots=True)
class DepartureFailed(Event):
    """A departure that was recorded did not take place."""

    sentence = "Tidak jadi berangkat: %(reason)s"
    topic = "document"

    placement: UUID
    number: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class ArrivalConfirmed(Event):
    """The destination's own system says that the person has arrived."""

    sentence = "Tiba di negara tujuan"
    topic = "destination"
    mark = "destination"

    placement: UUID
    number: str
    on: date
    employer: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlacementWithdrawn(Event):
    """The person or the office gave this placement up."""

    sentence = "Penempatan dibatalkan"
    topic = "document"

    placement: UUID
    number: str
    reason: str
    why: str = "other"
    refund: str = "unknown"


@dataclass(frozen=True, slots=True)
class PlacementEnded(Event):
    """Work under this placement is over."""

    sentence = "Penempatan berakhir"

    placement: UUID
    number: str
    on: date


@dataclass(frozen=True, slots=True)
class EndTakenBack(Event):
    """A placement goes on, since its end was told in error."""

    sentence = "Penempatan dilanjutkan: akhirnya tercatat keliru"

    placement: UUID
    number: str
    on: date


@dataclass(frozen=True, slots=True)
class MilestoneReached(Event):
    """Something happened in the destination's own system."""

    sentence = "Di negara tujuan: %(title)s"
    topic = "destination"

    placement: UUID
    number: str
    code: str
    title: str
    on: date


@dataclass(frozen=True, slots=True)
class RosterRenewalAsked(Event):
    """The office asked the destination to keep the person on its list for another term."""

    sentence = "Perpanjangan di daftar pencari kerja diminta"
    topic = "document"

    placement: UUID
    number: str
    on: date
    test_valid_to: date
    roster_no: str


@dataclass(frozen=True, slots=True)
class SittingRegistered(Event):
    """The office registered the person for the destination's own test."""

    sentence = "Didaftarkan untuk tes negara tujuan"
    topic = "document"

    placement: UUID
    number: str
    on: date
    round_no: str
