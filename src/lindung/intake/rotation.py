"""Lines of lists, their blind keys, and files that wait to be read are sealed under the key ring."""

from __future__ import annotations

import json

from lindung.access.renewing import Rotation
from lindung.documents import sealing
from lindung.intake import queries
from lindung.intake.models import Batch, Row
from lindung.intake.understanding import key_of, sender
from lindung.kernel.secrets import Keyring


def _renew_row(ring: Keyring, row: Row) -> bool:
    if ring.is_current(bytes(row.sealed)):
        return False
    words = ring.open(queries.WORDS, bytes(row.sealed))
    row.sealed = ring.seal(queries.WORDS, words).cipher
    # Both columns belong to one key: a line sent again is looked for under every key of the ring.
    row.key = ring.seal(queries.KEY, key_of(json.loads(words), office=sender(row.scope()))).blind
    return True


def _renew_file(ring: Keyring, batch: Batch) -> bool:
    wrapped = bytes(batch.wrapped_key or b"")
    if not wrapped or ring.is_current(wrapped):
        return False
    batch.wrapped_key = sealing.rewrap(ring, batch.id, wrapped)
    return True


ROTATIONS = (
    Rotation("lines of lists", Row, ("sealed", "key"), _renew_row),
    Rotation("lists that wait to be read", Batch, ("wrapped_key",), _renew_file),
)
