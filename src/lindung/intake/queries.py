"""Everything asked about lists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from lindung.access.secrets import keyring
from lindung.intake.lifecycles import UNDER_WAY
from lindung.intake.models import Batch, Row
from lindung.kernel.refusals import NotFound
from lindung.kernel.secrets import Keyring
from lindung.registry.models import Worker

# Kinds under which a line and its key are sealed.
WORDS, KEY = "intake-line", "intake-key"
# Rows on a page.
PAGE = 200


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


def standing_still(*, before: datetime) -> list[Batch]:
    """Lists that a job ought to be at work on, and none came forward since."""
    return list(Batch.objects.filter(state__in=UNDER_WAY, moved_at__lt=before))


def rows(
    batch_id: UUID, *, with_problems: bool = False, after: int = 0, most: int = PAGE
) -> list[Row]:
    """Rows of a list in its order.

    Args:
        with_problems: those alone that have one.
        after: those alone behind this line of the file.
    """
    query = Row.objects.filter(batch_id=batch_id, line__gt=after)
    if with_problems:
        query = query.exclude(problems=[])
    return list(query.order_by("line")[:most])


def every_row_with_problems(batch_id: UUID) -> Iterator[Row]:
    """All of them in the order of the list, read page by page."""
    after = 0
    while found := rows(batch_id, with_problems=True, after=after, most=2_000):
        yield from found
        after = found[-1].line


def public_numbers(rows: Sequence[Row]) -> dict[UUID, str]:
    """Of the people these rows became, as far as this actor sees them."""
    ids = [each.worker_id for each in rows if each.worker_id is not None]
    return dict(Worker.objects.filter(id__in=ids).values_list("id", "public_number"))


def words(row: Row, ring: Keyring | None = None) -> dict[str, str]:
    """The words of a line as they came, by column; whoever reads many hands in the key ring."""
    found: dict[str, str] = json.loads((ring or keyring()).open(WORDS, bytes(row.sealed)))
    return found
