"""Reactions: a handler that fails undoes itself alone, and a person sees that it did."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from django.db import connection

from lindung.access import reactions
from lindung.access.acting import acting_as
from lindung.access.events import Event
from lindung.access.journal import record
from lindung.access.models import HandlerError, JournalEntry
from lindung.access.reactions import reacts_to
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
