"""Identity numbers are sealed under the key ring; see :mod:`lindung.access.renewing`."""

from __future__ import annotations

from lindung.access.renewing import Rotation
from lindung.kernel.secrets import Keyring
from lindung.registry.models import Identifier


def _renew(ring: Keyring, row: Identifier) -> bool:
    if ring.is_current(bytes(row.cipher)):
        return False
    row.cipher, row.blind = ring.renewed(row.kind, bytes(row.cipher))
    return True


ROTATIONS = (Rotation("identity numbers", Identifier, ("cipher", "blind"), _renew),)
