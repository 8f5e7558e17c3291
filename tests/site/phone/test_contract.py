"""The contract on the phone: plain words, closed until checked, answered by the worker alone."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.placement.models import Contract, Placement

from .conftest import TODAY

pytestmark = pytest.mark.django_db


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def state(contract) -> tuple[str, str]:
    with acting_as(ROBOT):
        placement = Placement.objects.get(id=contract.placement_id)
        return Contract.objects.get(id=contract.id).state, placement.state


class TestReading:
    def test_says_the_main_points_in_plain_words(self, lives, phone_of):
        siti = lives.person()
        contract = lives.offered(siti)
        page = words(phone_of(siti).get(f"/saya/kontrak/{contract.id}/"))
        for part in ("₩2.300.000 per bulan", "transfer bank", "kamar studio", "Ansan"):
            assert part in page

    def test_in_the_language_of_the_page(self, lives, phone_of):
        siti = lives.person()
        contract = lives.offered(siti)
        phone = phone_of(siti)
        phone.cookies["bahasa"] = "en"
        page = words(phone.get(f"/saya/kontrak/{contract.id}/"))
        for part in ("Ordinary monthly wage", "₩2,300,000", "bank transfer"):
            assert part in page

    def test_is_closed_until_it_is_checked_and_says_why(self, lives, phone_of):
        siti = lives.person()
        contract = lives.offered(siti)
        page = words(phone_of(siti).get(f"/saya/kontrak/{contract.id}/"))
        assert "KBRI Seoul masih memeriksa" in page
        assert "Setuju" not in page

    def test_shows_what_the_officer_decided_and_why(self, lives, phone_of):
        siti = lives.person()
        contract = lives.verified(siti)
        page = words(phone_of(siti).get(f"/saya/kontrak/{contract.id}/"))
        assert contract.judgements
        assert page.count("Petugas: boleh. Sudah ditanyakan ke Seoul") == len(contract.judgements)
        assert re.search(r"\d+ aturan sesuai", page)

    def test_a_form_nobody_described_is_said_to_be_unreadable_here(self, lives, phone_of):
        siti = lives.person()
        contract = lives.offered(siti)
        with acting_as(ROBOT):
            Contract.objects.filter(id=contract.id).update(form="xx.unknown")
        page = words(phone_of(siti).get(f"/saya/kontrak/{contract.id}/"))
        assert "belum dapat ditampilkan" in page


class TestAnswering:
    def test_agreeing_concludes_it_once(self, lives, phone_of):
        siti = lives.person()
        contract = lives.verified(siti)
        phone, path = phone_of(siti), f"/saya/kontrak/{contract.id}/"
        sent = {"answer": "agree", "once": uuid4()}
        assert [phone.post(path, sent).status_code for _ in range(2)] == [302, 302]
        assert state(contract) == ("signed", "contracted")
        assert "Anda menyetujui kontrak ini" in words(phone.get(path))

    def test_refusing_needs_no_reason_and_keeps_one(self, lives, phone_of):
        siti = lives.person()
        contract = lives.verified(siti)
        phone, path = phone_of(siti), f"/saya/kontrak/{contract.id}/"
        phone.post(path, {"answer": "refuse", "reason": "Upah terlalu kecil"})
        assert state(contract) == ("refused", "rostered")
        assert "Upah terlalu kecil" in words(phone.get(path))

    def test_a_reason_that_is_too_long_stays_on_the_page(self, lives, phone_of):
        siti = lives.person()
        contract = lives.verified(siti)
        typed = "Terlalu jauh. " * 20
        page = phone_of(siti).post(
            f"/saya/kontrak/{contract.id}/", {"answer": "refuse", "reason": typed}
        )
        assert typed.strip() in page.content.decode()
        assert state(contract)[0] == "verified"

    def test_an_unchecked_contract_takes_no_answer(self, lives, phone_of):
        siti = lives.person()
        contract = lives.offered(siti)
        page = phone_of(siti).post(f"/saya/kontrak/{contract.id}/", {"answer": "agree"})
        assert "belum atau tidak lagi terbuka" in words(page)
        assert state(contract) == ("offered", "offered")

    def test_after_the_last_day_it_is_closed(self, lives, phone_of):
        siti = lives.person()
        contract = lives.verified(siti, TODAY - timedelta(days=1))
        phone, path = phone_of(siti), f"/saya/kontrak/{contract.id}/"
        assert "Batas menjawab sudah lewat" in words(phone.get(path))
        phone.post(path, {"answer": "agree"})
        assert state(contract)[0] == "verified"
