"""Keys of older systems are sealed under the key ring; see :mod:`lindung.access.renewing`."""

from __future__ import annotations

from lindung.access.renewing import Rotation
from lindung.changeover.models import Link
from lindung.kernel.secrets import Keyring


def _renew(ring: Keyring, row: Link) -> bool:
    if ring.is_current(bytes(row.sealed)):
        return False
    row.sealed, row.key = ring.renewed(row.about, bytes(row.sealed))
    return True


ROTATIONS = (Rotation("keys of older systems", Link, ("sealed", "key"), _renew),)
