"""The pages of the living register: who gets them, and that the number is the list's."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.monitoring.models import Companion, Extension, Leave
from lindung.registry import operations as registering
from lindung.registry.models import Worker, WorkerState
from lindung.site.register import book
from tests import cast
from tests.conftest import Scene
from tests.site.desk.test_pages import MOST_QUERIES, signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.fixture
def who() -> Worker:
    made = cast.worker()
    cast.arrived(made)
    return made


def once(page: str, act: str) -> str:
    found = re.search(
        rf'name="once" value="([^"]+)"><input type="hidden" name="act" value="{act}"', page
    )
    assert found is not None
    return found[1]


class TestTheBalancePage:
    def test_the_number_leads_to_the_names_and_the_file_has_no_name(
        self, who: Worker, scene: Scene
    ) -> None:
        with scene():
            WorkerState.objects.filter(worker=who).update(stage="after")
        book.recount()
        with signed_in(cast.ATTACHE) as client:
            page = client.get("/neraca/").content.decode()
            assert "Dihitung " in page
            assert "semua sama." in page
            href = re.search(r'href="(/neraca/nama/\?pos=3[^"]*)"', page)
            assert href is not None
            listed = client.get(href[1].replace("&amp;", "&")).content.decode()
            table = client.get("/neraca/nama.csv").content.decode()
        assert who.public_number in listed
        assert "Catat tanggal kepulangannya" in listed
        assert who.public_number in table
        assert "home_without_return" in table
        assert who.full_name not in table

    def test_asks_little_of_the_database(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as client:
            for path in ("/neraca/", "/neraca/nama/", "/belum-dipastikan/"):
                with CaptureQueriesContext(
                    connection,
                ) as asked:
                    assert client.get(path).status_code == 200
                assert len(asked) <= MOST_QUERIES

    def test_keeps_to_the_own_post(self, who: Worker) -> None:
        with signed_in(cast.OTHER_ATTACHE) as client:
            assert client.get("/neraca/?pos=3").status_code == 200
            assert client.get("/neraca/nama/?pos=3").status_code == 404

    def test_is_closed_to_others(self) -> None:
        for actor in (cast.RECRUITER, cast.OFFICER):
            with signed_in(actor) as client:
                for path in ("/neraca/", "/neraca/nama/", "/neraca/nama.csv"):
                    assert client.get(path).status_code == 403


class TestNotConfirmed:
    def test_lists_whom_nobody_confirmed_lately_and_why(self, who: Worker, scene: Scene) -> None:
        with scene():
            WorkerState.objects.filter(worker=who).update(confirmed_on=date(2020, 1, 1))
        with signed_in(cast.ATTACHE) as client:
            page = client.get("/belum-dipastikan/").content.decode()
        assert who.full_name in page
        assert "0 dari 1 orang" in page
        assert "Belum pernah lapor diri" in page

    def test_is_closed_to_recruiters(self) -> None:
        with signed_in(cast.RECRUITER) as client:
            assert client.get("/belum-dipastikan/").status_code == 403


class TestLifeAbroad:
    def path(self, who: Worker) -> str:
        return f"/pekerja/{who.id}/di-luar-negeri/"

    def send(self, who: Worker, act: str, **given: str) -> str:
        with signed_in(cast.ATTACHE) as client:
            page = client.get(self.path(who)).content.decode()
            answer = client.post(
                self.path(who), {"act": act, "once": once(page, act), **given}, follow=True
            )
        return answer.content.decode()

    def test_says_how_sure_we_are_of_each(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as client:
            page = client.get(self.path(who)).content.decode()
        for words in ("Kedatangan", "Keberadaan", "Hanbit", "negara tujuan", "kuat"):
            assert words in page

    def test_takes_leave_family_extension_and_another_contract(self, who: Worker) -> None:
        today = date.today()
        self.send(
            who, "leave", on=today.isoformat(), back_by=(today + timedelta(9)).isoformat(),
            source="worker",
        )  # fmt: skip
        self.send(who, "companion", name="Putri", relation="child", birth_year="2023")
        self.send(who, "extend", until="2031-01-01", source="employer")
        said = self.send(
            who, "resigned", signed_on=today.isoformat(), job="Pembantu rumah", source="worker"
        )
        assert "Isian yang berbeda: 1" in said
        with acting_as(ROBOT):
            leave = Leave.objects.get(worker=who)
            asked = Extension.objects.get(worker=who)
            assert Companion.objects.get(worker=who).name == "Putri"
        self.send(who, "over", leave=str(leave.id), step="come back", on=today.isoformat())
        with signed_in(cast.ATTACHE) as client:
            page = client.get(f"/perpanjangan/{asked.id}/").content.decode()
            key = re.search(r'name="once" value="([^"]+)"', page)
            assert key is not None
            client.post(f"/perpanjangan/{asked.id}/", {"once": key[1], "step": "refuse"})
            client.post(
                f"/perpanjangan/{asked.id}/",
                {"once": str(new_id()), "step": "refuse", "reason": "Ia ingin pulang."},
            )
        with acting_as(ROBOT):
            assert Extension.objects.get(worker=who).state == "refused"
            assert Leave.objects.get(worker=who).state == "back"

    def test_keeps_what_was_typed_when_it_refuses(self, who: Worker) -> None:
        page = self.send(who, "extend", until="2026-01-01", source="employer")
        assert 'value="2026-01-01"' in page
        assert "harus sesudah yang sekarang" in page

    def test_shows_who_entered_herself_as_such(self) -> None:
        key = new_id()
        registering.enrol_abroad(
            cast.self_of(key),
            worker_id=key,
            name="Ani",
            works_in="KR",
            on=cast.TODAY,
            reach="teman",
        )
        with signed_in(cast.ATTACHE) as client:
            page = client.get(f"/pekerja/{key}/di-luar-negeri/").content.decode()
            file = client.get(f"/pekerja/{key}/").content.decode()
        assert "hanya untuk perwakilan dan kementerian" in page
        assert "Mendaftar sendiri" in file

    def test_is_not_there_for_a_recruiter_or_another_post(self, who: Worker) -> None:
        for actor in (cast.RECRUITER, cast.OTHER_ATTACHE):
            with signed_in(actor) as client:
                assert client.get(self.path(who)).status_code == 404
