"""Reactions: a handler that fails undoes itself alone, and a person sees that it did."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import connection

from lindung.access import reactions
from lindung.access.acting import acting_as
from lindung.access.events import Event
from lindung.access.journal import Told, record, record_all
from lindung.access.models import HandlerError, JournalEntry
from lindung.access.reactions import reacts_to, reacts_together
from lindung.access.roles import ROBOT
from lindung.registry.models import Worker
from tests.access.cast import ACTORS, ANA, ATTACHE_SEOUL, row_of
from tests.conftest import Scene

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Happened(Event):
    """Something that these tests react to."""

    name: str


@pytest.fixture(autouse=True)
def no_handlers() -> Iterator[None]:
    yield
    reactions._handlers.pop(Happened.type, None)


def good(event: Happened, entry: JournalEntry) -> None:
    Worker.objects.update(call_name=event.name)


def failing(event: Happened, entry: JournalEntry) -> None:
    Worker.objects.update(birth_place="x")
    raise RuntimeError(event.name)


def lost(event: Happened, entry: JournalEntry) -> None:
    Worker.objects.update(birth_place="x")
    with connection.cursor() as cursor:
        cursor.execute("select no_such_function()")


@pytest.mark.parametrize("broken", [failing, lost])
def test_a_failing_handler_undoes_itself_alone(
    scene: Scene, broken: object, caplog: pytest.LogCaptureFixture
) -> None:
    with scene():
        row_of(Worker, ANA)
    reacts_to(Happened)(broken)  # type: ignore[arg-type]
    reacts_to(Happened)(good)
    with caplog.at_level(logging.CRITICAL), acting_as(ATTACHE_SEOUL):
        entry = record(Happened("Siti"), actor=ATTACHE_SEOUL)
    with acting_as(ROBOT):
        worker = Worker.objects.get()
        assert (worker.call_name, worker.birth_place) == ("Siti", "")
        assert JournalEntry.objects.filter(id=entry.id).exists()
        (error,) = HandlerError.objects.all()
    assert error.entry_id == entry.id
    assert error.handler.endswith(f"test_reactions.{broken.__name__}")  # type: ignore[attr-defined]
    assert error.error in {"RuntimeError", "ProgrammingError"}


def test_whom_an_event_does_not_concern_is_not_called(
    scene: Scene, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    with scene():
        row_of(Worker, ANA)
    reacts_to(Happened, when=lambda event, _entry: event.name == "Siti")(good)
    with acting_as(ATTACHE_SEOUL):
        with django_assert_num_queries(1):
            record(Happened("Budi"), actor=ATTACHE_SEOUL)
        assert Worker.objects.get().call_name == ""
        record(Happened("Siti"), actor=ATTACHE_SEOUL)
        assert Worker.objects.get().call_name == "Siti"


def test_of_many_events_it_is_asked_once_whom_they_concern(
    scene: Scene, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    told = [Told(Happened(f"Siti {n}")) for n in range(30)]
    called: list[str] = []

    def the_last(entries: Sequence[JournalEntry]) -> set[UUID]:
        Worker.objects.exists()
        return {entries[-1].id}

    reacts_to(Happened, among=the_last)(lambda event, _entry: called.append(event.name))
    # The entries and the question; savepoints travel along, and the one call asks nothing.
    with acting_as(ATTACHE_SEOUL), django_assert_num_queries(2):
        record_all(told, actor=ATTACHE_SEOUL)
    assert called == ["Siti 29"]


def test_one_that_is_called_together_is_called_once_for_those_it_concerns() -> None:
    called: list[list[str]] = []
    reacts_together(Happened, when=lambda event, _entry: event.name != "y")(
        lambda told: called.append([event.name for event, _ in told])
    )
    with acting_as(ATTACHE_SEOUL):
        record_all([Told(Happened(each)) for each in "xyz"], actor=ATTACHE_SEOUL)
        record_all([Told(Happened("y"))], actor=ATTACHE_SEOUL)
    assert called == [["x", "z"]]


def test_one_that_is_called_together_and_fails_leaves_an_error_for_each() -> None:
    def broken(told: Sequence[tuple[Happened, JournalEntry]]) -> None:
        raise RuntimeError

    reacts_together(Happened)(broken)
    with acting_as(ATTACHE_SEOUL):
        record_all([Told(Happened("x")), Told(Happened("y"))], actor=ATTACHE_SEOUL)
    with acting_as(ROBOT):
        assert HandlerError.objects.count() == JournalEntry.objects.count() == 2


def test_a_question_that_fails_leaves_an_error_for_each_and_the_change_stands() -> None:
    def broken(entries: Sequence[JournalEntry]) -> set[UUID]:
        raise RuntimeError

    called: list[str] = []
    reacts_to(Happened, among=broken)(lambda event, _entry: called.append(event.name))
    with acting_as(ATTACHE_SEOUL):
        record_all([Told(Happened("x")), Told(Happened("y"))], actor=ATTACHE_SEOUL)
    with acting_as(ROBOT):
        assert HandlerError.objects.count() == JournalEntry.objects.count() == 2
    assert not called


def test_the_error_row_says_nothing_of_a_person(scene: Scene) -> None:
    reacts_to(Happened)(failing)
    with acting_as(ATTACHE_SEOUL):
        record(Happened("Siti"), actor=ATTACHE_SEOUL)
    with acting_as(ROBOT):
        (error,) = HandlerError.objects.values("handler", "error")
    assert "Siti" not in str(error)


@pytest.mark.parametrize("name", sorted(set(ACTORS) - {"robot", "ministry"}))
def test_whoever_acts_may_leave_an_error_and_read_none(name: str) -> None:
    reacts_to(Happened)(failing)
    who = ACTORS[name]
    with acting_as(who):
        record(Happened("x"), actor=who)
        assert HandlerError.objects.count() == 0
    with acting_as(ROBOT):
        assert HandlerError.objects.count() == 1


def test_handlers_run_in_the_change_and_go_with_it(scene: Scene) -> None:
    with scene():
        row_of(Worker, ANA)
    reacts_to(Happened)(good)
    with pytest.raises(RuntimeError), acting_as(ATTACHE_SEOUL):
        record(Happened("Siti"), actor=ATTACHE_SEOUL)
        raise RuntimeError
    with acting_as(ROBOT):
        assert Worker.objects.get().call_name == ""
