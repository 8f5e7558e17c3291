"""What several operations on lists share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from lindung.access.actors import Actor
from lindung.intake.lifecycles import BATCH, BatchState
from lindung.intake.models import Batch
from lindung.kernel.refusals import NotFound

# The jobs, as ``tasks.py`` names them.
READ_JOB, TAKE_JOB = "intake.read_list", "intake.take_rows"


def locked(batch_id: UUID) -> Batch:
    """The list, held until the end of the transaction: two jobs on one list work one after another.

    Raises:
        NotFound: no such list, or none this actor may see.
    """
    found = Batch.objects.select_for_update().filter(id=batch_id).first()
    if found is None:
        raise NotFound
    return found


def step(batch: Batch, name: str) -> None:
    """Take a step of the lifecycle, unsaved.

    Raises:
        StepClosed: it is not open from the list's state.
    """
    batch.state = BATCH.take(name, BatchState(batch.state))


def scope_of(actor: Actor) -> dict[str, Any]:
    """Whose list it is: the agency's, the office's by its first region, or the ministry's."""
    return {
        "agency_id": actor.agency,
        "region": actor.regions[0] if actor.regions else "",
    }
