"""What the readers give: letters, receipts, pieces of a long message; and what they refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


class Unreadable(Exception):
    """The bytes are not what the line carries; ``code`` says how, in few letters."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A voice note, picture or paper: its bytes, or the id under which the line keeps them."""

    content_type: str
    data: bytes = field(default=b"", repr=False)
    outside_id: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message from somebody.

    Attributes:
        sender: telephone or e-mail address, as the line writes it.
        outside_id: the line's own id of it; empty where the line gives none.
        at: when it was written, as the line says; ``None`` where it says nothing.
        automatic: a machine wrote it, and it must not be answered.
        proven: that the sender is who it says was checked by whoever carried it.
    """

    sender: str = field(repr=False)
    words: str = field(repr=False)
    outside_id: str = ""
    at: datetime | None = None
    automatic: bool = False
    proven: bool = True
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a long text message: ``number`` of ``total`` under the sender's ``reference``."""

    sender: str = field(repr=False)
    words: str = field(repr=False)
    reference: int
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message of ours: ``delivered``, ``read`` or ``failed``."""

    outside_id: str
    state: str
    reason: str = ""


Item = Letter | Piece | Receipt
