"""The PIN before the private parts: what stays open, what closes, and what a wrong one costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from lindung.access import phones

from .conftest import NOW

pytestmark = pytest.mark.django_db
PIN = "271828"
PRIVATE = (
    "pribadi/",
    "dilihat/",
    "dibagikan/",
    "keluarga/",
    "data/",
    "pesan/",
    "biaya/",
    "berkas/",
)
OPEN = ("", "keluhan/", "kartu/", "kotak/", "upah/", "tanya/")


@pytest.fixture
def locked(lives, phone_of):
    """A phone with a PIN, left alone until it locked itself."""
    siti = lives.person()
    lives.complained(siti, words="Paspor saya disimpan majikan")
    phone = phone_of(siti)
    with time_machine.travel(NOW - timedelta(hours=1), tick=False):
        phone.post("/saya/pin/", {"what": "set", "pin": PIN, "again": PIN})
    return phone


class TestALockedPhone:
    @pytest.mark.parametrize("path", PRIVATE)
    def test_asks_for_the_pin_before_private_pages(self, locked, path):
        answer = locked.get(f"/saya/{path}")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/saya/pin/?ke=")

    @pytest.mark.parametrize("path", OPEN)
    def test_leaves_help_and_news_open(self, locked, path):
        assert locked.get(f"/saya/{path}").status_code == 200

    def test_shows_no_case_on_the_first_page(self, locked):
        page = locked.get("/saya/").content.decode()
        assert "/saya/kasus/" not in page
        assert "DARURAT" in page

    def test_takes_a_call_for_help_and_opens_nothing(self, locked):
        answer = locked.post("/saya/darurat/", {})
        assert answer["Location"] == "/saya/"
        assert "Diterima. Nomornya" in locked.get("/saya/").content.decode()

    def test_changes_nothing_private_by_a_form(self, locked):
        answer = locked.post("/saya/keluarga/", {"name": "Budi", "relation": "suami"})
        assert answer["Location"].startswith("/saya/pin/")

    def test_cannot_be_given_another_pin_or_none(self, locked):
        locked.post("/saya/pin/", {"what": "forget"})
        locked.post("/saya/pin/", {"what": "set", "pin": "111111", "again": "111111"})
        assert locked.get("/saya/data/").status_code == 302

    def test_opens_with_the_pin_and_goes_where_one_wanted(self, locked):
        answer = locked.post("/saya/pin/", {"pin": PIN, "ke": "/saya/data/"})
        assert answer["Location"] == "/saya/data/"
        assert locked.get("/saya/data/").status_code == 200

    @pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/saya/", "/antrean/"])
    def test_leads_to_its_own_pages_alone(self, locked, to):
        assert locked.post("/saya/pin/", {"pin": PIN, "ke": to})["Location"] == "/saya/"

    def test_locks_itself_again(self, locked):
        with time_machine.travel(NOW, tick=False):
            locked.post("/saya/pin/", {"pin": PIN})
        with time_machine.travel(NOW + phones.OPEN_FOR + timedelta(minutes=2), tick=False):
            assert locked.get("/saya/data/").status_code == 302

    def test_lets_nobody_guess(self, locked):
        for guess in range(5):
            page = locked.post("/saya/pin/", {"pin": f"00000{guess}"})
            assert page.status_code == 422
            assert "PIN salah." in page.content.decode()
        # The right one, too late.
        page = locked.post("/saya/pin/", {"pin": PIN})
        assert page.status_code == 422
        assert locked.get("/saya/data/").status_code == 302


class TestSettingOne:
    def test_needs_six_figures_twice(self, lives, phone_of):
        phone = phone_of(lives.person())
        for pin, again in (("12345", "12345"), ("abcdef", "abcdef"), ("123456", "654321")):
            page = phone.post("/saya/pin/", {"what": "set", "pin": pin, "again": again})
            assert page.status_code == 422
            assert 'aria-invalid="true"' in page.content.decode()

    def test_is_of_this_phone_alone_and_gone_with_a_new_sign_in(self, lives, phone_of):
        siti = lives.person()
        first, second = phone_of(siti), phone_of(siti)
        first.post("/saya/pin/", {"what": "set", "pin": PIN, "again": PIN})
        first.post("/saya/pin/", {"what": "lock"})
        assert first.get("/saya/data/").status_code == 302
        assert second.get("/saya/data/").status_code == 200

    def test_is_kept_as_a_hash(self, lives, phone_of):
        phone = phone_of(lives.person())
        phone.post("/saya/pin/", {"what": "set", "pin": PIN, "again": PIN})
        assert PIN not in str(dict(phone.session))

    def test_can_be_taken_away_while_open(self, lives, phone_of):
        phone = phone_of(lives.person())
        phone.post("/saya/pin/", {"what": "set", "pin": PIN, "again": PIN})
        phone.post("/saya/pin/", {"what": "forget"})
        phone.post("/saya/pin/", {"what": "lock"})
        assert phone.get("/saya/data/").status_code == 200


class TestKeeping:
    def test_tells_the_phone_whose_a_page_is_and_how_private(self, lives, phone_of):
        phone = phone_of(lives.person())
        home, data = phone.get("/saya/"), phone.get("/saya/data/")
        assert home["X-Phone-Owner"] == data["X-Phone-Owner"]
        assert (home["X-Phone-Part"], data["X-Phone-Part"]) == ("open", "private")
        phone.post("/saya/pin/", {"what": "set", "pin": PIN, "again": PIN})
        assert phone.get("/saya/data/")["X-Phone-Part"] == "pin"

    def test_the_page_without_a_network_is_about_nobody(self, lives, phone_of):
        phone = phone_of(lives.person())
        owner = phone.get("/saya/")["X-Phone-Owner"]
        page = phone.get("/saya/luring/").content.decode()
        assert owner not in page
        assert "Siti" not in page

    def test_name_and_icon_say_nothing_of_us(self, client):
        manifest = client.get("/saya/catatan.webmanifest").json()
        assert manifest["name"] == manifest["short_name"] == "Catatan"
        assert {each["purpose"] for each in manifest["icons"]} == {"any", "maskable"}
        assert "lindung" not in str(manifest).casefold()

    def test_the_worker_script_keeps_the_shell_alone(self, client):
        answer = client.get("/saya/sw.js")
        assert answer["Content-Type"].startswith("text/javascript")
        text = answer.content.decode()
        assert "/saya/luring/" in text
        assert "unsafe" not in answer["Content-Security-Policy"]
        again = client.get("/saya/sw.js", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304
