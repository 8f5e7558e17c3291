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


@dataclass(frozen=True, slots=True)
class MessageReceived(Event):
    """Somebody wrote to us; who reacts looks at what it asks for.

    ``asks``: ``check_in:<condition>``, ``sos``, ``stop``, ``start``, ``words``, or ``nothing`` for
    what a machine wrote and for more than one sender may ask in an hour.
    """

    sentence = "Pesan diterima lewat %(channel)s"
    mark = "worker"

    message: UUID
    channel: str
    asks: str


@dataclass(frozen=True, slots=True)
class MessageArrived(Event):
    """A receipt says that a message of ours reached the person's device, or was read there."""

    sentence = "Pesan sampai (%(template)s, %(channel)s)"

    template: str
    channel: str
    read: bool


@dataclass(frozen=True, slots=True)
class SenderMatched(Event):
    """An officer said whose messages those of an address are."""

    sentence = "Pengirim pesan dicocokkan"

    sender: UUID
    relative: bool


@dataclass(frozen=True, slots=True)
class SenderSetAside(Event):
    """An officer said that an address is none of a worker's: advertising, a wrong number."""

    sentence = "Pengirim pesan dikesampingkan"

    sender: UUID


@dataclass(frozen=True, slots=True)
class SenderForgotten(Event):
    """An officer took a match back."""

    sentence = "Kecocokan pengirim pesan dibatalkan"

    sender: UUID


@dataclass(frozen=True, slots=True)
class SafetyChanged(Event):
    """How a person may safely be reached was changed; the rules themselves stand in their table."""

    sentence = "Aturan kontak aman diubah"


@dataclass(frozen=True, slots=True)
class CallPlaced(Event):
    """An officer was shown the number to call a person."""

    sentence = "Nomor telepon dibuka untuk menelepon"


@dataclass(frozen=True, slots=True)
class ReceivedSettled(Event):
    """An officer dealt by hand with something that could not be read."""

    sentence = "Pesan tak terbaca diselesaikan: %(reason)s"

    received: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class OfficerAlerted(Event):
    """An officer who is rung was told on their own telephone or by e-mail."""

    sentence = "Petugas piket diberi tahu lewat %(channel)s"

    ring: UUID
    channel: str


@dataclass(frozen=True, slots=True)
class OfficerNotAlerted(Event):
    """A line did not take a ring."""

    sentence = "Petugas piket tidak terjangkau lewat %(channel)s"

    ring: UUID
    channel: str
