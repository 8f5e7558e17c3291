"""Whole columns into PostgreSQL's binary COPY format, without a loop over rows.

A column is a list of byte matrices laid side by side, each with a mask of the bytes that count; all
columns' matrices together, read row by row where the mask holds, are the rows on the wire.

Source: PostgreSQL documentation, COPY, "Binary Format"; the types' send and receive functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindung.site.population.draws import Bytes, Flags, Ints, Words

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
EPOCH_DAYS = 10957  # PostgreSQL counts days from 2000-01-01, we from 1970-01-01
NONE = np.int64(-(2**62))  # a day or instant that is not there

Piece = bytes | Words
# A matrix of bytes, and which of them count (None: all).
_Block = tuple[Bytes, Flags | None]
Column = list[_Block]


def encode(columns: Sequence[Column], rows: int) -> bytes:
    """The rows of one table, without header and trailer; nothing for no rows."""
    if rows == 0:
        return b""
    count = np.frombuffer(len(columns).to_bytes(2, "big"), np.uint8)
    blocks: list[_Block] = [(np.broadcast_to(count, (rows, 2)), None)]
    for column in columns:
        blocks.extend(column)
    width = sum(matrix.shape[1] for matrix, _ in blocks)
    whole = np.empty((rows, width), np.uint8)
    kept = np.ones((rows, width), np.bool_)
    at = 0
    for matrix, mask in blocks:
        upto = at + matrix.shape[1]
        whole[:, at:upto] = matrix
        if mask is not None:
            kept[:, at:upto] = mask
        at = upto
    return whole[kept].tobytes()


def fixed(data: Bytes, absent: Flags | None = None) -> Column:
    """A value of fixed width, given as bytes on the wire; `absent` rows are NULL."""
    rows, width = data.shape
    length = np.full(rows, width, ">i4")
    if absent is None:
        return [(_bytes_of(length), None), (data, None)]
    length[absent] = -1
    present = np.broadcast_to(~absent[:, None], data.shape)
    return [(_bytes_of(length), None), (data, present)]


def numbers(values: Ints, kind: str, absent: Flags | None = None) -> Column:
    """Whole numbers as ``i2``, ``i4`` or ``i8``."""
    return fixed(_bytes_of(values.astype(f">{kind}")), absent)


def flags(values: Flags) -> Column:
    """Booleans."""
    return fixed(values.astype(np.uint8)[:, None])


def days(values: Ints) -> Column:
    """Dates, given in days since 1970; NONE is NULL."""
    absent = values == NONE
    return numbers(np.where(absent, 0, values - EPOCH_DAYS), "i4", absent)


def instants(values: Ints) -> Column:
    """Instants, given in seconds since 1970; NONE is NULL."""
    absent = values == NONE
    return numbers(np.where(absent, 0, (values - EPOCH_DAYS * 86400) * 1_000_000), "i8", absent)


def text(rows: int, *pieces: Piece, before: bytes = b"") -> Column:
    """Text put together from constants and columns of byte strings."""
    blocks: list[_Block] = []
    length = np.zeros(rows, np.int64)
    for piece in (before, *pieces):
        if isinstance(piece, bytes):
            if piece:
                constant = np.frombuffer(piece, np.uint8)
                blocks.append((np.broadcast_to(constant, (rows, len(piece))), None))
                length += len(piece)
            continue
        matrix = matrix_of(piece)
        mask = matrix != 0
        blocks.append((matrix, mask))
        length += mask.sum(axis=1)
    return [(_bytes_of(length.astype(">i4")), None), *blocks]


def json(rows: int, *pieces: Piece) -> Column:
    """jsonb, given as text; the first byte is the version of the format."""
    return text(rows, *pieces, before=b"\x01")


def matrix_of(words: Words) -> Bytes:
    """Byte strings as a matrix, filled up with zeros."""
    packed = np.ascontiguousarray(words)
    return packed.view(np.uint8).reshape(len(packed), packed.dtype.itemsize)


def taken(column: Column, rows: Flags | Ints) -> Column:
    """The same column for some of the rows."""
    return [(matrix[rows], None if mask is None else mask[rows]) for matrix, mask in column]


def _bytes_of(values: NDArray[Any]) -> Bytes:
    packed = np.ascontiguousarray(values)
    return packed.view(np.uint8).reshape(len(packed), packed.dtype.itemsize)
