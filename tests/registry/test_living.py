"""How sure we are of somebody abroad, and the wall around those who enter themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.models import JournalEntry, Scoped
from lindung.access.roles import ANYONE, ROBOT
from lindung.kernel.identifiers import Kind as Number
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.monitoring import queries as monitoring
from lindung.placement import operations as placing
from lindung.registry import operations, queries
from lindung.registry.living import living_rules
from lindung.registry.models import (
    Confidence,
    Fact,
    FactKind,
    Papers,
    SelfEnrolment,
    Source,
    Task,
    Worker,
    WorkerState,
)
from lindung.registry.scope import BehindTheWall, move
from lindung.registry.tasks import look_for_duplicates
from tests import cast
from tests.conftest import Scene

pytestmark = pytest.mark.usefixtures("posts", "places")


def told(who: Worker, source: Source, name: str, *, ago: int = 0) -> Fact:
    return operations.record_fact(
        cast.ATTACHE if who.post_id else cast.OFFICER,
        who.id,
        kind=FactKind.EMPLOYER,
        value={"name": name},
        shown=name,
        source=source,
        confirmed_on=cast.TODAY - timedelta(days=ago),
        confidence=Confidence.MEDIUM,
    )


def entered(**given: Any) -> Worker:
    key = given.pop("worker_id", None) or new_id()
    values = {"name": "Ani", "works_in": "KR", "on": cast.TODAY, "reach": "lewat teman"}
    return operations.enrol_abroad(cast.self_of(key, "Ani"), worker_id=key, **(values | given))


def held_of(worker_id: UUID) -> dict[str, queries.Held]:
    with acting_as(ROBOT):
        return {each.kind: each for each in queries.held(worker_id, on=cast.TODAY)}


class TestHeld:
    def test_says_of_everything_how_sure_and_since_when(self) -> None:
        who = cast.worker()
        told(who, Source.FAMILY, "Hanbit", ago=40)
        found = held_of(who.id)
        assert list(found) == ["arrival", "whereabouts", "employer", "condition", "contact"]
        employer = found["employer"]
        assert (employer.days, employer.stale, employer.contradicted) == (40, False, False)
        assert employer.fact is not None
        assert employer.fact.confidence == "medium"
        assert (found["arrival"].fact, found["arrival"].days) == (None, None)
        assert found["arrival"].stale

    def test_keeps_both_sides_of_a_contradiction_and_opens_a_task(self) -> None:
        who = cast.worker()
        told(who, Source.WORKER, "Hanbit", ago=2)
        told(who, Source.EMPLOYER, "Daehan")
        employer = held_of(who.id)["employer"]
        assert employer.contradicted
        assert [each.value["shown"] for each in employer.facts] == ["Daehan", "Hanbit"]
        with acting_as(ROBOT):
            assert Task.objects.filter(kind="contradiction:employer", worker=who).count() == 1

    def test_takes_a_region_and_a_coarse_place_for_no_contradiction(self) -> None:
        who = cast.worker()
        for source, value in (
            (Source.DESTINATION, {"region": "KR-41"}),
            (Source.WORKER, {"cell": 7}),
        ):
            operations.record_fact(
                cast.OFFICER,
                who.id,
                kind=FactKind.WHEREABOUTS,
                value=value,
                shown="x",
                source=source,
                confirmed_on=cast.TODAY,
                confidence=Confidence.HIGH,
            )
        place = held_of(who.id)["whereabouts"]
        assert (len(place.facts), place.contradicted) == (2, False)

    def test_an_old_word_told_late_does_not_make_a_person_less_confirmed(self) -> None:
        who = cast.worker()
        told(who, Source.WORKER, "Hanbit")
        told(who, Source.FAMILY, "Hanbit", ago=50)
        with acting_as(ROBOT):
            assert WorkerState.objects.get(worker=who).confirmed_on == cast.TODAY

    def test_a_life_leaves_its_facts_by_itself(self) -> None:
        who = cast.worker()
        cast.arrived(who)
        found = held_of(who.id)
        assert found["arrival"].fact is not None
        assert found["employer"].fact is not None


class TestConfirmedShare:
    def test_counts_whom_the_list_does_not_name(self, scene: Scene) -> None:
        one, other = cast.worker(), cast.worker()
        cast.arrived(one)
        cast.arrived(other)
        days = living_rules(cast.TODAY).confirmed_days
        for who, ago in ((one, days), (other, days + 1)):
            with scene():
                WorkerState.objects.filter(worker=who).update(
                    confirmed_on=cast.TODAY - timedelta(days=ago)
                )
        with acting_as(cast.ATTACHE):
            share = monitoring.confirmed_share(cast.ATTACHE, cast.TODAY)
            listed = queries.unconfirmed(cast.ATTACHE, cast.TODAY)
        assert (share.abroad, share.confirmed, share.percent, share.missing) == (2, 1, 50, 1)
        assert [each.worker_id for each in listed] == [other.id]

    def test_pages_by_key_the_never_confirmed_first(self, scene: Scene) -> None:
        people = [entered(name=f"Ani {n}") for n in range(3)]
        old = cast.TODAY - timedelta(days=200)
        for who, day in zip(people, (old, None, old), strict=True):
            with scene():
                WorkerState.objects.filter(worker=who).update(confirmed_on=day)
        with acting_as(cast.ATTACHE):
            first = queries.unconfirmed(cast.ATTACHE, cast.TODAY, most=1)
            seen = [first[0].worker_id]
            while len(first) > 1:
                last = first[0]
                first = queries.unconfirmed(
                    cast.ATTACHE,
                    cast.TODAY,
                    after=(last.confirmed_on, last.worker_id),
                    most=1,
                )
                seen.append(first[0].worker_id)
        assert seen[0] == people[1].id
        assert set(seen[1:]) == {people[0].id, people[2].id}

    def test_is_of_the_own_post_alone(self) -> None:
        cast.arrived(cast.worker())
        with acting_as(cast.OTHER_ATTACHE):
            share = monitoring.confirmed_share(cast.OTHER_ATTACHE, cast.TODAY)
        assert (share.abroad, share.percent) == (0, None)


class TestEnrolAbroad:
    def test_takes_a_name_and_a_country_and_asks_for_nothing_more(self) -> None:
        who = entered(reach="")
        assert (who.post_id, who.country, who.agency_id, who.region) == (cast.SEOUL, "", None, "")
        with acting_as(cast.ATTACHE):
            kinds = {each.kind for each in queries.open_tasks(who.id)}
            state = WorkerState.objects.get(worker=who)
        assert kinds == {"enrolment:welcome"}
        assert (state.stage, state.confirmed_on) == ("during", cast.TODAY)

    def test_goes_to_the_ministry_where_no_post_serves(self) -> None:
        who = entered(works_in="BR")
        assert who.post_id is None
        with acting_as(cast.MINISTRY):
            (task,) = queries.open_tasks(who.id)
        assert task.owner == "ministry"

    @pytest.mark.parametrize("given", [{"name": " "}, {"works_in": "XX"}])
    def test_refuses_no_name_or_no_country(self, given: dict[str, str]) -> None:
        with pytest.raises(Incomplete):
            entered(**given)

    def test_is_closed_to_the_public(self) -> None:
        with pytest.raises(NotAllowed):
            operations.enrol_abroad(
                ANYONE, worker_id=new_id(), name="Ani", works_in="KR", on=cast.TODAY
            )

    def test_meets_the_duplicates_mechanism_on_her_side_of_the_wall(self) -> None:
        known = cast.worker(full_name="Siti Rahayu")
        cast.arrived(known)
        who = entered(name="Siti Rahayu")
        operations.add_identifier(
            cast.self_of(who.id), who.id, kind=Number.PHONE, value="+821000000009", on=cast.TODAY
        )
        look_for_duplicates(after=str(UUID(int=0)))
        with acting_as(ROBOT):
            asked = Task.objects.filter(kind=operations.DUPLICATE)
            assert {each.worker_id for each in asked} <= {who.id}


def rows_seen(who: Actor, ids: set[UUID]) -> dict[str, int]:
    """Table → rows of these people that an actor is given by any scoped table at all."""
    found: dict[str, int] = {}
    for model in apps.get_models():
        if not issubclass(model, Scoped) or model is JournalEntry:
            continue
        name = "id" if model is Worker else "worker_id"
        if name not in {field.attname for field in model._meta.concrete_fields}:
            continue
        try:
            with acting_as(who), transaction.atomic():
                if n := model._default_manager.filter(**{f"{name}__in": ids}).count():
                    found[model._meta.label] = n
        except ProgrammingError as error:
            assert isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)
    return found


PARTNER = Actor(id=new_id(), kind=Kind.PARTNER, name="Kim", country="KR")


class TestTheWall:
    @pytest.mark.parametrize(
        "who",
        [PARTNER, cast.RECRUITER, cast.OTHER_RECRUITER, cast.OFFICER, cast.OTHER_ATTACHE, ANYONE],
        ids=["partner", "recruiter", "other recruiter", "home office", "other post", "public"],
    )
    def test_shows_no_row_of_any_table(self, who: Actor) -> None:
        her = entered(papers=Papers.HAS_NOT)
        assert rows_seen(who, {her.id}) == {}

    def test_lets_the_post_the_ministry_and_herself_through(self) -> None:
        her = entered(papers=Papers.HAS_NOT)
        for who in (cast.ATTACHE, cast.MINISTRY, cast.self_of(her.id)):
            assert rows_seen(who, {her.id})["registry.SelfEnrolment"] == 1

    def test_refuses_the_table_itself_to_every_other_kind(self) -> None:
        entered(papers=Papers.HAS_NOT)
        for who in (PARTNER, cast.RECRUITER, cast.OFFICER, ANYONE):
            with pytest.raises(ProgrammingError), acting_as(who):
                SelfEnrolment.objects.count()

    def test_keeps_the_status_out_of_the_journal(self) -> None:
        her = entered(papers=Papers.HAS_NOT)
        with acting_as(ROBOT):
            told = list(JournalEntry.objects.filter(worker_id=her.id))
        assert told
        assert all("has_not" not in str(each.payload) for each in told)
        assert {(each.country, each.agency_id) for each in told} == {("", None)}

    def test_is_held_by_the_database_against_every_hand(self, scene: Scene) -> None:
        her = entered()
        with pytest.raises(IntegrityError), transaction.atomic(), scene():
            Worker.objects.filter(id=her.id).update(country="KR")

    def test_does_not_fall_when_a_row_is_moved_or_a_placement_opened(self) -> None:
        her = entered()
        with pytest.raises(BehindTheWall), acting_as(ROBOT):
            move(Worker.objects.get(id=her.id), country="KR")
        with pytest.raises(BehindTheWall):
            placing.open_placement(
                cast.MINISTRY, her.id, pathway_id="g2g-kr", sector="manufacturing", on=cast.TODAY
            )

    def test_stands_when_another_post_takes_over(self) -> None:
        her = entered()
        with acting_as(ROBOT):
            operations.put_in_charge(
                ROBOT,
                Worker.objects.get(id=her.id),
                country="TW",
                region="",
                sector="",
                on=cast.TODAY,
            )
            moved = Worker.objects.get(id=her.id)
        assert (moved.post_id, moved.country, moved.walled) == (cast.TAIPEI, "", True)

    def test_is_opened_by_herself_alone(self) -> None:
        her = entered(papers=Papers.HAS_NOT)
        for who in (cast.ATTACHE, cast.MINISTRY, cast.self_of(new_id())):
            with pytest.raises(NotAllowed):
                operations.open_wall(who, her.id, on=cast.TODAY)
        opened = operations.open_wall(cast.self_of(her.id), her.id, on=cast.TODAY)
        assert (opened.walled, opened.country) == (False, "KR")
        # Whether she has papers stays where it was told.
        with pytest.raises(ProgrammingError), acting_as(cast.OFFICER):
            SelfEnrolment.objects.count()
        with pytest.raises(NotFound):
            operations.open_wall(cast.self_of(her.id), her.id, on=cast.TODAY)

    def test_fails_without_the_policies(self, scene: Scene) -> None:
        """The matrix above is worth something: with row security off it would not pass."""
        entered(papers=Papers.HAS_NOT)
        with scene(), connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute('alter table "registry_worker" disable row level security')
        with acting_as(cast.RECRUITER):
            assert Worker.objects.count() == 1
