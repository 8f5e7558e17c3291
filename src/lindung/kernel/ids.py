"""Identifiers made in the application: UUID version 7 (RFC 9562)."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7; ids made later sort later, to the millisecond."""
    return uuid7()
