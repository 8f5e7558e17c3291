"""What people do to messages."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lindung.access.events import Event


@dataclass(frozen=True, slots=True)
class MessageSentAgain(Event):
    """A person had a message sent again, the same bytes."""

    sentence = "Pesan tentang %(number)s dikirim ulang ke negara tujuan"
    topic = "destination"

    message: UUID
    number: str
