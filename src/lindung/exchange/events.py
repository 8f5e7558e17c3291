"""What people do to messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class MessageSentAgain(Event):
    """A person had a message sent again, the same bytes."""

    sentence = "Pesan tentang %(number)s dikirim ulang ke negara tujuan"
    topic = "destination"

    message: UUID
    number: str


@dataclass(frozen=True, slots=True)
class OwnKeyMade(Event):
    """A signing key of ours was made and published; it signs from that instant."""

    sentence = "Kunci tanda tangan baru dibuat: %(kid)s"

    kid: str
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class OwnKeyRetired(Event):
    """A signing key of ours ends."""

    sentence = "Kunci tanda tangan diakhiri: %(kid)s"

    kid: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnKeyRevoked(Event):
    """A signing key of ours is believed no more."""

    sentence = "Kunci tanda tangan dicabut: %(kid)s. Alasan: %(reason)s"

    kid: str
    reason: str


@dataclass(frozen=True, slots=True)
class GraveActAsked(Event):
    """Somebody asked for what takes two people."""

    sentence = "Diusulkan, menunggu orang kedua: %(what)s. Alasan: %(reason)s"

    act: UUID
    what: str
    on: str
    reason: str


@dataclass(frozen=True, slots=True)
class GraveActAnswered(Event):
    """The second person confirmed or refused."""

    sentence = "Jawaban orang kedua atas usul %(what)s: %(answer)s"

    act: UUID
    what: str
    on: str
    answer: str


@dataclass(frozen=True, slots=True)
class MessageTriedAgain(Event):
    """A person had a message applied again after a fault of ours."""

    sentence = "Pesan negara tujuan tentang %(number)s diolah lagi"
    topic = "destination"

    message: UUID
    number: str


@dataclass(frozen=True, slots=True)
class MessageCorrected(Event):
    """A person sent a corrected message in the place of one that was not taken."""

    sentence = "Pesan tentang %(number)s diperbaiki dan dikirim. Alasan: %(reason)s"
    topic = "destination"

    message: UUID
    replaced: UUID
    number: str
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class MessageSettled(Event):
    """A person says that a message which was not taken needs nothing more."""

    sentence = "Pesan tentang %(number)s yang tidak diterima dinyatakan selesai. Alasan: %(reason)s"
    topic = "destination"

    message: UUID
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class SubjectMatched(Event):
    """A person said who it is that the other country speaks of under its own number."""

    sentence = "Nomor %(number)s dari negara tujuan dikenali sebagai orang ini"
    topic = "destination"

    partner: str
    number: str
    messages: int


@dataclass(frozen=True, slots=True)
class MessageOpened(Event):
    """Somebody read a message whose person is not known yet, or its raw bytes."""

    sentence = "Isi pesan pertukaran dibuka: %(what)s"
    topic = "look"

    message: UUID
    what: str


@dataclass(frozen=True, slots=True)
class RecordShown(Event):
    """A partner compared its books with ours and was shown the agreed record."""

    sentence = "Catatan bersama %(number)s dicocokkan oleh %(partner)s"
    topic = "look"
    mark = "destination"

    number: str
    partner: str


@dataclass(frozen=True, slots=True)
class DifferenceConfirmed(Event):
    """Both books were compared twice and say different things."""

    sentence = "Catatan kita dan negara tujuan berbeda: %(label)s"
    topic = "destination"

    difference: UUID
    number: str
    field: str
    label: str


@dataclass(frozen=True, slots=True)
class DifferenceClosed(Event):
    """Both books say the same again; ``moved`` tells whose changed."""

    sentence = "Catatan kita dan negara tujuan sama lagi: %(label)s"
    topic = "destination"

    difference: UUID
    number: str
    field: str
    label: str
    moved: str


@dataclass(frozen=True, slots=True)
class PartnerAsked(Event):
    """The partner was asked to look at its own books."""

    sentence = "Negara tujuan diminta memeriksa catatannya: %(label)s"
    topic = "destination"

    difference: UUID
    number: str
    field: str
    label: str


@dataclass(frozen=True, slots=True)
class TheirsAccepted(Event):
    """Somebody of ours found the partner's value right; ``done`` when our books took it at once."""

    sentence = "Catatan negara tujuan diterima sebagai yang benar: %(label)s"
    topic = "destination"

    difference: UUID
    number: str
    field: str
    label: str
    done: bool


@dataclass(frozen=True, slots=True)
class DifferenceNoted(Event):
    """Somebody wrote down what was found out about a difference."""

    sentence = "Catatan ditambahkan pada selisih: %(label)s"
    topic = "destination"

    difference: UUID
    number: str
    field: str
    label: str


@dataclass(frozen=True, slots=True)
class PartnerQueried(Event):
    """The partner holds other values and asks us to look at ours."""

    sentence = "Negara tujuan meminta kita memeriksa catatan: %(labels)s"
    topic = "destination"
    mark = "destination"

    number: str
    fields: str
    labels: str


@dataclass(frozen=True, slots=True)
class PastBroken(Event):
    """A journal's past, a partner's or our own, is not what was kept of it."""

    sentence = "Masa lalu jurnal %(whose)s tidak cocok dengan yang disimpan: segel %(number)s"

    alarm: UUID
    whose: str
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class PastAlarmClosed(Event):
    """Somebody looked into a broken past and says what it was."""

    sentence = "Peringatan masa lalu jurnal ditutup: %(reason)s"

    alarm: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class SheetTyped(Event):
    """An officer copied a message into a partner's portal, or typed what it says."""

    sentence = "Lembar kerja portal diisi untuk %(number)s, menunggu diperiksa"
    topic = "destination"

    sheet: UUID
    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class SheetChecked(Event):
    """A second officer found a sheet right; from now on it counts."""

    sentence = "Lembar kerja portal untuk %(number)s diperiksa orang kedua dan berlaku"
    topic = "destination"

    sheet: UUID
    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class SheetReturned(Event):
    """A second officer found a sheet wrong."""

    sentence = "Lembar kerja portal untuk %(number)s dikembalikan untuk diperbaiki"
    topic = "destination"

    sheet: UUID
    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class DropLookedAt(Event):
    """A person looked at what a partner left and nobody could read."""

    sentence = "Kiriman berkas dari %(partner)s yang tidak terbaca sudah dilihat"
    topic = "destination"

    drop: UUID
    partner: str


@dataclass(frozen=True, slots=True)
class LineResumed(Event):
    """A person had a line to a partner tried again."""

    sentence = "Sambungan ke %(partner)s dicoba lagi"
    topic = "destination"

    partner: str


@dataclass(frozen=True, slots=True)
class PartnerEntered(Event):
    """A partner was entered, or what is written of it was changed."""

    sentence = "Data mitra pertukaran dicatat: %(code)s"

    code: str
    new: bool
