"""The desk's pages: who gets them, what they ask of the database, what they keep when they refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lindung.access import identity
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import JournalEntry
from lindung.placement.models import Contract, Placement
from lindung.placement.web import show
from lindung.protection import operations as protection
from lindung.protection.models import Case, CaseKind
from lindung.registry.models import Worker
from tests import cast
from tests.conftest import Scene

pytestmark = pytest.mark.usefixtures("posts", "places")
MOST_QUERIES = 15
SignedIn = Callable[[Actor], Client]


@contextmanager
def signed_in(actor: Actor) -> Iterator[Client]:
    """A browser of this actor; how people sign in has tests of its own."""
    with mock.patch.object(identity, "actor_of", return_value=actor):
        yield Client()


@pytest.fixture
def who() -> Worker:
    """At work in Korea, with an open case."""
    made = cast.worker()
    cast.arrived(made)
    protection.complain(
        cast.self_of(made.id),
        made.id,
        words="Gaji belum dibayar",
        at=cast.NOW,
        kind=CaseKind.WAGES_UNPAID,
    )
    return made


def pages_of(who: Worker) -> list[str]:
    """Every page about a person."""
    with acting_as(cast.MINISTRY):
        placement = Placement.objects.get(worker=who)
        contract = Contract.objects.get(worker=who)
        case = Case.objects.get(worker=who)
    return [
        f"/pekerja/{who.id}/",
        f"/pekerja/{who.id}/dilihat/",
        f"/penempatan/{placement.id}/",
        f"/kontrak/{contract.id}/",
        f"/kasus/{case.id}/",
    ]


class TestAPersonsPages:
    def test_open_to_her_attache_and_ask_little(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as browser:
            for page in pages_of(who):
                browser.get(page)  # fills what a process keeps of the reference tables
                with CaptureQueriesContext(connection) as asked:
                    assert browser.get(page).status_code == 200, page
                real = [
                    each["sql"]
                    for each in asked.captured_queries
                    if each["sql"].lstrip().lower().startswith(("select", "insert", "update"))
                ]
                assert len(real) <= MOST_QUERIES, page

    def test_open_while_the_day_of_arrival_has_not_begun_here(
        self, who: Worker, scene: Scene
    ) -> None:
        tomorrow = timezone.localdate() + timedelta(days=1)
        with scene():
            Placement.objects.filter(worker=who).update(arrived_on=tomorrow, ended_on=None)
        with signed_in(cast.ATTACHE) as browser:
            page = browser.get(f"/pekerja/{who.id}/")
        assert "bulan ke-1" in page.content.decode()

    @pytest.mark.parametrize(
        "stranger", [cast.OTHER_ATTACHE, cast.OTHER_OFFICER, cast.OTHER_RECRUITER]
    )
    def test_do_not_exist_for_a_stranger(self, who: Worker, stranger: Actor) -> None:
        with signed_in(stranger) as browser:
            for page in pages_of(who):
                assert browser.get(page).status_code in {403, 404}, page
            listed = browser.get("/pekerja/").content.decode()
            found = browser.post("/pekerja/", {"q": "siti"}).content.decode()
        assert "Siti Rahayu" not in listed + found

    def test_are_journalled_when_looked_at(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as browser:
            browser.get(f"/pekerja/{who.id}/")
        with acting_as(cast.MINISTRY):
            look = JournalEntry.objects.get(type="access.PersonLookedAt")
        assert (look.worker_id, look.actor_id) == (who.id, cast.ATTACHE.id)

    def test_tell_the_attache_what_was_before_her_post(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as browser:
            page = browser.get(f"/pekerja/{who.id}/").content.decode()
        assert "Terdaftar lewat" in page
        assert "Gaji tidak dibayar" in page

    def test_keep_cases_from_the_office_at_home(self, who: Worker) -> None:
        with signed_in(cast.OFFICER) as browser:
            page = browser.get(f"/pekerja/{who.id}/").content.decode()
        assert "Gaji tidak dibayar" not in page

    def test_carry_no_name_in_title_or_address(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as browser:
            for page in pages_of(who):
                head = browser.get(page).content.decode().partition("</title>")[0]
                assert "Siti" not in head


class TestAContract:
    def test_keeps_the_reasons_typed_when_it_is_refused(self) -> None:
        contract = cast.offered(cast.worker())
        judged = cast.yes_to_all(contract)
        one, *rest = judged
        form = {f"answer:{one}": "yes", f"reason:{one}": "Saya telepon majikannya"}
        with signed_in(cast.ATTACHE) as browser:
            page = browser.post(f"/kontrak/{contract.id}/putusan/", form | {"decision": "verify"})
        assert page.status_code == 422
        assert rest
        assert "Saya telepon majikannya" in page.content.decode()

    def test_reads_as_the_paper_does(self) -> None:
        from lindung.placement.contract_forms import form

        paper = form("kr.slc.v2020_01")
        lines = {
            line.title: line.shown
            for _, each in show.sections(paper, cast.TERMS, [])
            for line in each
        }
        assert lines["Jam kerja seminggu"] == "40"
        assert lines["Istirahat (menit)"] == "60"
        assert lines["Cara bayar"] == "transfer bank"
        assert "2.300.000" in lines["Upah pokok sebulan"]
