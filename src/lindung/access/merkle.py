"""Merkle trees over leaves of 32 bytes (RFC 6962 section 2.1): root, branches, path.

The roots of every ``BRANCH`` leaves are kept with a seal. A path then takes the leaves of one branch
and the other branches' roots, instead of all that the seal covers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

BRANCH = 1_024  # leaves under one branch; a power of two, so that both trees pair alike

_NODE = b"\x01"  # so that a node is never taken for a leaf


def root(leaves: Iterable[bytes]) -> bytes:
    """The root of the leaves; SHA-256 of nothing for none."""
    level = list(leaves)
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        level = _above(level)
    return level[0]


def branches(leaves: Sequence[bytes]) -> list[bytes]:
    """The roots of every ``BRANCH`` leaves; their root is that of the leaves."""
    return [root(leaves[at : at + BRANCH]) for at in range(0, len(leaves), BRANCH)]


def path(leaves: Sequence[bytes], place: int) -> list[dict[str, str]]:
    """The digests beside the way from the leaf at ``place`` to the root, from below.

    Returns:
        Steps of ``side`` (``left`` or ``right``) and ``digest`` in hex.
    """
    steps = []
    level = list(leaves)
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            side = "left" if beside < place else "right"
            steps.append({"side": side, "digest": level[beside].hex()})
        level = _above(level)
        place //= 2
    return steps


def _above(level: list[bytes]) -> list[bytes]:
    sha256 = hashlib.sha256
    paired = [
        sha256(_NODE + left + right).digest()
        for left, right in zip(level[::2], level[1::2], strict=False)
    ]
    # An odd one out moves up unchanged, as in RFC 6962.
    return paired if len(level) % 2 == 0 else [*paired, level[-1]]
