"""What people and machines are told when the database, its disk or we ourselves give way."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, InternalError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from lindung.site import health, outage

pytestmark = pytest.mark.django_db


def of_postgresql(kind: type[DatabaseError], cause: Exception) -> DatabaseError:
    """As Django raises it: the driver's own error is its cause."""
    error = kind()
    error.__cause__ = cause
    return error


GONE = of_postgresql(OperationalError, psycopg.OperationalError("server closed the connection"))
STANDBY = of_postgresql(InternalError, psycopg.errors.ReadOnlySqlTransaction())
FULL = of_postgresql(OperationalError, psycopg.errors.DiskFull())
NO_DISK = OSError(errno.ENOSPC, "No space left on device")
TOO_LONG = of_postgresql(OperationalError, psycopg.errors.QueryCanceled())
OURS = ZeroDivisionError()
raised: list[Exception] = []


def gives_way(_request: HttpRequest) -> HttpResponse:
    raise raised[0]


urlpatterns = [
    path("cek/x/", gives_way),
    path("api/x", gives_way),
    path("health/ready", health.ready),
]
handler500 = "lindung.site.outage.server_error"


@pytest.fixture
def client() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (GONE, 503, "away"),
        (STANDBY, 503, "away"),
        (FULL, 503, "no-room"),
        (NO_DISK, 503, "no-room"),
        (TOO_LONG, 500, "broken"),
        (OURS, 500, "broken"),
    ],
)
class TestWhatGivesWay:
    @pytest.fixture(autouse=True)
    def _raised(self, error: Exception) -> Iterator[None]:
        raised[:] = [error]
        yield
        raised.clear()

    def test_is_told_to_people_with_what_to_do(
        self, client: Client, error: Exception, status: int, slug: str
    ) -> None:
        answer = client.get("/cek/x/")
        assert answer.status_code == status
        words = {"away": "beberapa detik", "no-room": "penuh", "broken": "sekali lagi"}[slug]
        assert words in answer.content.decode()
        assert ("Retry-After" in answer.headers) == (status == 503)

    def test_is_told_to_machines_as_a_problem(
        self, client: Client, error: Exception, status: int, slug: str
    ) -> None:
        answer = client.get("/api/x")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (answer.json()["type"], answer.json()["status"]) == (f"/problems/{slug}", status)


def test_words_go_alone_where_no_page_can_be_made(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> str:
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr(outage.loader, "render_to_string", broken)
    raised[:] = [GONE]
    answer = client.get("/cek/x/")
    assert (answer.status_code, "beberapa detik" in answer.content.decode()) == (503, True)
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_server_that_left_off_writing_is_left(client: Client) -> None:
    raised[:] = [STANDBY]
    client.get("/cek/x/")
    # What Django looks at when a request ends: the connection is older than it may be.
    assert connection.close_at == 0


def test_ready_says_what_is_not_there_while_the_database_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert checks["database"]["ok"] is False
    assert checks["job_worker"]["ok"] is False
