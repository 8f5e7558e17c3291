"""Many rows at once: the preview tells what happens, the receipt what did, and it is taken back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.models import Receipt
from lindung.access.roles import ROBOT
from lindung.outreach.models import Message
from lindung.protection import operations as protection
from lindung.protection.models import Case, CaseKind
from lindung.registry.models import Task, Worker
from tests import cast
from tests.site.desk.browsing import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")
MANY = "/antrean/massal/"
TWICE = "orang yang sama"


@pytest.fixture
def who() -> Worker:
    """At work in Korea, with two open cases."""
    made = cast.worker()
    cast.arrived(made)
    for kind, words in (
        (CaseKind.WAGES_UNPAID, "Gaji belum dibayar"),
        (CaseKind.PASSPORT_KEPT, "Paspor ditahan"),
    ):
        protection.complain(cast.self_of(made.id), made.id, words=words, at=cast.NOW, kind=kind)
    return made


def keys(who: Worker) -> list[str]:
    """The rows of her cases and tasks in the queue."""
    with acting_as(cast.ATTACHE):
        found = [f"kasus.{each.id}" for each in Case.objects.filter(worker=who)]
        found += [
            f"tugas.{each.id}"
            for each in Task.objects.filter(worker=who, state="open", owner="post").exclude(
                kind="contract:verify"
            )
        ]
    return found


def confirmed(browser, **given) -> Receipt:  # type: ignore[no-untyped-def]
    """Confirm and read the receipt."""
    answer = browser.post(MANY, given | {"pasti": "1", "once": str(uuid4())})
    assert answer.status_code == 302, answer.content.decode()[:400]
    with acting_as(cast.ATTACHE):
        return Receipt.objects.get(id=answer["Location"].rstrip("/").rpartition("/")[2])


class TestThePreview:
    def test_says_what_is_done_and_why_rows_are_left_out(self, who: Worker) -> None:
        rows = keys(who)
        with signed_in(cast.ATTACHE) as browser:
            page = browser.post(MANY, {"act": "ambil", "baris": [*rows, f"tugas.{uuid4()}"]})
        told = page.context["told"]
        cases = [each for each in rows if each.startswith("kasus.")]
        assert [each.key for each in told.doing] == cases
        assert "tidak lagi menunggu" in page.content.decode()
        assert len(told.skipped) == len(rows) - len(cases) + 1

    def test_changes_nothing(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as browser:
            browser.post(MANY, {"act": "ambil", "baris": keys(who)})
        with acting_as(cast.ATTACHE):
            assert not Case.objects.filter(owner_id__isnull=False).exists()
            assert not Receipt.objects.exists()

    @pytest.mark.parametrize(
        "given", [{}, {"act": "ambil"}, {"act": "pesan"}, {"act": "tugas"}, {"act": "beri"}]
    )
    def test_asks_for_what_is_missing(self, who: Worker, given: dict[str, str]) -> None:
        rows = [] if given.get("act") == "ambil" else keys(who)
        with signed_in(cast.ATTACHE) as browser:
            answer = browser.post(MANY, given | {"baris": rows})
        assert answer.status_code == (302 if given else 404)

    def test_finds_nothing_of_a_stranger(self, who: Worker) -> None:
        with signed_in(cast.OTHER_ATTACHE) as browser:
            page = browser.post(MANY, {"act": "ambil", "baris": keys(who)})
        assert page.context["told"].doing == []


class TestTheAct:
    def test_takes_cases_once(self, who: Worker) -> None:
        key = str(uuid4())
        given = {"act": "ambil", "baris": keys(who), "pasti": "1", "once": key}
        with signed_in(cast.ATTACHE) as browser:
            first, again = browser.post(MANY, given), browser.post(MANY, given)
        assert first["Location"] == again["Location"]
        with acting_as(cast.ATTACHE):
            assert Receipt.objects.count() == 1
            assert {each.owner_id for each in Case.objects.all()} == {cast.ATTACHE.id}

    def test_writes_to_each_person_once(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as browser:
            made = confirmed(browser, act="pesan", pesan="how_are_you", baris=keys(who))
        assert len(made.done) == 1
        assert {each["why"] for each in made.skipped} == {"twice"}
        with acting_as(ROBOT):
            sent = Message.objects.filter(worker=who, template="how_are_you")
            assert sent.count() == 1

    def test_sets_a_task_that_can_be_taken_back(self, who: Worker) -> None:
        day = timezone.localdate() + timedelta(days=3)
        with signed_in(cast.ATTACHE) as browser:
            made = confirmed(
                browser, act="tugas", tugas="Telepon lagi", sampai=day.isoformat(), baris=keys(who)
            )
            with acting_as(cast.ATTACHE):
                task = Task.objects.get(id=made.done[0]["task"])
            assert (task.title, task.state, task.owner) == ("Telepon lagi", "open", "post")
            assert timezone.localtime(task.due_at).date() == day
            shown = browser.get(f"/antrean/tanda-terima/{made.id}/")
            assert "Batalkan" in shown.content.decode()
            browser.post(f"/antrean/tanda-terima/{made.id}/")
            assert browser.post(f"/antrean/tanda-terima/{made.id}/").status_code == 404
        with acting_as(cast.ATTACHE):
            assert Task.objects.get(id=task.id).state == "dropped"

    def test_gives_the_case_back_to_whose_it_was(self, who: Worker) -> None:
        second = cast._actor(
            cast.ATTACHE.kind, "attache", "Sari", office="KBRI Seoul", posts=cast.ATTACHE.posts
        )
        with acting_as(cast.ATTACHE):
            case = Case.objects.filter(worker=who).first()
        assert case is not None
        protection.take_case(second, case.id)
        with signed_in(cast.ATTACHE) as browser:
            made = confirmed(browser, act="ambil", baris=keys(who))
            browser.post(f"/antrean/tanda-terima/{made.id}/")
        with acting_as(cast.ATTACHE):
            owners = {each.id: each.owner_id for each in Case.objects.all()}
        assert owners.pop(case.id) == second.id
        # Nobody had the other one; a case is never left without an owner by taking back.
        assert set(owners.values()) == {cast.ATTACHE.id}

    def test_leaves_out_a_row_that_refuses(
        self, who: Worker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, calls = protection.take_case, []

        def fails_once(actor, case_id, **given):  # type: ignore[no-untyped-def]
            calls.append(case_id)
            if len(calls) == 1:
                raise protection_refusal
            return real(actor, case_id, **given)

        from lindung.kernel.refusals import Conflict

        protection_refusal = Conflict()
        monkeypatch.setattr(protection, "take_case", fails_once)
        with signed_in(cast.ATTACHE) as browser:
            made = confirmed(browser, act="ambil", baris=keys(who))
            shown = browser.get(f"/antrean/tanda-terima/{made.id}/").content.decode()
        assert len(made.done) == 1
        assert "Ulangi untuk yang dilewati" in shown
        assert Conflict.title in {each["why"] for each in made.skipped}

    def test_exports_what_is_ticked(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as browser:
            answer = browser.post(MANY, {"act": "csv", "baris": keys(who)})
        assert answer["Content-Type"].startswith("text/csv")
        assert len(answer.content.decode().splitlines()) == len(keys(who)) + 1

    def test_shows_a_receipt_to_its_owner_alone(self, who: Worker) -> None:
        with signed_in(cast.ATTACHE) as browser:
            made = confirmed(browser, act="ambil", baris=keys(who))
        with signed_in(cast.OTHER_ATTACHE) as browser:
            assert browser.get(f"/antrean/tanda-terima/{made.id}/").status_code == 404
