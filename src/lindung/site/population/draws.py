"""Random draws in whole columns: the same seed, batch and topic always give the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Words = NDArray[np.bytes_]

# Each topic has its own stream, so that a new draw in one leaves the others as they were.
_TOPICS = ("world", "people", "placements", "states", "troubles", "ids", "identifiers", "contracts",
           "households", "earlier", "phones", "employments", "check-ins", "cases", "returns")  # fmt: skip


def stream(seed: int, batch: int, topic: str) -> np.random.Generator:
    """The random numbers of one topic of one batch."""
    return np.random.Generator(np.random.SFC64([seed, batch, _TOPICS.index(topic)]))


class Weighted:
    """Rows of weights over the same number of columns; draws a column for each given row.

    Memory is one float a weight; a draw is one binary search over all rows together.
    """

    def __init__(self, weights: NDArray[Any]) -> None:
        """`weights`: rows x columns, not negative, each row with a positive sum."""
        table = np.atleast_2d(np.asarray(weights, dtype=np.float64))
        cumulated = np.cumsum(table, axis=1)
        cumulated /= cumulated[:, -1:]
        self._columns = table.shape[1]
        self._flat = (cumulated + np.arange(len(table))[:, None]).ravel()

    def draw(self, rng: np.random.Generator, rows: Ints | int, size: int) -> Ints:
        """For each of `size` rows (or one row for all) the drawn column."""
        at = np.asarray(rows) + rng.random(size)
        found = np.searchsorted(self._flat, at, side="right")
        return np.asarray(found - np.asarray(rows) * self._columns, dtype=np.int64)


class Pools:
    """Lists of different lengths laid end to end; draws one entry of each given list, evenly."""

    def __init__(self, lengths: Sequence[int]) -> None:
        """`lengths`: entries of each list; a list may be empty, a draw from it gives -1."""
        self._lengths = np.asarray(lengths, dtype=np.int64)
        self._starts = np.concatenate(([0], np.cumsum(self._lengths)[:-1])).astype(np.int64)

    def draw(self, rng: np.random.Generator, lists: Ints) -> Ints:
        """For each list number the position of an entry in all lists laid end to end, or -1."""
        lengths = self._lengths[lists]
        chosen = self._starts[lists] + (rng.random(len(lists)) * lengths).astype(np.int64)
        return np.where(lengths > 0, chosen, -1)


def ids(rng: np.random.Generator, at_ms: Ints) -> Bytes:
    """UUIDs version 7 (RFC 9562) for instants in milliseconds since 1970: rows of 16 bytes."""
    made: Bytes = rng.integers(0, 256, size=(len(at_ms), 16), dtype=np.uint8)
    made[:, :6] = at_ms.astype(">i8").view(np.uint8).reshape(-1, 8)[:, 2:]
    made[:, 6] = 0x70 | (made[:, 6] & 0x0F)
    made[:, 8] = 0x80 | (made[:, 8] & 0x3F)
    return made


def digits(numbers: Ints, width: int) -> Words:
    """Numbers as decimal text of a fixed width, zeros before: an array of byte strings."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    text = (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)
    return np.ascontiguousarray(text).view(f"S{width}").ravel()


def plain(numbers: Ints) -> Words:
    """Numbers that are not negative as decimal text without zeros before."""
    unique, position = np.unique(numbers, return_inverse=True)
    return np.asarray(unique.astype(np.int64).astype("S20")[position])
