"""What is kept back goes before the next statement, or never: at every statement the right one acts."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, DataError, Error, connection, connections, transaction
from django.db.models import Value
from django.db.transaction import TransactionManagementError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lindung.access.acting import acting_as, acting_within, at_the_door, current_actor
from lindung.access.actors import Actor
from lindung.access.database.base import FRESH_SECONDS
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NobodyActs
from lindung.registry.models import Worker
from tests.cast import ATTACHE, MINISTRY, OFFICER, RECRUITER

pytestmark = pytest.mark.django_db

WHO = "select current_user::text, current_setting('lindung.actor', true)"
ACTORS = (ATTACHE, OFFICER, MINISTRY, RECRUITER, ROBOT)


class GivenUp(Exception):
    """A block is left."""


def asked(question: str = WHO, values: Any = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone()


def should_be() -> tuple[str, str]:
    try:
        actor = current_actor()
    except NobodyActs:
        return ("acts_as_door", "")
    return (actor.kind.role, str(actor.id))


def broken() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select no_such_function()")


def never_sent() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select %s", [object()])


STEPS = st.recursive(
    st.sampled_from(["ask", "break", "cannot send", "give up", "percent"]),
    lambda inner: st.tuples(
        st.sampled_from(["as", "within", "part", "door"]),
        st.sampled_from(ACTORS),
        st.lists(inner, max_size=4),
    ),
    max_leaves=14,
)


def walk(steps: list[Any]) -> None:
    for step in steps:
        if isinstance(step, str):
            leaf(step)
            continue
        kind, actor, inner = step
        try:
            with block(kind, actor):
                walk(inner)
        except (GivenUp, Error):
            # A part that no savepoint holds takes the one around it along.
            if kind in {"within", "door"}:
                raise
        assert asked() == should_be()


def block(kind: str, actor: Actor) -> Any:
    match kind:
        case "as":
            return acting_as(actor)
        case "within":
            return acting_within(actor)
        case "door":
            return at_the_door()
        case _:
            return transaction.atomic()


def leaf(step: str) -> None:
    match step:
        case "ask":
            assert asked() == should_be()
        case "percent":
            assert asked("select '%%', %s::int", [7]) == ("%", 7)
        case "break":
            broken()
        case "cannot send":
            with pytest.raises(Error):
                never_sent()
        case "give up":
            raise GivenUp


class TestWhoActs:
    @settings(
        max_examples=150, deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )  # fmt: skip
    @given(steps=st.lists(STEPS, max_size=6))
    def test_is_right_at_every_statement_whatever_was_tried_and_undone(
        self, steps: list[Any]
    ) -> None:
        with acting_as(ATTACHE):
            walk([("as", MINISTRY, steps), "ask"])
            assert asked() == (ATTACHE.kind.role, str(ATTACHE.id))

    def test_holds_for_a_copy(self) -> None:
        with acting_as(ATTACHE), connection.cursor() as cursor:
            with cursor.copy("copy (select current_user::text) to stdout") as told:
                assert list(told.rows()) == [(ATTACHE.kind.role,)]

    def test_holds_for_a_cursor_on_the_server(self) -> None:
        with acting_as(ATTACHE), transaction.atomic():
            rows = Worker.objects.annotate(one=Value(1)).iterator(chunk_size=1)
            assert list(rows) == []
            assert asked() == should_be()

    def test_holds_for_many_at_once(self) -> None:
        with acting_as(ROBOT), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("create temporary table made (who text) on commit drop")
            with acting_within(ATTACHE):
                cursor.executemany("select %s", [(1,), (2,)])
                assert asked() == should_be()

    def test_holds_for_the_driver_s_own_cursor(self) -> None:
        with acting_as(ATTACHE):
            asked("select 1")
            with acting_within(MINISTRY), connection.connection.cursor() as cursor:
                assert cursor.execute(WHO).fetchone() == should_be()


class TestWhatWaits:
    def test_is_forgotten_where_nothing_was_asked(self) -> None:
        with acting_as(ATTACHE), transaction.atomic(), acting_within(ROBOT):
            pass
        assert asked()[0] == "acts_as_door"

    def test_cannot_wait_outside_a_transaction(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live(), "in_atomic_block", False)
        with pytest.raises(TransactionManagementError):
            live().before_next("select 1")

    def test_a_broken_part_that_is_passed_over_says_so_at_its_end(self) -> None:
        with acting_as(ATTACHE), pytest.raises(Error), transaction.atomic():  # noqa: PT012
            with pytest.raises(Error):
                broken()

    def test_a_text_that_cannot_be_stored_undoes_only_its_part(self) -> None:
        with acting_as(ATTACHE):
            with pytest.raises((DataError, ValueError)), transaction.atomic():
                asked("select %s", ["a\x00b"])
            assert asked() == should_be()


class TestAConnection:
    @pytest.fixture
    def times_asked(self, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
        """How often it was asked whether it lives, since a request began."""
        asked("select 1")
        times: list[bool] = []
        monkeypatch.setattr(live(), "is_usable", lambda: times.append(True) or True)
        monkeypatch.setattr(live(), "health_check_enabled", True)
        monkeypatch.setattr(live(), "health_check_done", False)
        return times

    def test_that_answered_just_now_is_not_asked_whether_it_lives(
        self, monkeypatch: pytest.MonkeyPatch, times_asked: list[bool]
    ) -> None:
        monkeypatch.setattr(live(), "_answered_at", time.monotonic())
        asked("select 1")
        assert times_asked == []

    def test_that_has_been_idle_is_asked(
        self, monkeypatch: pytest.MonkeyPatch, times_asked: list[bool]
    ) -> None:
        monkeypatch.setattr(live(), "_answered_at", time.monotonic() - 2 * FRESH_SECONDS)
        asked("select 1")
        assert times_asked == [True]

    def test_on_whose_line_something_came_unasked_is_asked(
        self, monkeypatch: pytest.MonkeyPatch, times_asked: list[bool]
    ) -> None:
        monkeypatch.setattr(live(), "_answered_at", time.monotonic())
        here, there = socket.socketpair()
        with here, there:
            there.send(b"E")
            monkeypatch.setattr(live().connection, "fileno", here.fileno)
            asked("select 1")
        assert times_asked == [True]


def live() -> Any:
    """This thread's connection, itself."""
    return connections[DEFAULT_DB_ALIAS]
