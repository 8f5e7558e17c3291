"""Everything asked about lists."""

from __future__ import annotations

import json
from collections import Counter
from uuid import UUID

from lindung.intake.models import Batch, Row
from lindung.kernel.refusals import NotFound
from lindung.registry.secrets import keyring

# Kinds under which a line and its key are sealed.
WORDS, KEY = "intake-line", "intake-key"


def batch(batch_id: UUID) -> Batch:
    """One list.

    Raises:
        NotFound: no such list, or none this actor may see.
    """
    found = Batch.objects.filter(id=batch_id).first()
    if found is None:
        raise NotFound
    return found


def batches() -> list[Batch]:
    """The newest lists of this actor's office."""
    return list(Batch.objects.all()[:30])


def rows(batch_id: UUID, *, with_problems: bool = False, most: int = 200) -> list[Row]:
    """The rows of a list in its order."""
    query = Row.objects.filter(batch_id=batch_id)
    if with_problems:
        query = query.exclude(problems=[])
    return list(query[:most])


def words(row: Row) -> dict[str, str]:
    """The words of a line as they came, by column."""
    found: dict[str, str] = json.loads(keyring().open(WORDS, bytes(row.sealed)))
    return found


def counts(batch_id: UUID) -> Counter[str]:
    """How many rows stand in each state; rows with problems count as ``wrong`` too."""
    made: Counter[str] = Counter()
    for state, problems in Row.objects.filter(batch_id=batch_id).values_list("state", "problems"):
        made[state] += 1
        made["wrong"] += bool(problems)
    return made
