"""No line at all: officers copy into the partner's portal and type what it says.

Nothing is carried by machine. The page and its operations (``operations/sheets.py``) do what the
other adapters do by bytes: a message counts as stored when two people say so, with a proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType

from lindung.exchange.adapters.base import Later, Parcel
from lindung.exchange.models import Partner
from lindung.exchange.wire.texts import Signed


class WorklistAdapter:
    """A portal that people use."""

    def __init__(self, partner: Partner) -> None:
        self.partner = partner

    def __enter__(self) -> WorklistAdapter:
        """Nothing to open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to close."""

    def deliver(self, items: Sequence[Signed]) -> Sequence[Signed | None]:
        """No machine may say that a person copied something."""
        raise Later("people carry these messages")

    def collect(self) -> Iterator[Parcel]:
        """Nothing: what the portal says is typed."""
        return iter(())

    def replay(self, subject: str, first: int, last: int) -> Sequence[Signed]:
        """Nobody to ask by machine."""
        return []

    def received_through(self, subject: str) -> int | None:
        """A portal keeps no count."""
        return None

    def key_document(self) -> Signed:
        """A portal signs nothing, so there is no key."""
        raise Later("a portal has no key")
