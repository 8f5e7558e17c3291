"""The quota under concurrency: fifty at once, each on a connection of its own, all committed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection, connections

from lindung.access.acting import acting_as
from lindung.placement.models import Placement
from lindung.recruitment import operations
from lindung.recruitment.models import Agreement, JobOrder, Place
from lindung.reference import queries as reference
from tests import cast
from tests.conftest import owner_sets_the_scene
from tests.recruitment import people
from tests.recruitment.people import NOW, TODAY

ALL, QUOTA = 50, 20


@pytest.fixture
def committed(transactional_db: None, shipped: None) -> Iterator[None]:
    with owner_sets_the_scene():
        cast.posts()
        people.parties()
    yield
    reference.forget()


def at_once(act: Callable[[UUID], object], keys: Sequence[UUID]) -> Counter[str]:
    """Do it for every key at the same instant; how often it was done, and why it was not."""
    gate = threading.Barrier(len(keys))
    used: set[int] = set()

    def one(key: UUID) -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                used.add(cursor.fetchone()[0])
            gate.wait(timeout=60)
            act(key)
        except operations.QuotaFull:
            return "full"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(keys)) as threads:
        counted = Counter(threads.map(one, keys))
    assert len(used) == len(keys)
    return counted


def test_fifty_endorsements_against_a_quota_of_twenty_are_twenty(committed: None) -> None:
    under = people.in_force(quota=QUOTA)
    papers = [people.checked(under, quota=1).id for _ in range(ALL)]
    counted = at_once(
        lambda key: operations.endorse(cast.ATTACHE, "order", key, at=NOW, on=TODAY), papers
    )
    assert counted == {"done": QUOTA, "full": ALL - QUOTA}
    with acting_as(cast.MINISTRY):
        assert Agreement.objects.get(id=under.id).endorsed == QUOTA
        assert JobOrder.objects.filter(state="endorsed").count() == QUOTA


def test_fifty_candidates_for_twenty_places_are_twenty(committed: None) -> None:
    made = people.open_order(under=people.in_force(quota=QUOTA), quota=QUOTA)
    persons = {each.id: each for each in (people.candidate() for _ in range(ALL))}
    counted = at_once(lambda key: people.placed(made, persons[key]), list(persons))
    assert counted == {"done": QUOTA, "full": ALL - QUOTA}
    with acting_as(cast.MINISTRY):
        left = JobOrder.objects.get(id=made.id)
        assert (left.taken, left.taken_female) == (QUOTA, QUOTA)
        seats = Place.objects.filter(order=made).values_list("seat", flat=True)
        assert sorted(seats) == list(range(1, QUOTA + 1))
        # Who found no place was not placed either.
        assert Placement.objects.count() == QUOTA


def test_the_quota_would_be_exceeded_without_the_guard(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two above are worth something: counted by reading and writing, the database refuses."""
    from django.db import IntegrityError

    from lindung.recruitment.operations import places

    def careless(order: JobOrder, part: str) -> None:
        JobOrder.objects.filter(id=order.id).update(taken=order.quota + 1)

    made = people.open_order(quota=1)
    monkeypatch.setattr(places, "_count", careless)
    with pytest.raises(IntegrityError):
        people.placed(made)
