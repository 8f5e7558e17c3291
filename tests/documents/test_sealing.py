"""Files at rest: whatever goes in comes out, and nothing that was changed does."""

from __future__ import annotations

import os
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lindung.documents import sealing
from lindung.documents.sealing import CHUNK
from lindung.kernel.secrets import CannotOpen, Keyring

ID = UUID("00000000-0000-7000-8000-00000000000a")
KEY = bytes(range(32))
SIZES = st.one_of(
    st.integers(0, 300),
    st.sampled_from([CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7]),
)


def sealed(data: bytes, *, key: bytes = KEY, of: UUID = ID) -> bytes:
    return b"".join(sealing.encrypt(BytesIO(data), key, of))


def opened(data: bytes, *, key: bytes = KEY, of: UUID = ID) -> bytes:
    return b"".join(sealing.decrypt(BytesIO(data), key, of))


@given(data=st.binary(max_size=2_000), size=SIZES)
@settings(max_examples=60, deadline=None)
def test_whatever_goes_in_comes_out(data: bytes, size: int) -> None:
    whole = data + b"\xa5" * size
    assert opened(sealed(whole)) == whole


@given(size=SIZES, cut=st.integers(1, 3 * CHUNK))
@settings(max_examples=60, deadline=None)
def test_a_file_cut_short_anywhere_does_not_open(size: int, cut: int) -> None:
    whole = sealed(b"\x5a" * size)
    with pytest.raises(CannotOpen):
        opened(whole[: -min(cut, len(whole))])


@given(size=st.integers(0, 300), at=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(max_examples=80, deadline=None)
def test_one_changed_bit_anywhere_does_not_open(size: int, at: int, bit: int) -> None:
    whole = bytearray(sealed(b"\x5a" * size))
    whole[at % len(whole)] ^= 1 << bit
    with pytest.raises(CannotOpen):
        opened(bytes(whole))


def test_cut_exactly_between_chunks_does_not_open() -> None:
    whole = sealed(b"a" * (2 * CHUNK))
    with pytest.raises(CannotOpen):
        opened(whole[: 11 + CHUNK + 16])


def test_swapped_or_added_chunks_do_not_open() -> None:
    whole, step = sealed(os.urandom(3 * CHUNK)), CHUNK + 16
    head, one, two, rest = (
        whole[:11],
        whole[11:][:step],
        whole[11 + step :][:step],
        whole[11 + 2 * step :],
    )
    for wrong in (
        head + two + one + rest,
        head + one + rest,
        whole + rest,
        head + one + one + two + rest,
    ):
        with pytest.raises(CannotOpen):
            opened(wrong)


def test_another_document_or_another_key_does_not_open() -> None:
    whole = sealed(b"secret")
    with pytest.raises(CannotOpen):
        opened(whole, of=uuid4())
    with pytest.raises(CannotOpen):
        opened(whole, key=os.urandom(32))
    assert b"secret" not in whole


def test_a_key_is_wrapped_for_one_document_and_wrapped_anew_under_a_new_ring_key() -> None:
    old = (1, b"a" * 32, b"b" * 32)
    ring = Keyring([old], current=1)
    wrapped = sealing.wrap(ring, ID, KEY)
    with pytest.raises(CannotOpen):
        sealing.unwrap(ring, uuid4(), wrapped)
    later = Keyring([old, (2, b"c" * 32, b"d" * 32)], current=2)
    anew = sealing.rewrap(later, ID, wrapped)
    alone = Keyring([(2, b"c" * 32, b"d" * 32)], current=2)
    assert sealing.unwrap(alone, ID, anew) == KEY
    with pytest.raises(CannotOpen):
        sealing.unwrap(later, ID, b"")
