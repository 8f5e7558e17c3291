"""Health: liveness asks nothing; readiness names what is missing and what to do, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client, override_settings

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.site import health
from tests.conftest import Scene


@pytest.fixture
def worker(scene: Scene) -> None:
    """A job worker that has just said that it lives."""
    with acting_as(ROBOT), connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers default values")


def asked() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/health/ready")
    return answer.status_code, json.loads(answer.content)


def missing(body: dict[str, Any]) -> set[str]:
    return {name for name, check in body["checks"].items() if not check["ok"]}


def test_liveness_needs_no_database() -> None:
    # pytest-django lets nobody near the database here.
    answer = Client().get("/health/live")
    assert (answer.status_code, json.loads(answer.content)) == (200, {"live": True})


@pytest.mark.django_db
class TestReady:
    def test_with_everything_in_place(self, worker: None) -> None:
        status, body = asked()
        # Tests log in as one who may do more than a service: the policies bind its roles only.
        assert missing(body) <= {"bound_by_policies"}
        assert body["ready"] is (status == 200)

    def test_answers_200_where_all_holds(self, worker: None) -> None:
        with mock.patch.object(health, "_bound", return_value=True):
            status, body = asked()
        assert (status, missing(body)) == (200, set())

    def test_says_that_no_worker_lives(self) -> None:
        status, body = asked()
        assert status == 503
        assert "job_worker" in missing(body)
        assert body["checks"]["job_worker"]["advice"]

    def test_says_that_a_worker_fell_silent(self, worker: None) -> None:
        with acting_as(ROBOT), connection.cursor() as cursor:
            cursor.execute(
                "update procrastinate_workers set last_heartbeat = now() - interval '2 minutes'"
            )
        assert "job_worker" in missing(asked()[1])

    def test_says_that_keys_are_missing(self, worker: None, tmp_path: Path) -> None:
        with override_settings(KEYS=tmp_path):
            status, body = asked()
        assert (status, "keys" in missing(body)) == (503, True)
        assert str(tmp_path) not in json.dumps(body)

    def test_says_that_a_migration_has_not_run(self, worker: None) -> None:
        more = health._wanted() | {("registry", "9999_tomorrow")}
        with mock.patch.object(health, "_wanted", return_value=more):
            status, body = asked()
        assert (status, "schema" in missing(body)) == (503, True)
        assert "migrate" in body["checks"]["schema"]["advice"]

    def test_takes_a_schema_that_is_further_on(self, worker: None) -> None:
        less = frozenset(list(health._wanted())[:5])
        with mock.patch.object(health, "_wanted", return_value=less):
            assert "schema" not in missing(asked()[1])

    def test_without_a_database_says_so_and_leaks_nothing(self) -> None:
        gone = OperationalError(
            'connection to server at "db.secret.example" failed for "lindung_app"'
        )
        with mock.patch.object(connection, "cursor", side_effect=gone):
            status, body = asked()
        assert status == 503
        assert missing(body) == {"database", "bound_by_policies", "schema", "job_worker"}
        for secret in ("secret.example", 'lindung_app"', str(settings.KEYS), "Traceback", "18."):
            assert secret not in json.dumps(body)

    def test_takes_no_form(self) -> None:
        assert Client().post("/health/ready").status_code == 405
