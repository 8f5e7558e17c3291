"""The keys of documents are wrapped under the key ring; the files themselves stay as they are."""

from __future__ import annotations

from lindung.access.renewing import Rotation
from lindung.documents import sealing
from lindung.documents.models import Content
from lindung.kernel.secrets import Keyring


def _renew(ring: Keyring, row: Content) -> bool:
    wrapped = bytes(row.wrapped_key)
    # Empty: the contents were destroyed.
    if not wrapped or ring.is_current(wrapped):
        return False
    row.wrapped_key = sealing.rewrap(ring, row.document_id, wrapped)
    return True


ROTATIONS = (Rotation("keys of documents", Content, ("wrapped_key",), _renew),)
