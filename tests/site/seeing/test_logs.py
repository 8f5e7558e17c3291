"""Logs of many requests and jobs hold no person; each line says of which request or job it is."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DataError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from lindung.access import identity
from lindung.access.actors import Actor
from lindung.access.jobs import job
from lindung.kernel import identifiers
from lindung.registry import operations as registering
from lindung.registry.models import Worker
from lindung.site import logs
from lindung.site import urls as real
from tests import cast
from tests.house.test_addresses import addresses

pytestmark = pytest.mark.usefixtures("posts", "places")

NAME, CALLED, PLACE = "Zubaidah Kertanegara", "Zuzubai", "Wonokromo Kidul"
NIK, PASSPORT, PHONE = "3502015204990001", "X7654321", "+6281298765432"
# Whole and in the parts that a search, an address or an error would carry.
SECRETS = (
    "Zubaidah", "Kertanegara", CALLED, "Wonokromo", NIK, PASSPORT, PHONE.removeprefix("+62"),
    "081298765432", "Rina", "Dewi",
)  # fmt: skip


class Written:
    """What the service's own handler would have written, in both shapes."""

    def __init__(self) -> None:
        self.handlers = []
        self.streams = {}
        wanted = deepcopy(settings.LOGGING)  # taking one up takes it apart
        factory = logging.config.DictConfigurator(wanted)
        for shape in ("line", "json"):
            self.streams[shape] = io.StringIO()
            handler = logging.StreamHandler(self.streams[shape])
            handler.setFormatter(factory.configure_formatter(wanted["formatters"][shape]))
            handler.addFilter(factory.configure_filter(wanted["filters"]["nobody"]))
            handler.setLevel(logging.DEBUG)
            self.handlers.append(handler)

    def text(self, shape: str = "line") -> str:
        return self.streams[shape].getvalue()

    def objects(self, message: str = "") -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.text("json").splitlines()]
        return [each for each in found if not message or each["message"] == message]

    def holds_nobody(self) -> None:
        for shape in self.streams:
            found = [secret for secret in SECRETS if secret.lower() in self.text(shape).lower()]
            assert found == [], self.text(shape)[-3000:]


@pytest.fixture
def written() -> Iterator[Written]:
    made, root = Written(), logging.getLogger()
    before, root.level = root.level, logging.INFO
    root.handlers += made.handlers
    yield made
    root.level = before
    root.handlers = [each for each in root.handlers if each not in made.handlers]


@pytest.fixture
def zubaidah() -> Worker:
    who = cast.worker(full_name=NAME, call_name=CALLED)
    with transaction.atomic():
        for kind, value in (("nik", NIK), ("passport", PASSPORT)):
            registering.add_identifier(
                cast.OFFICER, who.id, kind=identifiers.Kind(kind), value=value, on=cast.TODAY
            )
        registering.add_identifier(
            cast.self_of(who.id), who.id, kind=identifiers.Kind.PHONE, value=PHONE, on=cast.TODAY
        )
    return who


@contextmanager
def signed_in(actor: Actor) -> Iterator[Client]:
    with mock.patch.object(identity, "actor_of", return_value=actor):
        yield Client(raise_request_exception=False)


def about(address: str, key: UUID) -> str:
    """The address with the person in each of its places."""
    return address.replace("0190a000-0000-7000-8000-000000000001", str(key))


class TestRequests:
    @pytest.mark.parametrize("who", ["officer", "attaché", "ministry", "herself", "stranger"])
    def test_of_every_page_name_nobody(self, who: str, zubaidah: Worker, written: Written) -> None:
        actor = {
            "officer": cast.OFFICER,
            "attaché": cast.ATTACHE,
            "ministry": cast.MINISTRY,
            "herself": cast.self_of(zubaidah.id, CALLED),
            "stranger": cast.OTHER_ATTACHE,
        }[who]
        asked = 0
        with signed_in(actor) as client:
            for address in sorted({about(each, zubaidah.id) for each in addresses()}):
                if address.startswith(("/keluar/", "/masuk/", "/demo/")):
                    continue
                client.get(address, {"cari": NAME, "q": NIK, "nama": CALLED, "telepon": PHONE})
                asked += 1
        assert asked > 150
        assert len(written.objects("request")) >= asked - 3  # probes are not told of
        written.holds_nobody()

    def test_that_change_something_name_nobody(self, zubaidah: Worker, written: Written) -> None:
        form = {"full_name": NAME, "sex": "F", "birth_date": "1999-04-12", "region": "3502"}
        with signed_in(cast.OFFICER) as client:
            client.post("/pekerja/baru/", form)
            client.post(f"/pekerja/{zubaidah.id}/", form | {"version": "x", "value": NIK})
            client.post("/pekerja/", {"cari": PASSPORT})
            client.get(f"/pekerja/{NAME}/")
            client.get(f"/{NAME}/{PHONE}/", headers={"X-Request-Id": NAME, "traceparent": NIK})
        assert written.objects("request")
        written.holds_nobody()

    def test_say_route_kind_status_and_cost(self, zubaidah: Worker, written: Written) -> None:
        with signed_in(cast.OFFICER) as client:
            answer = client.get(f"/pekerja/{zubaidah.id}/")
        (line,) = written.objects("request")
        assert answer["X-Request-Id"] == line["request"]
        assert re.fullmatch("[0-9a-f]{32}", line["trace"])
        assert line["actor"] == "office"
        assert line["status"] == 200
        assert line["method"] == "GET"
        assert line["queries"] > 0
        assert line["ms"] >= line["database_ms"] > 0
        assert str(zubaidah.id) not in written.text()
        assert line["route"] == "worker" or line["route"].isidentifier()

    def test_to_nowhere_have_no_route(self, written: Written) -> None:
        with signed_in(cast.OFFICER) as client:
            client.get("/tidak/ada/")
        assert written.objects("request")[0]["route"] == "none"

    def test_of_a_probe_are_not_told(self, written: Written) -> None:
        Client().get("/health/live")
        assert written.objects("request") == []


