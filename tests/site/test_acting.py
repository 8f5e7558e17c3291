"""The middleware: one actor and one transaction a request, and each at the door that is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client, override_settings
from django.urls import include, path

from lindung.access.acting import current_actor
from lindung.access.doors import actor_of
from lindung.access.models import Account
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import NobodyActs, NotFound
from lindung.outreach.models import Message
from lindung.registry.models import Agency
from tests.access.test_sign_in import sign_in
from tests.conftest import Scene
from tests.factories import DutyFactory, PostFactory, WorkerFactory


def _write() -> None:
    Agency.objects.create(
        number=f"T-{uuid4().hex[:12]}",
        name="T",
        region="3502",
        licence_number="T",
        licensed_from="2026-01-01",
        licensed_to="2027-01-01",
    )


def whoami(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("select current_user, current_setting('lindung.actor', true)")
        role, actor = cursor.fetchone()
    assert current_actor() == actor_of(request)
    return HttpResponse(f"{role} {actor}")


def writes(request: HttpRequest) -> HttpResponse:
    _write()
    return HttpResponseRedirect("/selesai/")


def fails(request: HttpRequest) -> HttpResponse:
    _write()
    return HttpResponse(status=500)


def raises(request: HttpRequest) -> HttpResponse:
    _write()
    raise RuntimeError


def refuses(request: HttpRequest) -> HttpResponse:
    _write()
    raise NotFound


urlpatterns = [
    path("", include("lindung.site.urls")),
    path("uji/siapa/", whoami),
    path("uji/tulis/", writes),
    path("uji/gagal/", fails),
    path("uji/salah/", raises),
    path("uji/tolak/", refuses),
    path("peraturan/uji/", whoami),
]


@pytest.fixture(autouse=True)
def _these_pages() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def officer(client: Client, scene: Scene) -> Account:
    with scene():
        account: Account = DutyFactory().account
    sign_in(client, account)
    return account


class TestActing:
    def test_runs_the_request_as_the_actors_role(self, client: Client, officer: Account) -> None:
        assert client.get("/uji/siapa/").content.decode() == f"acts_as_ministry {officer.id}"

    def test_is_at_the_door_again_afterwards(self, client: Client, officer: Account) -> None:
        client.get("/uji/siapa/")
        with pytest.raises(NobodyActs):
            current_actor()
        with connection.cursor() as cursor:
            cursor.execute("select current_user, current_setting('lindung.actor', true)")
            assert cursor.fetchone() == ("acts_as_door", "")

    def test_runs_open_pages_as_anyone(self, client: Client, db: None) -> None:
        assert client.get("/peraturan/uji/").content.decode().startswith("acts_as_public")

    @pytest.mark.parametrize("path", ["/uji/gagal/", "/uji/tolak/"])
    def test_undoes_what_a_failed_or_refused_request_wrote(
        self, client: Client, officer: Account, path: str
    ) -> None:
        assert client.post(path).status_code in {500, 404}
        assert Agency.objects.count() == 0

    def test_undoes_what_a_request_wrote_that_broke(self, client: Client, officer: Account) -> None:
        client.raise_request_exception = False
        assert client.post("/uji/salah/").status_code == 500
        assert Agency.objects.count() == 0

    def test_keeps_what_a_good_request_wrote(self, client: Client, officer: Account) -> None:
        assert client.post("/uji/tulis/").status_code == 302
        assert Agency.objects.count() == 1


class TestOnce:
    def test_does_a_form_sent_twice_once(self, client: Client, officer: Account) -> None:
        once = str(uuid4())
        answers = [client.post("/uji/tulis/", {"once": once}) for _ in range(2)]
        assert [each.headers["Location"] for each in answers] == ["/selesai/"] * 2
        assert Agency.objects.count() == 1

    def test_knows_keys_apart_by_who_sent_them(
        self, client: Client, officer: Account, scene: Scene
    ) -> None:
        other = Client()
        with scene():
            sign_in(other, DutyFactory().account)
        once = str(uuid4())
        for each in (client, other):
            each.post("/uji/tulis/", {"once": once})
        assert Agency.objects.count() == 2

    def test_tries_again_what_was_refused(self, client: Client, officer: Account) -> None:
        headers = {"Idempotency-Key": str(uuid4())}
        assert client.post("/uji/tolak/", headers=headers).status_code == 404
        assert client.post("/uji/tulis/", headers=headers).status_code == 302
        assert Agency.objects.count() == 1


class TestDoors:
    def test_lead_strangers_to_signing_in(self, client: Client, db: None) -> None:
        assert client.get("/uji/siapa/").headers["Location"] == "/masuk/login/?next=/uji/siapa/"
        assert client.get("/saya/").headers["Location"] == "/saya/masuk/"

    def test_answer_machines_with_a_problem(self, client: Client, db: None) -> None:
        answer = client.get("/uji/siapa/", headers={"Accept": "application/json"})
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_keep_workers_on_their_own_pages(self, client: Client, scene: Scene) -> None:
        with scene():
            worker = WorkerFactory()
        _as_worker(client, worker.id)
        assert client.get("/uji/siapa/").headers["Location"] == "/saya/"
        assert client.get("/peraturan/uji/").content.decode() == f"acts_as_worker {worker.id}"

    def test_show_a_worker_nobody_elses_rows(self, client: Client, scene: Scene) -> None:
        with scene():
            post = PostFactory()
            mine, other = WorkerFactory(post_id=post.id), WorkerFactory(post_id=post.id)
            for each in (mine, other):
                Message.objects.create(
                    id=new_id(),
                    worker=each,
                    channel="web",
                    language="id",
                    words=f"Untuk {each.public_number}",
                    made_at="2026-03-02T00:00:00Z",
                    state="sent",
                )
        _as_worker(client, mine.id)
        page = client.get("/saya/pesan/").content.decode()
        assert f"Untuk {mine.public_number}" in page
        assert other.public_number not in page


class TestHeaders:
    @pytest.mark.parametrize("path", ["/masuk/login/", "/saya/masuk/", "/peraturan/"])
    def test_allow_no_inline_script_and_no_frame(self, client: Client, db: None, path: str) -> None:
        answer: Any = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"]


def _as_worker(client: Client, worker_id: Any) -> None:
    session = client.session
    session["worker"] = {"id": str(worker_id), "name": "Siti"}
    session.save()
