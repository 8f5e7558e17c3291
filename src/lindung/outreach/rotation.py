"""Raw messages, what came with them, and senders' addresses are sealed under the key ring."""

from __future__ import annotations

from lindung.access.renewing import Rotation
from lindung.documents import sealing
from lindung.kernel.secrets import Keyring
from lindung.outreach import addresses
from lindung.outreach.models import Medium, Received, Sender


def _renew_key(ring: Keyring, row: Received | Medium) -> bool:
    wrapped = bytes(row.wrapped_key)
    # Empty: it was refused at the door, or is still to be fetched.
    if not wrapped or ring.is_current(wrapped):
        return False
    row.wrapped_key = sealing.rewrap(ring, row.id, wrapped)
    return True


def _renew_sender(ring: Keyring, row: Sender) -> bool:
    if ring.is_current(bytes(row.cipher)):
        return False
    kind = f"{addresses.SEALED_AS}:{row.kind}"
    value = ring.open(kind, bytes(row.cipher))
    row.cipher = ring.seal(kind, value).cipher
    row.blind = ring.seal(row.kind, value).blind
    return True


ROTATIONS = (
    Rotation("raw messages", Received, ("wrapped_key",), _renew_key),
    Rotation("what came with messages", Medium, ("wrapped_key",), _renew_key),
    Rotation("senders", Sender, ("cipher", "blind"), _renew_sender),
)