def broken(request: HttpRequest, nama: str) -> HttpResponse:
    raise ValueError(f"invalid literal: {NAME}")


def refused_by_the_database(request: HttpRequest, nama: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("select %s::int", [NAME])
    return HttpResponse()


def caused(request: HttpRequest, nama: str) -> HttpResponse:
    try:
        raise KeyError(NAME)
    except KeyError as error:
        raise RuntimeError(f"{NIK} is odd") from error


urlpatterns = [
    path("rusak/<str:nama>/", broken, name="broken"),
    path("ditolak/<str:nama>/", refused_by_the_database, name="refused"),
    path("karena/<str:nama>/", caused, name="caused"),
    *real.urlpatterns,
]


@pytest.mark.urls(__name__)
class TestFaults:
    @pytest.mark.parametrize("page", ["rusak", "karena"])
    def test_keep_kind_and_place_and_no_words(self, page: str, written: Written) -> None:
        with signed_in(cast.OFFICER) as client:
            assert client.get(f"/{page}/{NAME}/").status_code == 500
        fault = next(each for each in written.objects() if "places" in each)
        assert "test_logs.py" in fault["places"]
        assert "words left out" in fault["places"] or "22P02" in fault["places"]
        assert fault["message"].startswith("Internal Server Error")
        assert fault["route"] in {"broken", "refused", "caused"}
        written.holds_nobody()

    def test_of_a_cause_are_both_told(self, written: Written) -> None:
        with signed_in(cast.OFFICER) as client:
            client.get(f"/karena/{NAME}/")
        assert "KeyError" in written.text()
        assert "RuntimeError" in written.text()


class TestJobs:
    def test_say_what_ran_and_what_it_took(self, written: Written) -> None:
        run = job()(self.counted)
        run()
        (line,) = written.objects("job")
        assert line["job"].endswith("counted")
        assert (line["actor"], line["status"]) == ("clock", 200)
        assert line["queries"] >= 1

    def test_that_fail_name_nobody(self, written: Written) -> None:
        with pytest.raises(DataError):
            job()(self.failing)()
        (line,) = written.objects("job")
        assert (line["level"], line["status"], line["failure"]) == ("ERROR", 500, "DataError")
        written.holds_nobody()

    def test_of_every_app_that_the_clock_starts_name_nobody(
        self, zubaidah: Worker, written: Written
    ) -> None:
        from procrastinate.contrib.django import app

        names = {each.task.name for each in app.periodic_registry.periodic_tasks.values()}
        skipped = {"exchange.sweep"}  # asks other machines
        for name in sorted(names - skipped):
            with transaction.atomic():
                try:
                    app.tasks[name].func(timestamp=0)
                except Exception as error:
                    logging.getLogger("procrastinate").error("failed", exc_info=error)
                finally:
                    transaction.set_rollback(True)
        assert len(written.objects("job")) == len(names - skipped) > 10
        written.holds_nobody()

    @staticmethod
    def counted() -> None:
        Worker.objects.count()

    @staticmethod
    def failing() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select %s::int", [NAME])


class TestWords:
    def test_of_our_own_exceptions_stay(self) -> None:
        from lindung.exchange.adapters import Later

        assert logs.words_of(Later("no line")) == "no line"

    def test_that_name_code_stay(self) -> None:
        try:
            getattr(object(), "nothing")  # noqa: B009
        except AttributeError as error:
            assert "nothing" in logs.words_of(error)

    def test_of_files_lose_their_names(self) -> None:
        assert NAME not in logs.words_of(FileNotFoundError(2, "No such file", f"/x/{NAME}.pdf"))

    def test_given_as_arguments_are_cleaned(self, written: Written) -> None:
        logging.getLogger("x").warning("odd: %s at %s", ValueError(NAME), f"/pekerja/{NIK}/")
        assert "ValueError" in written.text()
        written.holds_nobody()


def test_a_slow_statement_is_told_without_values(written: Written) -> None:
    with override_settings(SLOW_STATEMENT_MS=0):

        @job()
        def look_up() -> None:
            Worker.objects.filter(full_name=NAME, region__in=["3502", "3503"]).exists()

        look_up()
    lines = written.objects("slow statement")
    assert any("registry_worker" in each["statement"] for each in lines)
    assert all(each["job"].endswith("look_up") and each["fingerprint"] for each in lines)
    written.holds_nobody()


def test_a_line_without_work_says_none(written: Written) -> None:
    logging.getLogger("x").warning("plain")
    (line,) = written.objects("plain")
    assert "request" not in line
