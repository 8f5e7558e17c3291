"""A case on the phone: its stage, the talk, and the worker's last word."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.protection import operations as protection
from lindung.protection.models import Case, CaseNote

from .conftest import NOW

pytestmark = pytest.mark.django_db


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def case_now(case) -> Case:
    with acting_as(ROBOT):
        return Case.objects.get(id=case.id)


class TestTalk:
    def test_the_worker_reads_what_was_said_but_no_internal_note(self, lives, phone_of):
        siti = lives.person()
        lives.offered(siti)
        case = lives.complained(siti)
        note = protection.add_note
        note(lives.attache, case.id, words="Kami hubungi majikan", at=NOW, internal=False)
        note(lives.attache, case.id, words="Majikan berbohong", at=NOW, internal=True)
        page = words(phone_of(siti).get(f"/saya/kasus/{case.id}/"))
        assert "Kami hubungi majikan" in page
        assert "Gaji belum dibayar" in page
        assert "Majikan berbohong" not in page

    def test_says_by_when_somebody_calls(self, lives, phone_of):
        siti = lives.person()
        case = lives.complained(siti)
        assert "paling lambat" in words(phone_of(siti).get(f"/saya/kasus/{case.id}/"))

    def test_says_sorry_when_that_has_passed(self, lives, phone_of):
        siti = lives.person()
        case = lives.complained(siti)
        with acting_as(ROBOT):
            Case.objects.filter(id=case.id).update(answer_due_at=NOW.replace(year=NOW.year - 1))
        assert "kami terlambat" in words(phone_of(siti).get(f"/saya/kasus/{case.id}/"))

    def test_a_reply_is_the_workers_and_counts_once(self, lives, phone_of):
        siti = lives.person()
        case = lives.complained(siti)
        phone, sent = phone_of(siti), {"words": "Slip gaji ada", "once": uuid4()}
        for _each in range(2):
            assert phone.post(f"/saya/kasus/{case.id}/", sent).status_code == 302
        with acting_as(ROBOT):
            (note,) = CaseNote.objects.filter(case_id=case.id, words="Slip gaji ada")
        assert (note.from_worker, note.internal, note.author) == (True, False, "Siti")

    def test_an_empty_reply_is_refused_on_the_page(self, lives, phone_of):
        siti = lives.person()
        case = lives.complained(siti)
        page = phone_of(siti).post(f"/saya/kasus/{case.id}/", {"words": " "})
        assert "Tulis pesannya dahulu" in words(page)


class TestOutcome:
    def test_is_asked_on_the_first_page_and_on_the_case(self, lives, phone_of):
        siti = lives.person()
        case = lives.outcome(siti)
        phone = phone_of(siti)
        for path in ("/saya/", f"/saya/kasus/{case.id}/"):
            page = words(phone.get(path))
            assert "Apakah masalah Anda benar selesai?" in page
            assert "Gaji sudah dibayar" in page

    def test_yes_closes_it(self, lives, phone_of):
        siti = lives.person()
        case = lives.outcome(siti)
        phone = phone_of(siti)
        phone.post(f"/saya/kasus/{case.id}/hasil/", {"solved": "yes", "once": uuid4()})
        assert case_now(case).closed_at is not None
        page = words(phone.get(f"/saya/kasus/{case.id}/"))
        assert "Selesai menurut Anda sendiri" in page
        assert "Kirim pesan" not in page

    def test_no_sends_it_back_to_work(self, lives, phone_of):
        siti = lives.person()
        case = lives.outcome(siti)
        phone_of(siti).post(f"/saya/kasus/{case.id}/hasil/", {"solved": "no"})
        assert (case_now(case).state, case_now(case).closed_at) == ("handling", None)

    def test_without_an_outcome_there_is_nothing_to_confirm(self, lives, phone_of):
        siti = lives.person()
        case = lives.complained(siti)
        page = phone_of(siti).post(f"/saya/kasus/{case.id}/hasil/", {"solved": "yes"}, follow=True)
        assert "belum atau tidak lagi terbuka" in words(page)
        assert case_now(case).closed_at is None

    def test_a_reply_after_the_end_is_refused_and_stays_typed(self, lives, phone_of):
        siti = lives.person()
        case = lives.outcome(siti)
        protection.answer_outcome(siti, case.id, solved=True, at=NOW)
        page = phone_of(siti).post(f"/saya/kasus/{case.id}/", {"words": "Ternyata belum"})
        assert "Ternyata belum" in page.content.decode()
        with acting_as(ROBOT):
            assert not CaseNote.objects.filter(words="Ternyata belum").exists()
