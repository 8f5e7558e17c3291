"""The queue: one order over all kinds, pages that go on, figures that are their lists."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from django.http import QueryDict
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.roles import ROBOT
from lindung.protection import operations as protection
from lindung.protection.models import Case, CaseKind
from lindung.registry.models import Task, Worker, WorkerState
from lindung.registry.operations import open_task
from lindung.site.desk.queue import (
    GROUPS,
    Mark,
    Wanted,
    counts,
    page,
    row,
)
from tests import cast
from tests.conftest import Scene
from tests.site.desk.browsing import MOST_QUERIES, queries_of, signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")


def task(about: Worker, title: str, *, days: int, owner: str = "post") -> Task:
    """A task due at noon so many days from today."""
    day = timezone.localdate() + timedelta(days=days)
    due = datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())
    with acting_as(ROBOT):
        state = WorkerState.objects.get(worker_id=about.id)
    return open_task(
        ROBOT,
        about=state,
        kind=f"test:{title}",
        title=title,
        due_at=due,
        owner=owner,
    )


@pytest.fixture
def who() -> Worker:
    """At work in Korea, with an open case that nobody has taken."""
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


def asked(text: str = "") -> Wanted:
    """A filter from an address."""
    return Wanted.of(QueryDict(text))


def whole(actor: Actor, wanted: Wanted, *, most: int = 50) -> list[str]:
    """The keys of the whole queue, page by page."""
    found: list[str] = []
    after: Mark | None = None
    with acting_as(actor):
        for _ in range(50):
            shown = page(actor, wanted, today=timezone.localdate(), after=after, most=most)
            found += [each.key for each in shown.rows]
            if shown.next is None:
                return found
            after = Mark.read(str(shown.next))
    raise AssertionError("the queue does not end")


class TestTheQueue:
    def test_has_every_kind_by_lateness(self, who: Worker) -> None:
        late, soon = task(who, "lambat", days=-400), task(who, "nanti", days=400)
        keys = whole(cast.ATTACHE, asked())
        with acting_as(cast.ATTACHE):
            case = Case.objects.get(worker=who)
            dues = [
                each.due for each in page(cast.ATTACHE, asked(), today=timezone.localdate()).rows
            ]
        assert keys[0] == f"tugas.{late.id}"
        assert keys[-1] == f"tugas.{soon.id}"
        assert f"kasus.{case.id}" in keys
        assert dues == sorted(dues)

    @pytest.mark.parametrize("most", [1, 2, 3, 7])
    def test_goes_on_where_a_page_ended(self, who: Worker, most: int) -> None:
        for number in range(9):
            # Several of one instant: the id decides.
            task(who, f"sama {number}", days=2 if number < 6 else -2)
        cast.offered(cast.worker(full_name="Lilis Suryani"))
        keys = whole(cast.ATTACHE, asked())
        assert len(keys) == len(set(keys)) >= 11
        assert whole(cast.ATTACHE, asked(), most=most) == keys

    @pytest.mark.parametrize("most", [1, 2, 5])
    def test_goes_on_where_rows_are_always_due_today(self, most: int) -> None:
        for number in range(4):
            cast.signed(cast.worker(full_name=f"Orang {number}"))
        keys = whole(cast.OFFICER, asked())
        assert sum(key.startswith("berangkat.") for key in keys) == 4
        assert whole(cast.OFFICER, asked(), most=most) == keys

    def test_counts_the_very_rows_that_a_figure_leads_to(self, who: Worker) -> None:
        for number, days in enumerate((-30, -1, 0, 1, 7, 8, 90)):
            task(who, f"hari {number}", days=days)
        cast.offered(cast.worker(full_name="Lilis Suryani"))
        with acting_as(cast.ATTACHE):
            told = counts(cast.ATTACHE, asked(), today=timezone.localdate())
        lengths = [len(whole(cast.ATTACHE, asked(f"batas={group}"))) for group in GROUPS]
        assert [told.late, told.today, told.week, told.later] == lengths
        assert min(lengths) > 0
        assert told.all == len(whole(cast.ATTACHE, asked()))

    def test_counts_beyond_a_page(self, who: Worker) -> None:
        for number in range(61):
            task(who, f"banyak {number}", days=30)
        with acting_as(cast.ATTACHE):
            told = counts(cast.ATTACHE, asked(), today=timezone.localdate())
        assert told.later >= 61

    def test_is_mine_the_teams_or_nobodys(self, who: Worker) -> None:
        with acting_as(cast.ATTACHE):
            case = Case.objects.get(worker=who)
        key = f"kasus.{case.id}"
        assert key in whole(cast.ATTACHE, asked("siapa=tanpa"))
        assert whole(cast.ATTACHE, asked("siapa=saya")) == []
        protection.take_case(cast.ATTACHE, case.id)
        assert whole(cast.ATTACHE, asked("siapa=saya")) == [key]
        assert key not in whole(cast.ATTACHE, asked("siapa=tanpa"))
        assert key in whole(cast.ATTACHE, asked("siapa=tim"))

    def test_is_filtered(self, who: Worker) -> None:
        mine = task(who, "punya asal", days=1)
        with acting_as(cast.ATTACHE):
            case = Case.objects.get(worker=who)
            employer = Worker.objects.get(id=who.id).state.employer_id
        key = f"kasus.{case.id}"
        assert whole(cast.ATTACHE, asked("jenis=kasus")) == [key]
        assert whole(cast.ATTACHE, asked("masalah=wages_unpaid")) == [key]
        assert whole(cast.ATTACHE, asked("masalah=violence")) == []
        assert f"tugas.{mine.id}" in whole(cast.ATTACHE, asked("asal=35"))
        assert f"tugas.{mine.id}" in whole(cast.ATTACHE, asked(f"asal={cast.PONOROGO}"))
        assert whole(cast.ATTACHE, asked("asal=11")) == []
        assert whole(cast.ATTACHE, asked(f"agensi={UUID(int=7)}")) == []
        if employer is not None:
            assert key in whole(cast.ATTACHE, asked(f"pemberi={employer}"))
        assert whole(cast.ATTACHE, asked(f"pemberi={UUID(int=7)}")) == []

    def test_takes_no_nonsense_from_an_address(self) -> None:
        given = "siapa=x&batas=y&jenis=z&pemberi=1&agensi=2&asal=abc&masalah=q"
        assert asked(given) == Wanted()
        assert Mark.read("1.2") is None
        assert Mark.read("a.b.c") is None

    @pytest.mark.parametrize("stranger", [cast.OTHER_ATTACHE, cast.RECRUITER])
    def test_has_nothing_of_a_stranger(self, who: Worker, stranger: Actor) -> None:
        task(who, "rahasia", days=-3)
        with acting_as(cast.ATTACHE):
            case = Case.objects.get(worker=who)
        assert whole(stranger, asked()) == []
        with acting_as(stranger):
            assert row(stranger, "kasus", case.id, today=timezone.localdate()) is None


class TestTheFirstPage:
    def test_asks_little(self, who: Worker) -> None:
        for number in range(55):
            task(who, f"baris {number}", days=number - 20)
        for actor in (cast.ATTACHE, cast.OFFICER, cast.RECRUITER, cast.MINISTRY):
            with signed_in(actor) as browser:
                sent = queries_of(browser, "/")
                assert len(sent) <= MOST_QUERIES, (actor.kind, len(sent), sent)

    @pytest.mark.parametrize("given", ["batas=lewat", "siapa=saya", "jenis=kasus", "asal=35"])
    def test_asks_little_whatever_is_filtered(self, who: Worker, given: str) -> None:
        with signed_in(cast.ATTACHE) as browser:
            assert len(queries_of(browser, f"/?{given}")) <= MOST_QUERIES

    def test_shows_the_queue_alone_to_its_refresh(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as browser:
            whole_page = browser.get("/")
            part = browser.get("/", headers={"HX-Request": "true"})
        assert "HX-Request" in whole_page["Vary"]
        assert "<html" in whole_page.content.decode()
        assert part.content.decode().startswith('<section class="card" id="antrean"')

    def test_leads_on_to_the_next_page(self, who: Worker) -> None:
        for number in range(60):
            task(who, f"baris {number:02}", days=30)
        with signed_in(cast.ATTACHE) as browser:
            first = browser.get("/")
            following = first.context["next"]
            second = browser.get(f"/{following}")
        seen = {each.key for each in first.context["rows"]}
        assert len(seen) == 50
        assert seen.isdisjoint(each.key for each in second.context["rows"])
        assert first.context["counts"].all == 50 + len(second.context["rows"])

    def test_says_what_others_did(self, who: Worker, scene: Scene) -> None:
        with signed_in(cast.ATTACHE) as browser:
            shown = browser.get("/").context["changed"]
            for note in shown:
                listed = browser.get(note.href)
                assert listed.status_code == 200
                assert note.words.rpartition(": ")[2] == str(len(listed.context["lines"]))
        assert shown


class TestARow:
    def test_shows_only_lawful_steps(self, who: Worker) -> None:
        with acting_as(cast.ATTACHE):
            case = Case.objects.get(worker=who)
        with signed_in(cast.ATTACHE) as browser:
            shown = browser.get(f"/antrean/kasus/{case.id}/")
            names = [each.name for each in shown.context["steps"]]
            assert "take" in names
            refused = browser.post(f"/antrean/kasus/{case.id}/", {"step": "confirm"})
        assert refused.status_code in {302, 404}
        with acting_as(cast.ATTACHE):
            assert Case.objects.get(id=case.id).state == case.state

    def test_goes_on_to_the_next(self, who: Worker) -> None:
        first, second = task(who, "satu", days=-900), task(who, "dua", days=-899)
        with signed_in(cast.ATTACHE) as browser:
            answer = browser.post(
                f"/antrean/tugas/{first.id}/?jenis=tugas", {"step": "finish", "lalu": "berikutnya"}
            )
        assert answer["Location"] == f"/antrean/tugas/{second.id}/?jenis=tugas"
        with acting_as(cast.ATTACHE):
            assert Task.objects.get(id=first.id).state == "done"

    def test_says_that_a_colleague_was_faster(self, who: Worker) -> None:
        made = task(who, "satu", days=-9)
        with signed_in(cast.ATTACHE) as browser:
            browser.post(f"/antrean/tugas/{made.id}/", {"step": "finish"})
            part = browser.get(f"/antrean/tugas/{made.id}/", headers={"HX-Request": "true"})
            assert browser.get(f"/antrean/tugas/{made.id}/").status_code == 404
        assert "tidak lagi menunggu" in part.content.decode()

    def test_does_not_exist_for_a_stranger(self, who: Worker) -> None:
        made = task(who, "satu", days=-9)
        with signed_in(cast.OTHER_ATTACHE) as browser:
            assert browser.get(f"/antrean/tugas/{made.id}/").status_code == 404
