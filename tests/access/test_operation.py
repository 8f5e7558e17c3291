"""``@operation``: a right, an actor, one transaction."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection

from lindung.access.acting import acting_as, current_actor
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.models import JournalEntry
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import Conflict, NotAllowed, NotFound
from lindung.registry.events import TaskOpened
from lindung.registry.models import Worker
from lindung.registry.operations import update
from tests.access.cast import ANA, ATTACHE_SEOUL, ATTACHE_TAIPEI, BUDI, STRANGER, row_of
from tests.conftest import Scene

pytestmark = pytest.mark.django_db


@operation(Right.WORKER_UPDATE)
def rename(actor: Actor, worker_id: UUID, *, to: str, refuse: bool = False) -> str:
    """Rename somebody, and perhaps think better of it."""
    assert current_actor() is actor
    Worker.objects.filter(id=worker_id).update(full_name=to)
    record(TaskOpened(kind="x", title=to), actor=actor)
    if refuse:
        raise Conflict
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchone()[0])


@pytest.fixture(autouse=True)
def people(scene: Scene) -> None:
    with scene():
        for person in (ANA, BUDI, STRANGER):
            row_of(Worker, person)


def names() -> set[str]:
    with acting_as(ROBOT):
        return set(Worker.objects.values_list("full_name", flat=True))


class TestAnOperation:
    def test_runs_as_its_actor(self) -> None:
        assert rename(ATTACHE_SEOUL, ANA.id, to="Ana Baru") == "acts_as_post"
        assert "Ana Baru" in names()

    def test_is_not_allowed_without_the_right(self) -> None:
        who = replace(ATTACHE_SEOUL, rights=ATTACHE_SEOUL.rights - {Right.WORKER_UPDATE})
        with pytest.raises(NotAllowed) as refusal:
            rename(who, ANA.id, to="Ana Baru")
        assert refusal.value.facts["right"] == "registry:worker:update"
        assert "Ana Baru" not in names()

    def test_is_judged_by_its_own_actor_and_not_by_the_outer_one(self) -> None:
        with acting_as(ROBOT), pytest.raises(NotAllowed):
            rename(replace(ATTACHE_SEOUL, rights=frozenset()), ANA.id, to="Ana Baru")

    def test_undoes_all_it_wrote_when_it_refuses(self) -> None:
        with pytest.raises(Conflict):
            rename(ATTACHE_SEOUL, ANA.id, to="Ana Baru", refuse=True)
        assert "Ana Baru" not in names()
        with acting_as(ROBOT):
            assert not JournalEntry.objects.filter(payload__title="Ana Baru").exists()

    def test_a_refusal_within_leaves_the_outer_change(self) -> None:
        with acting_as(ATTACHE_SEOUL):
            rename(ATTACHE_SEOUL, ANA.id, to="Ana Satu")
            with pytest.raises(Conflict):
                rename(ATTACHE_SEOUL, ANA.id, to="Ana Dua", refuse=True)
        assert {"Ana Satu"} <= names()
        assert "Ana Dua" not in names()

    def test_says_which_right_it_needs(self) -> None:
        assert rename.right is Right.WORKER_UPDATE  # type: ignore[attr-defined]
        assert rename.__doc__ == "Rename somebody, and perhaps think better of it."


class TestHiddenAndMissing:
    @pytest.mark.parametrize("target", [BUDI.id, STRANGER.id, UUID(int=7)])
    def test_are_one_answer(self, target: UUID) -> None:
        with pytest.raises(NotFound) as refusal:
            update(ATTACHE_SEOUL, target, version=1, changes={"call_name": "x"})
        assert refusal.value.problem() == NotFound().problem()

    def test_each_attache_changes_their_own(self) -> None:
        for who, person in ((ATTACHE_SEOUL, ANA), (ATTACHE_TAIPEI, BUDI)):
            assert update(who, person.id, version=1, changes={"call_name": "x"}).version == 2
