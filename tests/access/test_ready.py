"""A question composed once gives what the query gives; a change and an insert do what Django's do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import DateField, OuterRef, Subquery
from django.db.models.functions import Greatest

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry, Jurisdiction, OnceKey, Post
from lindung.access.ready import Change, Given, Question, add, add_once
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.registry.models import Fact, Worker, WorkerState
from tests import cast
from tests.conftest import Scene

pytestmark = pytest.mark.django_db

BY_ID = Question(lambda: Worker.objects.filter(id=Given("id")).select_related("state"))
NOBODY = UUID(int=0)


@pytest.fixture(autouse=True)
def _posts(scene: Scene) -> None:
    with scene():
        cast.posts()


@pytest.fixture
def siti() -> Iterator[Worker]:
    who = cast.worker()
    with acting_as(ROBOT):
        yield who


def columns(row: object) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


class TestAQuestion:
    def test_gives_the_rows_of_its_query_with_what_they_join(self, siti: Worker) -> None:
        found = BY_ID.first(id=siti.id)
        plain = Worker.objects.select_related("state").get(id=siti.id)
        assert found is not None
        assert columns(found) == columns(plain)
        assert columns(found.state) == columns(plain.state)
        assert found == plain

    def test_is_asked_again_with_other_values(self, siti: Worker) -> None:
        other = cast.worker(full_name="Ani")
        assert [BY_ID.first(id=each.id) for each in (siti, other)] == [siti, other]
        assert BY_ID.first(id=NOBODY) is None
        assert BY_ID.all(id=NOBODY) == []

    def test_needs_every_value(self) -> None:
        with pytest.raises(KeyError):
            BY_ID.first()

    def test_leaves_the_answer_to_the_policies(self, siti: Worker) -> None:
        with acting_as(cast.self_of(NOBODY)):
            assert BY_ID.first(id=siti.id) is None
        with acting_as(cast.self_of(siti.id)):
            assert BY_ID.first(id=siti.id) == siti

    def test_reads_values_as_their_fields_do(self, siti: Worker) -> None:
        facts = Question(lambda: Fact.objects.filter(worker_id=Given("worker"), current=True))
        plain = list(Fact.objects.filter(worker_id=siti.id, current=True))
        assert [columns(each) for each in facts.all(worker=siti.id)] == list(map(columns, plain))

    def test_brings_what_it_annotates_and_defers_the_rest(self, siti: Worker) -> None:
        zone = Post.objects.filter(id=OuterRef("post_id")).values("timezone")
        asked = Question(
            lambda: (
                Worker.objects.filter(id=Given("id")).only("region").annotate(zone=Subquery(zone))
            )
        )
        found = asked.first(id=siti.id)
        plain = Worker.objects.only("region").annotate(zone=Subquery(zone)).get(id=siti.id)
        assert found is not None
        assert columns(found) == columns(plain)
        assert found.get_deferred_fields() == plain.get_deferred_fields()


class TestAChange:
    LATEST = Change(
        lambda: WorkerState.objects.filter(worker_id=Given("worker")),
        confirmed_on=Greatest("confirmed_on", Given("on", DateField())),
    )

    @pytest.mark.parametrize("days", [(3, 9), (9, 3)])
    def test_changes_what_its_values_say(self, siti: Worker, days: tuple[int, int]) -> None:
        for day in days:
            assert self.LATEST.make(worker=siti.id, on=date(2026, 3, day)) == 1
        assert WorkerState.objects.get(worker=siti).confirmed_on == date(2026, 3, 9)

    def test_says_that_it_changed_nothing(self, siti: Worker) -> None:
        assert self.LATEST.make(worker=NOBODY, on=cast.TODAY) == 0
        with acting_as(cast.self_of(NOBODY)):
            assert self.LATEST.make(worker=siti.id, on=cast.TODAY) == 0


class TestAnInsert:
    def test_writes_what_saving_writes(self, siti: Worker) -> None:
        entry = JournalEntry.objects.filter(worker_id=siti.id).earliest("at")
        again = JournalEntry(**{**columns(entry), "id": new_id()})  # type: ignore[arg-type]
        add(again)
        assert not again._state.adding
        kept = JournalEntry.objects.get(id=again.id)
        assert columns(kept) | {"id": entry.id} == columns(entry)

    def test_refuses_a_key_that_is_taken(self, siti: Worker) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            add(WorkerState(worker=siti))

    def test_is_made_once_where_asked_so(self) -> None:
        with acting_as(cast.ATTACHE):
            key = OnceKey(actor_id=cast.ATTACHE.id, key=new_id(), status=303, location="/a/")
            other = OnceKey(actor_id=key.actor_id, key=key.key, status=303, location="/b/")
            assert [add_once(key), add_once(other)] == [True, False]
            assert OnceKey.objects.get(key=key.key).location == "/a/"

    def test_is_held_by_the_policies(self) -> None:
        with acting_as(cast.ATTACHE), pytest.raises(ProgrammingError), transaction.atomic():
            add(OnceKey(actor_id=NOBODY, key=new_id(), status=303, location=""))

    def test_is_not_for_tables_that_number_their_rows(self) -> None:
        with pytest.raises(TypeError, match="save"):
            add(Jurisdiction(post_id=cast.SEOUL, country="KR", valid_from=cast.TODAY))
