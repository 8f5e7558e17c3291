"""Messages lie sealed under the key ring, ours and theirs; see :mod:`lindung.access.renewing`."""

from __future__ import annotations

from lindung.access.renewing import Rotation
from lindung.access.sealed import is_stale
from lindung.exchange.models import Incoming, Outgoing
from lindung.kernel.secrets import Keyring


def _renew(ring: Keyring, row: Outgoing | Incoming) -> bool:
    # Saving seals anew, so whether it must be is all there is to say.
    return is_stale(ring, row.raw)


ROTATIONS = (
    Rotation("messages sent", Outgoing, ("raw",), _renew),
    Rotation("messages received", Incoming, ("raw",), _renew),
)
