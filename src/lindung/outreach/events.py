"""What happens to messages; their words are not in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class MessageQueued(Event):
    """Words for a person were put in, to leave when the change commits."""

    sentence = "Pesan disiapkan (%(template)s, %(channel)s)"

    template: str
    channel: str


@dataclass(frozen=True, slots=True)
class MessageSent(Event):
    """The channel took the message."""

    sentence = "Pesan dikirim (%(template)s, %(channel)s)"

    template: str
    channel: str


@dataclass(frozen=True, slots=True)
class MessageFailed(Event):
    """The channel refused the message for good."""

    sentence = "Pesan gagal terkirim (%(template)s, %(channel)s)"

    template: str
    channel: str


@dataclass(frozen=True, slots=True)
class RelativeNamed(Event):
    """A person named a relative."""

    sentence = "Keluarga dicatat"

    member: UUID


@dataclass(frozen=True, slots=True)
class RelativeChanged(Event):
    """What a relative may see was changed."""

    sentence = "Izin keluarga diubah"

    member: UUID
    may_see_condition: bool


@dataclass(frozen=True, slots=True)
class RelativeInvited(Event):
    """A relative was given a link."""

    sentence = "Keluarga diundang"

    member: UUID


@dataclass(frozen=True, slots=True)
class RelativeShutOut(Event):
    """A relative's way in was closed."""

    sentence = "Akses keluarga ditutup"

    member: UUID
