"""The key of an item on the phone, short enough for a text message: 26 letters of Crockford's Base32.

A UUID has 128 bits, 26 letters hold 130: the two highest are nought. The alphabet has no I, L, O and
U, and what is typed for them is understood. Source: D. Crockford, "Base 32".
"""

from __future__ import annotations

from uuid import UUID

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)} | {"O": 0, "I": 1, "L": 1}
_LENGTH = 26


def write(key: UUID) -> str:
    """The 26 letters of a key."""
    number = key.int
    letters = []
    for _each in range(_LENGTH):
        number, value = divmod(number, 32)
        letters.append(_LETTERS[value])
    return "".join(reversed(letters))


def read(text: str) -> UUID | None:
    """The key again, or ``None`` for what is none."""
    if len(text) != _LENGTH:
        return None
    number = 0
    for letter in text.upper():
        if (value := _VALUES.get(letter)) is None:
            return None
        number = number * 32 + value
    return UUID(int=number) if number < 1 << 128 else None
