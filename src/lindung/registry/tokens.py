"""The search words of a person, kept beside the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lindung.access.acting import acting_as
from lindung.access.many import insert_columns
from lindung.access.roles import ROBOT
from lindung.kernel import names
from lindung.registry.models import Worker, WorkerToken

_COLUMNS = ("worker_id", "token", "post_id", "agency_id", "region")


def write_tokens(worker: Worker) -> None:
    """Write the search words anew: of the present names, and of every entry merged into this one.

    An entry that is an alias has none: who searches for its name finds the kept person.
    """
    WorkerToken.objects.filter(worker_id=worker.id).delete()
    if worker.merged_into_id is not None:
        return
    words = dict.fromkeys(names.tokens(f"{worker.full_name} {worker.call_name}"))
    if worker.aliases:
        with acting_as(ROBOT):  # aliases are in nobody's scope
            for alias in Worker.objects.filter(id__in=worker.aliases).order_by("id"):
                words |= dict.fromkeys(names.tokens(f"{alias.full_name} {alias.call_name}"))
    _write([(worker, words)])


def write_first_tokens(workers: Sequence[Worker]) -> None:
    """Write the search words of people who have none yet."""
    _write([(each, names.tokens(f"{each.full_name} {each.call_name}")) for each in workers])


def _write(found: Sequence[tuple[Worker, Iterable[str]]]) -> None:
    rows = [
        (worker.id, token, worker.post_id, worker.agency_id, worker.region)
        for worker, words in found
        for token in dict.fromkeys(word[:40] for word in words)
    ]
    if rows:
        columns = map(list, zip(*rows, strict=True))
        insert_columns(WorkerToken, dict(zip(_COLUMNS, columns, strict=True)))
