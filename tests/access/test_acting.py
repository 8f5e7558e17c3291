"""``acting_as``: who acts, for one transaction and not a moment longer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from lindung.access import identity
from lindung.access.acting import acting_as, acting_within, current_actor
from lindung.access.actors import Actor
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NobodyActs, NotFound
from lindung.registry.models import Worker
from lindung.site.middleware import acting as middleware
from tests.access.cast import ACTORS, ANA, ATTACHE_SEOUL, ATTACHE_TAIPEI, BUDI, row_of
from tests.conftest import Scene

SCOPE = ("actor", "posts", "agency", "regions", "worker", "country")


def told() -> dict[str, str]:
    """What PostgreSQL has been told: the role and the scope."""
    with connection.cursor() as cursor:
        columns = ", ".join(f"current_setting('lindung.{name}', true)" for name in SCOPE)
        cursor.execute(f"select current_user, {columns}")
        row = cursor.fetchone()
    return dict(zip(("role", *SCOPE), (value or "" for value in row), strict=True))


class Broken(Exception):
    """Something went wrong in the block."""


@pytest.mark.django_db
class TestActingWithin:
    def test_becomes_somebody_and_gives_the_outer_actor_back(self, scene: Scene) -> None:
        with scene():
            for person in (ANA, BUDI):
                row_of(Worker, person)
        with acting_as(ATTACHE_SEOUL):
            before = told()
            with acting_within(ATTACHE_TAIPEI):
                assert [each.id for each in Worker.objects.all()] == [BUDI.id]
                assert current_actor() is ATTACHE_TAIPEI
            assert told() == before
            assert current_actor() is ATTACHE_SEOUL

    def test_begins_where_nobody_acts(self) -> None:
        with acting_within(ROBOT):
            assert told()["role"] == f"acts_as_{ROBOT.kind}"
        with pytest.raises(NobodyActs):
            current_actor()

    def test_gives_back_what_a_refusal_interrupts(self) -> None:
        with acting_as(ATTACHE_SEOUL):
            before = told()
            with pytest.raises(NotFound), acting_within(ROBOT):
                raise NotFound
            assert told() == before

    def test_leaves_a_broken_transaction_to_whoever_began_it(self) -> None:
        with acting_as(ATTACHE_SEOUL):
            before = told()
            with pytest.raises(ProgrammingError), transaction.atomic(), acting_within(ROBOT):
                with connection.cursor() as cursor:
                    cursor.execute("select no_such_function()")
            assert told() == before
            assert current_actor() is ATTACHE_SEOUL

    def test_costs_no_question_of_its_own(
        self, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
    ) -> None:
        with acting_as(ATTACHE_SEOUL):
            with django_assert_num_queries(0), acting_within(ROBOT):
                pass
            with django_assert_num_queries(1), acting_within(ROBOT):
                Worker.objects.count()


@pytest.mark.django_db
class TestActingAs:
    @pytest.mark.parametrize("name", sorted(ACTORS))
    def test_tells_postgresql_the_role_and_the_scope(self, name: str) -> None:
        who = ACTORS[name]
        with acting_as(who):
            now = told()
        assert now["role"] == f"acts_as_{who.kind}"
        assert now["actor"] == str(who.id)
        assert now["posts"] == "{" + ",".join(map(str, who.posts)) + "}"
        assert now["agency"] == str(who.agency or "")
        assert now["worker"] == str(who.worker or "")
        assert now["country"] == who.country

    def test_an_inner_one_restores_the_outer_actor(self, scene: Scene) -> None:
        with scene():
            for person in (ANA, BUDI):
                row_of(Worker, person)
        with acting_as(ATTACHE_SEOUL):
            before = told()
            with acting_as(ATTACHE_TAIPEI):
                assert [each.id for each in Worker.objects.all()] == [BUDI.id]
                assert current_actor() is ATTACHE_TAIPEI
            assert told() == before
            assert current_actor() is ATTACHE_SEOUL
            assert [each.id for each in Worker.objects.all()] == [ANA.id]

    def test_an_inner_one_that_fails_restores_it_too(self) -> None:
        with acting_as(ATTACHE_SEOUL):
            before = told()
            with pytest.raises(Broken), acting_as(ROBOT):
                raise Broken
            assert told() == before
            assert current_actor() is ATTACHE_SEOUL

    def test_an_inner_one_lost_in_the_database_restores_it_too(self) -> None:
        with acting_as(ATTACHE_SEOUL):
            before = told()
            with pytest.raises(ProgrammingError), acting_as(ROBOT), connection.cursor() as cursor:
                cursor.execute("select no_such_function()")
            assert told() == before

    def test_a_caught_error_within_does_not_leave_the_wrong_actor(self) -> None:
        with acting_as(ATTACHE_SEOUL):
            with acting_as(ROBOT):
                with pytest.raises(Broken), acting_as(ATTACHE_TAIPEI):
                    raise Broken
                assert told()["role"] == "acts_as_clock"
            assert told()["role"] == "acts_as_post"

    def test_three_deep_unwinds_one_by_one(self) -> None:
        whos = (ATTACHE_SEOUL, ROBOT, ACTORS["Ana"])
        with acting_as(whos[0]):
            with acting_as(whos[1]):
                with acting_as(whos[2]):
                    assert told()["worker"] == str(ANA.id)
                assert told()["worker"] == ""
                assert told()["role"] == "acts_as_clock"
            assert told()["posts"] == "{901}"

    def test_the_same_actor_again_stays(self) -> None:
        with acting_as(ATTACHE_SEOUL):
            with acting_as(ATTACHE_SEOUL):
                pass
            assert told()["actor"] == str(ATTACHE_SEOUL.id)

    def test_rolls_back_what_a_failing_block_wrote(self, scene: Scene) -> None:
        with scene():
            row_of(Worker, ANA)
        with pytest.raises(Broken), acting_as(ATTACHE_SEOUL):
            Worker.objects.update(full_name="Lain")
            raise Broken
        with acting_as(ROBOT):
            assert not Worker.objects.filter(full_name="Lain").exists()

    def test_afterwards_stands_at_the_door(self) -> None:
        with acting_as(ATTACHE_SEOUL):
            pass
        assert told() == {"role": "acts_as_door"} | dict.fromkeys(SCOPE, "")

    def test_with_no_actor_every_table_is_refused(self) -> None:
        with pytest.raises(ProgrammingError) as caught, transaction.atomic():
            Worker.objects.count()
        assert isinstance(caught.value.__cause__, psycopg.errors.InsufficientPrivilege)

    def test_nobody_acts_outside(self) -> None:
        with pytest.raises(NobodyActs):
            current_actor()


@pytest.mark.django_db(transaction=True)
class TestAcrossTransactions:
    """On one connection, as a web server's thread uses it."""

    @pytest.mark.parametrize("fails", [False, True])
    def test_nothing_leaks_to_the_next_on_this_connection(self, fails: bool) -> None:
        try:
            with acting_as(ATTACHE_SEOUL):
                assert told()["posts"] == "{901}"
                if fails:
                    raise Broken
        except Broken:
            pass
        assert told() == {"role": "acts_as_door"} | dict.fromkeys(SCOPE, "")
        with transaction.atomic():
            assert told()["posts"] == ""

    def test_two_actors_in_turn_have_each_their_own_scope(self, scene: Scene) -> None:
        with scene(), transaction.atomic():
            for person in (ANA, BUDI):
                row_of(Worker, person)
        for who, person in ((ATTACHE_SEOUL, ANA), (ATTACHE_TAIPEI, BUDI)) * 2:
            with acting_as(who):
                assert [each.id for each in Worker.objects.all()] == [person.id]


