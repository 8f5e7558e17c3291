"""The search words of a person, kept beside the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lindung.access.acting import acting_as
from lindung.access.many import insert_all
from lindung.access.roles import ROBOT
from lindung.kernel import names
from lindung.registry.models import Worker, WorkerToken


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
    insert_all(list(_rows(worker, words)))


def write_first_tokens(workers: Sequence[Worker]) -> None:
    """Write the search words of people who have none yet."""
    insert_all([row for each in workers for row in tokens_of(each)])


def tokens_of(worker: Worker) -> Iterable[WorkerToken]:
    """The search words of a person's present names."""
    return _rows(worker, names.tokens(f"{worker.full_name} {worker.call_name}"))


def _rows(worker: Worker, words: Iterable[str]) -> Iterable[WorkerToken]:
    return (
        WorkerToken(
            worker_id=worker.id,
            token=token,
            post_id=worker.post_id,
            agency_id=worker.agency_id,
            region=worker.region,
        )
        for token in dict.fromkeys(word[:40] for word in words)
    )
