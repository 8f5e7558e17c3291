"""Events: what happened, as frozen dataclasses; each app declares its own.

The journal keeps them, the life-line shows them, the exchange and the handlers react to them.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext

_by_type: dict[str, type[Event]] = {}


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Subclass it as a frozen dataclass of plain values.

    Attributes:
        sentence: what the life-line says, a msgid with ``%(field)s`` places.
        topic: the life-line's filter: ``document``, ``case``, ``check-in``, ``destination``,
            ``money``, ``look`` or empty.
        mark: who speaks: ``ours``, ``destination`` or ``worker``.
    """

    sentence: ClassVar[str] = ""
    topic: ClassVar[str] = ""
    mark: ClassVar[str] = "ours"
    type: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Not super(): dataclass(slots=True) makes the class a second time, and the first one's
        # cell would be the wrong class by then.
        app = cls.__module__.split(".")[1]
        cls.type = f"{app}.{cls.__name__}"
        _by_type[cls.type] = cls

    def payload(self) -> dict[str, Any]:
        """The fields as JSON values; numbers with fractions become text."""
        return {field.name: plain(getattr(self, field.name)) for field in dataclasses.fields(self)}


def event_class(type_: str) -> type[Event] | None:
    """The class of an event type, or ``None`` for one that this version no longer knows."""
    return _by_type.get(type_)


def event_classes() -> list[type[Event]]:
    """Every event that this version knows, by type."""
    return [_by_type[each] for each in sorted(_by_type)]


def sentence(type_: str, payload: dict[str, Any]) -> str:
    """What the journal entry says in the active language."""
    cls = event_class(type_)
    if cls is None or not cls.sentence:
        return type_
    return gettext(cls.sentence) % _Said(payload)


class _Said(dict[str, Any]):
    """Places a sentence names but the payload lacks: entries written by an older version."""

    def __missing__(self, key: str) -> str:
        return "…"


def plain(value: Any) -> Any:
    """A value as JSON can hold it without loss.

    Raises:
        TypeError: for a float (it would not come back the same) or an unknown type.
    """
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return plain(value.value)
        case str():
            return value
        case Decimal() | UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
    raise TypeError(f"an event cannot hold a {type(value).__name__}")


@dataclasses.dataclass(frozen=True, slots=True)
class PersonLookedAt(Event):
    """Someone opened a person's file."""

    sentence = "Berkas dibuka: %(purpose)s"
    topic = "look"

    purpose: str


@dataclasses.dataclass(frozen=True, slots=True)
class DutyGiven(Event):
    """A person was given a role in an office, or a delegation."""

    sentence = "Tugas %(role)s diberikan"

    account: UUID
    role: str
    until: date | None


@dataclasses.dataclass(frozen=True, slots=True)
class DutyEnded(Event):
    """A person's duty ended: leaving staff, or a delegation that ran out."""

    sentence = "Tugas %(role)s berakhir"

    account: UUID
    role: str


@dataclasses.dataclass(frozen=True, slots=True)
class AccountMade(Event):
    """An administrator opened an account for an official."""

    sentence = "Akun petugas dibuka"

    account: UUID


@dataclasses.dataclass(frozen=True, slots=True)
class TokenIssued(Event):
    """Another system was given a key to act within a duty, with some of its rights."""

    sentence = "Kunci API %(name)s diterbitkan"

    duty: UUID
    name: str
    rights: tuple[str, ...]
    expires_at: datetime


@dataclasses.dataclass(frozen=True, slots=True)
class TokenRevoked(Event):
    """A key of another system was ended before its time."""

    sentence = "Kunci API %(name)s dicabut"

    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class SecondFactorReset(Event):
    """An administrator took a lost second factor off an account, with a reason."""

    sentence = "Bukti kedua dicabut: %(reason)s"

    account: UUID
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class WordsForgotten(Event):
    """The words and names of entries about erased people were taken out of the journal.

    ``root`` is the Merkle root over what stays of them, in the order of their ids: whoever takes
    words out has said so here, how many and which.
    """

    sentence = "Kata-kata %(entries)s catatan jurnal dihapus"

    erasure: UUID
    batch: int
    entries: int
    root: str
