"""The digest tree over agreed records (§15): what a node of it is, and how one is grown.

Sixteen ways by the hexadecimal digits of a leaf's key. A node with at most ``BUCKET`` leaves is
a bucket and hashes them; any other hashes its sixteen children. So the digests of two trees are
alike exactly when their leaves are, however the trees came to be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

BUCKET = 64
WAYS = "0123456789abcdef"
EMPTY = bytes(32)
Leaf = tuple[bytes, bytes]  # key, digest of the record


@dataclass(frozen=True, slots=True)
class Node:
    """One node; ``children`` are the sixteen digests one after another, empty for a bucket."""

    prefix: str
    count: int
    digest: bytes
    children: bytes = b""

    def child(self, way: str) -> bytes:
        """The digest of one child."""
        at = WAYS.index(way) * 32
        return self.children[at : at + 32]


def bucket(prefix: str, leaves: Sequence[Leaf]) -> Node:
    """The node of a few leaves, which come in the order of their keys."""
    if not leaves:
        return Node(prefix, 0, EMPTY)
    joined = b"".join(key + leaf for key, leaf in leaves)
    return Node(prefix, len(leaves), hashlib.sha256(b"\x01" + joined).digest())


def inner(prefix: str, children: bytes, count: int) -> Node:
    """The node over sixteen children."""
    return Node(prefix, count, hashlib.sha256(b"\x02" + children).digest(), children)


def grow(prefix: str, leaves: Sequence[Leaf]) -> Iterator[Node]:
    """The nodes below and at ``prefix``, children before parents; empty ones are left out.

    Args:
        leaves: all leaves below the prefix, in the order of their keys.
    """
    if len(leaves) <= BUCKET:
        if leaves:
            yield bucket(prefix, leaves)
        return
    below: dict[str, bytes] = {}
    for way, part in _split(len(prefix), leaves):
        for node in grow(prefix + way, part):
            yield node
            if len(node.prefix) == len(prefix) + 1:
                below[way] = node.digest
    yield inner(prefix, b"".join(below.get(way, EMPTY) for way in WAYS), len(leaves))


def bounds(prefix: str) -> tuple[bytes, bytes]:
    """The lowest and the highest key below a prefix."""
    return bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))


def paths(keys: Iterable[bytes], depth: int) -> set[str]:
    """Every prefix of the keys down to ``depth`` digits."""
    return {key.hex()[:length] for key in keys for length in range(depth + 1)}


def _split(depth: int, leaves: Sequence[Leaf]) -> Iterator[tuple[str, Sequence[Leaf]]]:
    start, way = 0, _way(depth, leaves[0])
    for at, leaf in enumerate(leaves):
        if (other := _way(depth, leaf)) != way:
            yield way, leaves[start:at]
            start, way = at, other
    yield way, leaves[start:]


def _way(depth: int, leaf: Leaf) -> str:
    half = leaf[0][depth // 2]
    return WAYS[half & 15 if depth % 2 else half >> 4]
