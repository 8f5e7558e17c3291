"""What happens with alerts; what was found stays in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class AlertRaised(Event):
    """The rows say what a signal looks for."""

    sentence = "Peringatan dini: %(title)s"
    topic = "case"

    alert: UUID
    signal: str
    title: str
    severity: int


@dataclass(frozen=True, slots=True)
class AlertReviewed(Event):
    """An officer looked at an alert and said what was found."""

    sentence = "Peringatan dini ditinjau: %(title)s, %(label)s"
    topic = "case"

    alert: UUID
    signal: str
    title: str
    outcome: str
    label: str


@dataclass(frozen=True, slots=True)
class AlertBecameCase(Event):
    """An alert became a case."""

    sentence = "Peringatan dini menjadi kasus %(number)s: %(title)s"
    topic = "case"

    alert: UUID
    signal: str
    title: str
    case: UUID
    number: str


@dataclass(frozen=True, slots=True)
class AlertAboutParty(Event):
    """An alert about a party became a file in which the party is heard."""

    sentence = "Peringatan dini menjadi catatan masalah %(number)s: %(title)s"
    topic = "case"

    alert: UUID
    signal: str
    title: str
    entry: UUID
    number: str


@dataclass(frozen=True, slots=True)
class NoticeGiven(Event):
    """A person may read what was noticed about them."""

    sentence = "Petugas memberi tahu Anda: %(title)s"
    topic = "case"

    signal: str
    title: str


@dataclass(frozen=True, slots=True)
class ThresholdSet(Event):
    """A threshold has another value from a day on."""

    sentence = "Ambang %(signal)s, %(name)s: %(value)s sejak %(valid_from)s"

    signal: str
    name: str
    value: str
    valid_from: date
    reason: str


@dataclass(frozen=True, slots=True)
class PassMade(Event):
    """A pass of all signals over everybody."""

    sentence = "Peringatan dini dihitung ulang: %(raised)s baru, %(gone)s hilang"

    on: date
    raised: int
    changed: int
    gone: int


@dataclass(frozen=True, slots=True)
class QuietDrawn(Event):
    """Some of the quiet people were drawn by lot to be asked."""

    sentence = "%(people)s orang tanpa peringatan diundi untuk ditanya"

    month: date
    people: int


@dataclass(frozen=True, slots=True)
class QuietAsked(Event):
    """One of the quiet people was asked how they are."""

    sentence = "Ditanya kabarnya: %(label)s"
    topic = "case"

    pick: UUID
    state: str
    label: str
