"""Why a message cannot be taken: the protocol's reason codes (§6)."""

from __future__ import annotations


class Unacceptable(Exception):
    """A message is refused.

    Attributes:
        code: one of the protocol's reasons.
        note: words for people; names places in the message, never its values.
    """

    def __init__(self, code: str, note: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.note = note[:300]
