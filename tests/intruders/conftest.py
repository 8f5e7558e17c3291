"""One scene for all who try: built once for a file, undone after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.intruders.roles import COMERS, Comer
from tests.intruders.tries import noting_refusals
from tests.intruders.worlds import World, build


@pytest.fixture(scope="module")
def worlds(shipped: None, django_db_blocker: Any) -> Iterator[tuple[World, World]]:
    """The world here and the world there, in a transaction that is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def comers(worlds: tuple[World, World]) -> Iterator[list[Comer]]:
    """Everyone who comes to a door, each signed in here; their refusals are noted."""
    with pytest.MonkeyPatch.context() as patch, noting_refusals(patch):
        yield [Comer(name, worlds[0]) for name in COMERS]
