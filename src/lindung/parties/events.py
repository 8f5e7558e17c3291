"""What happens to parties: licences, entries, problems. Numbers and codes only, no person's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class LicenceDecided(Event):
    """The ministry decided on an agency's licence."""

    sentence = "Keputusan atas izin P3MI %(number)s dicatat"

    agency: UUID
    number: str
    act: str
    on: date
    basis: str
    reason: str


@dataclass(frozen=True, slots=True)
class MeansRecorded(Event):
    """What an agency has in capital, deposit and premises was recorded."""

    sentence = "Modal, deposito dan kantor P3MI %(number)s dicatat"

    agency: UUID
    number: str
    found_on: date


@dataclass(frozen=True, slots=True)
class PartnerRegistered(Event):
    """A partner abroad came into the register."""

    sentence = "Mitra luar negeri %(number)s didaftarkan"

    partner: UUID
    number: str
    country: str


@dataclass(frozen=True, slots=True)
class PartnerAmended(Event):
    """Fields of a partner's entry were changed; names the fields."""

    sentence = "Data mitra %(number)s diperbarui (%(fields)s)"

    partner: UUID
    number: str
    fields: str


@dataclass(frozen=True, slots=True)
class ProviderRegistered(Event):
    """A provider came into the register."""

    sentence = "Penyedia layanan %(number)s didaftarkan"

    provider: UUID
    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class ProviderAmended(Event):
    """Fields of a provider's entry were changed; names the fields."""

    sentence = "Data penyedia %(number)s diperbarui (%(fields)s)"

    provider: UUID
    number: str
    fields: str


@dataclass(frozen=True, slots=True)
class EmployerRegistered(Event):
    """An employer abroad came into the register."""

    sentence = "Pemberi kerja %(number)s didaftarkan"

    employer: UUID
    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class ProblemReported(Event):
    """A file against a party was opened."""

    sentence = "Catatan masalah %(number)s dibuka"

    entry: UUID
    number: str
    party: str
    kind: str


@dataclass(frozen=True, slots=True)
class PartyTold(Event):
    """The party was told of the entry and may answer."""

    sentence = "Pihak pada catatan %(number)s diberi tahu"

    entry: UUID
    number: str
    on: date


@dataclass(frozen=True, slots=True)
class PartyHeard(Event):
    """The party answered, or let its time pass."""

    sentence = "Tanggapan pada catatan %(number)s dicatat"

    entry: UUID
    number: str
    answered: bool


@dataclass(frozen=True, slots=True)
class PartyReplied(Event):
    """An agency answered an entry against it, from its own desk."""

    sentence = "P3MI menanggapi catatan %(number)s"

    entry: UUID
    number: str
    on: date


@dataclass(frozen=True, slots=True)
class ProblemPublished(Event):
    """An entry counts from here on, until a day."""

    sentence = "Catatan masalah %(number)s diterbitkan sampai %(until)s"

    entry: UUID
    number: str
    subject: UUID
    party: str
    weight: str
    until: date


@dataclass(frozen=True, slots=True)
class ProblemEnded(Event):
    """An entry no longer counts: lifted, expired or dismissed."""

    sentence = "Catatan masalah %(number)s berakhir"

    entry: UUID
    number: str
    subject: UUID
    how: str


@dataclass(frozen=True, slots=True)
class ProblemOverridden(Event):
    """An officer went on in spite of an entry, with a reason, until a day."""

    sentence = "Catatan masalah %(number)s dikesampingkan sampai %(until)s"

    entry: UUID
    number: str
    subject: UUID
    until: date
