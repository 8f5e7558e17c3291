"""The worker's own way: where I am, what is missing, who has it, how long, what next."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.placement import operations as placement
from lindung.placement.models import Evidence

from .conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
MOST_BYTES = 30_000
MOST_QUERIES = 15


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


class TestMyWay:
    def test_says_where_i_am_who_has_it_and_for_how_long(self, lives, phone_of):
        siti = lives.person()
        lives.candidate(siti)
        page = words(phone_of(siti).get("/saya/jalan/"))
        assert "Anda di sini" in page
        assert "Ada pada Anda · 0 hari, sejak" in page
        assert "Lama biasanya tidak diketahui" in page
        assert "Berikutnya" in page

    def test_speaks_english_too(self, lives, phone_of):
        siti = lives.person()
        lives.candidate(siti)
        phone = phone_of(siti)
        phone.cookies["bahasa"] = "en"
        page = words(phone.get("/saya/jalan/"))
        assert "Passport of the local immigration office" in page
        assert "Indonesians on the roster" in page

    def test_tells_the_queue_without_a_promise(self, lives, phone_of):
        siti = lives.person()
        lives.listed(siti)
        page = words(phone_of(siti).get("/saya/jalan/"))
        assert "Anda terdaftar sejak" in page
        assert "Pendaftaran berlaku sampai" in page
        assert "bukan janji" in page
        assert re.search(r"mendapat kontrak: 52 2025-09 ·", page)

    def test_of_somebody_without_a_placement_says_so(self, lives, phone_of):
        page = words(phone_of(lives.person()).get("/saya/jalan/"))
        assert "Belum ada penempatan yang berjalan." in page

    def test_is_small_and_asks_little(self, lives, phone_of):
        siti = lives.person()
        lives.listed(siti)
        phone = phone_of(siti)
        phone.get("/saya/jalan/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = phone.get("/saya/jalan/")
        assert len(page.content) <= MOST_BYTES
        selects = [each["sql"] for each in asked if each["sql"].startswith("SELECT")]
        assert len(selects) <= MOST_QUERIES

    def test_is_nobody_else_s(self, lives, phone_of):
        siti, tuti = lives.person(), lives.person("Tuti Lestari", "Tuti")
        lives.listed(siti)
        assert "Anda terdaftar sejak" not in words(phone_of(tuti).get("/saya/jalan/"))
        assert Client().get("/saya/jalan/").status_code in {302, 403}

    def test_is_one_tap_from_the_first_page(self, lives, phone_of):
        siti = lives.person()
        lives.candidate(siti)
        assert 'href="/saya/jalan/"' in phone_of(siti).get("/saya/").content.decode()


class TestHandIn:
    def test_takes_a_number_and_says_who_looks_at_it(self, lives, phone_of):
        siti = lives.person()
        made = lives.candidate(siti)
        phone = phone_of(siti)
        assert phone.get("/saya/jalan/passport/").status_code == 200
        phone.post("/saya/jalan/passport/", {"reference": "C 1234567", "once": str(uuid4())})
        with acting_as(ROBOT):
            (found,) = Evidence.objects.filter(placement=made, requirement="passport")
        assert (found.state, found.reference) == ("given", "C 1234567")
        page = words(phone.get("/saya/jalan/"))
        assert "Sudah diserahkan, sedang diperiksa" in page
        assert "Ada pada kantor layanan" in page

    def test_keeps_nothing_without_words(self, lives, phone_of):
        siti = lives.person()
        lives.candidate(siti)
        page = phone_of(siti).post("/saya/jalan/passport/", {"once": str(uuid4())})
        assert page.status_code == 422
        with acting_as(ROBOT):
            assert not Evidence.objects.exists()

    def test_asks_again_after_a_refusal_with_its_reason(self, lives, phone_of):
        siti = lives.person()
        made = lives.candidate(siti)
        placement.settle_requirements(
            lives.officer,
            made.id,
            requirements=["passport"],
            state="refused",
            given_on=TODAY,
            reason="Foto buram",
        )
        phone = phone_of(siti)
        assert "Foto buram" in words(phone.get("/saya/jalan/"))
        assert "Foto buram" in words(phone.get("/saya/jalan/passport/"))

    @pytest.mark.parametrize("requirement", ["roster", "work_visa", "horoscope"])
    def test_of_what_is_not_mine_or_not_open_is_not_found(self, lives, phone_of, requirement):
        siti = lives.person()
        lives.candidate(siti)
        assert phone_of(siti).get(f"/saya/jalan/{requirement}/").status_code == 404
