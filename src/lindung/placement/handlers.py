"""What placement tells the register when it asks."""

from __future__ import annotations

from uuid import UUID

from lindung.placement.queries import live_placement
from lindung.registry.merging import counts_as_under_way


@counts_as_under_way
def is_in_a_placement(worker_id: UUID) -> bool:
    """Whether a placement of this person is under way."""
    return live_placement(worker_id) is not None