@pytest.mark.django_db
class TestARequest:
    @pytest.fixture(autouse=True)
    def people(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        with scene():
            row_of(Worker, ANA)
        monkeypatch.setattr(identity, "actor_of", lambda _: ATTACHE_SEOUL)

    def renamed_by(self, answer: HttpResponse | Exception, path: str = "/pekerja/") -> bool:
        """Whether what a view wrote before it answered so is there afterwards."""
        door: middleware.Acting

        def view(request: HttpRequest) -> HttpResponse:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            assert actor is current_actor()
            Worker.objects.update(full_name="Lain")
            if isinstance(answer, Exception):
                taken_up = door.process_exception(request, answer)
                return taken_up if taken_up is not None else HttpResponse(status=500)
            return answer

        door = middleware.Acting(view)
        request = RequestFactory().get(path, HTTP_ACCEPT="application/json")
        request.session = {}  # type: ignore[assignment]
        door(request)
        with acting_as(ROBOT):
            return Worker.objects.filter(full_name="Lain").exists()

    @pytest.mark.parametrize("status", [200, 302, 404])
    def test_keeps_what_an_answer_below_500_wrote(self, status: int) -> None:
        assert self.renamed_by(HttpResponse(status=status))

    @pytest.mark.parametrize("status", [500, 503])
    def test_rolls_back_at_500_or_more(self, status: int) -> None:
        assert not self.renamed_by(HttpResponse(status=status))

    def test_rolls_back_when_the_view_breaks(self) -> None:
        assert not self.renamed_by(RuntimeError("x"))

    def test_rolls_back_a_refusal_the_view_did_not_take_up(self) -> None:
        assert not self.renamed_by(NotFound())
