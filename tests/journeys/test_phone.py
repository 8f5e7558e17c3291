"""The worker's phone as phones are: without a network, shared, full, with a wrong clock, cut off in the middle.

A browser context is a phone: its own cookies, database and service worker. People sign up on it
themselves; what arrived is read from their own pages.
"""

from __future__ import annotations

import json
import os
import signal
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.journeys.phone import WORDS, Phone
from tests.journeys.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PIN = "271828"


@pytest.fixture
def phone(chromium: Browser, service: Service) -> Iterator[Phone]:
    """A phone of a person who has just signed up."""
    yield from newcomer(chromium, service)


@pytest.fixture(scope="class")
def reader(chromium: Browser, service: Service) -> Iterator[Phone]:
    """The same, for tests that only read."""
    yield from newcomer(chromium, service)


def newcomer(chromium: Browser, service: Service) -> Iterator[Phone]:
    """Somebody signs up on a new phone; what went wrong on it comes out at the end."""
    made = Phone(chromium, service)
    made.signs_up("Wati Lestari")
    yield made
    made.has_network()
    made.is_content()
    made.leaves()


class TestWithoutANetwork:
    def test_a_complaint_waits_and_is_received_once(self, phone: Phone) -> None:
        phone.loses_network()
        phone.goes_to("/saya/")
        phone.is_ready()
        phone.reads("Tanpa jaringan. Ini salinan dari")
        phone.complains()
        phone.reads("Keluhan · menunggu jaringan")
        phone.reads("Kirim lewat SMS saja")
        # Closed and opened again, it is still there.
        phone.goes_to("/saya/")
        phone.is_ready()
        phone.reads("Keluhan · menunggu jaringan")
        phone.has_network()
        phone.waits_for(lambda: phone.outbox() == ["received"], "its reception")
        phone.reads("Keluhan diterima. Nomornya")
        assert phone.cases() == 1

    def test_everything_typed_lies_sealed_on_the_phone(self, phone: Phone) -> None:
        phone.loses_network()
        phone.complains("Majikan menyimpan paspor saya")
        found = phone.page.evaluate(
            """async () => { const all = [...await Store.all('items'), ...await Store.all('pages')];
                const read = (x) => x instanceof ArrayBuffer ? new TextDecoder('latin1').decode(x)
                    : x && typeof x === 'object' ? Object.values(x).map(read).join() : String(x);
                return all.map(read).join(); }"""
        )
        assert "paspor" not in found
        assert "Wati" not in found

    def test_pages_read_last_can_be_read_again(self, phone: Phone) -> None:
        phone.complains()
        phone.reads("Tahap")
        case = phone.page.url
        phone.goes_to("/saya/kartu/")
        phone.loses_network()
        phone.goes_to(case)
        phone.reads("Tahap")
        phone.goes_to("/saya/kartu/")
        phone.reads("PMI-")
        phone.goes_to("/saya/dibagikan/")
        phone.reads("belum tersimpan di ponsel")

    def test_a_call_for_help_offers_the_other_ways_and_is_kept(self, phone: Phone) -> None:
        phone.loses_network()
        phone.goes_to("/saya/")
        phone.is_ready()
        button = phone.page.locator("[data-hold]")
        button.focus()
        phone.page.keyboard.press("Enter")
        assert phone.outbox() == []
        phone.page.keyboard.press("Enter")
        phone.waits_for(lambda: phone.outbox() == ["waiting"], "the kept call")
        phone.reads("Jalan lain, tanpa internet")
        phone.has_network()
        phone.waits_for(lambda: phone.outbox() == ["received"], "its reception")
        assert phone.cases() == 1

    def test_help_is_called_by_holding_for_a_second(self, phone: Phone) -> None:
        box = phone.page.locator("[data-hold]").bounding_box()
        assert box
        phone.page.mouse.move(box["x"] + 20, box["y"] + 20)
        phone.page.mouse.down()
        phone.page.wait_for_timeout(300)
        phone.page.mouse.up()
        assert phone.outbox() == []
        phone.page.wait_for_timeout(10_500)
        phone.page.mouse.down()
        phone.page.wait_for_timeout(1_300)
        phone.page.mouse.up()
        phone.page.wait_for_url("**/saya/kasus/**")
        phone.reads("Permintaan tolong")


class TestVoiceAndPhotos:
    def test_both_wait_for_the_network_and_follow_the_complaint(
        self, phone: Phone, tmp_path: Path
    ) -> None:
        large = tmp_path / "IMG_0001.jpg"
        exif = Image.Exif()
        exif[0x010F] = "Kamera rahasia"
        Image.new("RGB", (3000, 2000), "teal").save(large, exif=exif)
        phone.goes_to("/saya/keluhan/")
        phone.is_ready()
        phone.page.set_input_files("#lampiran input[type=file]", large)
        phone.waits_for(lambda: "KB" in phone.text("#lampiran"), "the photo")
        phone.page.get_by_role("button", name="Rekam suara").click()
        phone.page.wait_for_timeout(2500)
        phone.page.get_by_role("button", name="Selesai merekam").click()
        phone.waits_for(lambda: phone.page.locator("#lampiran audio").count() == 1, "the voice")
        phone.loses_network()
        phone.page.get_by_role("button", name="Kirim keluhan").click()
        phone.waits_for(lambda: phone.outbox() == ["waiting"] * 3, "three kept")
        phone.has_network()
        phone.waits_for(lambda: phone.outbox() == ["received"] * 3, "their reception")
        assert phone.cases() == 1

    def test_a_photo_is_made_small_and_forgets_its_camera(
        self, phone: Phone, tmp_path: Path
    ) -> None:
        large = tmp_path / "IMG_0002.jpg"
        exif = Image.Exif()
        exif[0x010F] = "Kamera rahasia"
        Image.new("RGB", (3000, 2000), "teal").save(large, exif=exif)
        phone.goes_to("/saya/keluhan/")
        phone.is_ready()
        phone.page.set_input_files("#lampiran input[type=file]", large)
        phone.waits_for(lambda: "KB" in phone.text("#lampiran"), "the photo")
        made = phone.page.evaluate(
            """async () => { const file = document.querySelector('form[data-item=complaint]').attached()[0].file;
                return btoa(String.fromCharCode(...new Uint8Array(await file.arrayBuffer()))); }"""
        )
        seen = Image.open(BytesIO(b64decode(made)))
        assert max(seen.size) == 1600
        assert not seen.getexif()


class TestPeople:
    def test_two_phones_of_one_person_send_each_its_own_once(
        self, chromium: Browser, service: Service
    ) -> None:
        number = f"+62000{uuid4().int % 10**7:07d}"
        first, second = Phone(chromium, service), Phone(chromium, service)
        first.signs_up("Dewi Anggraini", number)
        second.signs_in(number)
        for each, words in ((first, "Dari ponsel pertama"), (second, "Dari ponsel kedua")):
            each.loses_network()
            each.complains(words)
        for each in (first, second):
            each.has_network()
        for each in (first, second):
            each.waits_for(lambda each=each: each.outbox() == ["received"], "its reception")
        assert first.cases() == second.cases() == 2
        for each in (first, second):
            each.is_content()
            each.leaves()

    def test_two_people_on_one_phone_never_send_for_each_other(
        self, chromium: Browser, service: Service
    ) -> None:
        number = f"+62000{uuid4().int % 10**7:07d}"
        phone = Phone(chromium, service)
        phone.signs_up("Sumarni", number)
        with phone.sends_nothing():
            phone.page.locator("main [name=words]").first.fill("Ini rahasia Sumarni")
            phone.page.get_by_role("button", name="Kirim keluhan").click()
            phone.waits_for(lambda: phone.outbox() == ["waiting"], "the kept complaint")
            # She gives the phone away before it could go.
            phone.signs_out()
            phone.signs_up("Yuliana Sari")
        phone.goes_to("/saya/")
        phone.is_ready()
        phone.reads("1 kiriman milik orang lain di ponsel ini")
        assert "rahasia" not in phone.page.content()
        assert phone.outbox() == ["waiting"]
        assert phone.cases() == 0
        phone.signs_out()
        phone.signs_in(number)
        phone.waits_for(lambda: phone.outbox() == ["received"], "its reception")
        assert phone.cases() == 1
        phone.is_content()
        phone.leaves()


class TestTroubles:
    def test_a_wrong_clock_changes_no_time_of_ours(
        self, chromium: Browser, service: Service
    ) -> None:
        phone = Phone(chromium, service)
        phone.context.clock.install(time=datetime.now(UTC) - timedelta(days=900))
        phone.signs_up("Lilis Kurniawati")
        phone.page.get_by_role("button", name="Kurang").click()
        phone.context.clock.run_for(1000)
        phone.page.wait_for_url("**/saya/kabar/")
        phone.reads(str(datetime.now(UTC).year))
        phone.leaves()

    def test_a_full_phone_loses_nothing_typed(self, phone: Phone) -> None:
        # Enough for nothing more; the network is gone as well.
        phone.page.evaluate(
            """() => { const kept = IDBObjectStore.prototype.put;
                IDBObjectStore.prototype.put = function (value, key) {
                    if (this.name === 'items') throw new DOMException('full', 'QuotaExceededError');
                    return kept.apply(this, key === undefined ? [value] : [value, key]); }; }"""
        )
        phone.loses_network()
        phone.complains()
        phone.reads("Ponsel penuh")
        assert phone.page.locator("main [name=words]").first.input_value() == WORDS
        link = phone.page.locator("#penuh a").get_attribute("href")
        assert link
        assert link.startswith("sms:")
        assert "Gaji%20dua%20bulan" in link

    def test_a_full_phone_with_a_network_sends_at_once(self, phone: Phone) -> None:
        quota(phone.page, phone.of.url, 1)
        phone.complains(WORDS * 40)
        phone.waits_for(lambda: "/saya/kasus/" in phone.page.url, "the case")
        quota(phone.page, phone.of.url, None)
        assert phone.cases() == 1

    def test_a_server_killed_while_it_is_sent_to_has_it_once(self, phone: Phone) -> None:
        # Stopped first, so that the sending is under way for sure when it dies.
        halted(phone.of)
        phone.page.locator("main [name=words]").first.fill(WORDS)
        phone.page.get_by_role("button", name="Kirim keluhan").click()
        phone.waits_for(lambda: phone.outbox() == ["sending"], "the sending")
        phone.of.kill("web")
        phone.waits_for(lambda: phone.outbox() == ["received"], "its reception")
        assert phone.cases() == 1

    def test_an_answer_that_is_lost_makes_no_second_one(self, phone: Phone) -> None:
        phone.page.evaluate(
            """() => { const kept = self.fetch; let lost = 0; self.fetch = async (to, more) => {
                const answer = await kept(to, more);
                if (to === '/saya/kirim/' && !lost++) throw new TypeError('lost');
                return answer; }; }"""
        )
        phone.page.locator("main [name=words]").first.fill(WORDS)
        phone.page.get_by_role("button", name="Kirim keluhan").click()
        phone.waits_for(lambda: phone.outbox() == ["received"], "its reception")
        assert phone.cases() == 1

    def test_a_refused_one_is_set_aside_with_its_reason(self, phone: Phone) -> None:
        phone.page.evaluate(
            "Store.add({kind: 'reply', data: {case: '00000000-0000-0000-0000-000000000000', words: 'Halo Bu'}})"
        )
        phone.goes_to("/saya/")
        phone.waits_for(lambda: phone.outbox() == ["refused"], "the refusal")
        phone.reads("Pesan kepada petugas · tidak diterima")
        phone.reads("Tidak ditemukan.")
        phone.reads("Halo Bu")
        phone.page.get_by_role("button", name="Buang dari kotak").click()
        phone.waits_for(lambda: phone.outbox() == [], "the empty outbox")


class TestHiding:
    def test_the_quick_exit_leaves_no_way_back(self, phone: Phone) -> None:
        phone.context.route("https://www.bmkg.go.id/**", lambda route: route.fulfill(body="Cuaca"))
        phone.goes_to("/saya/data/")
        phone.page.get_by_role("link", name="Tutup").click()
        phone.page.wait_for_url("https://www.bmkg.go.id/**")
        phone.page.go_back()
        phone.page.wait_for_timeout(1500)
        shown = "" if "bmkg" in phone.page.url else phone.page.locator("body").inner_text()
        assert "Wati" not in shown

    def test_the_pin_opens_the_private_parts_with_and_without_a_network(self, phone: Phone) -> None:
        phone.complains()
        case = phone.page.url
        phone.goes_to("/saya/pin/")
        phone.fills("PIN baru", PIN)
        phone.fills("PIN baru, sekali lagi", PIN)
        phone.page.get_by_role("button", name="Pasang PIN").click()
        phone.page.wait_for_url("**/saya/")
        phone.is_ready()
        phone.reads("PIN dipasang")
        assert phone.page.locator('main a[href^="/saya/kasus/"]').count() == 0
        phone.goes_to(case)
        phone.goes_to("/saya/pribadi/")
        phone.presses("Kunci sekarang")
        phone.page.evaluate("Store.drop('keys', 'pin')")
        phone.goes_to(case)
        phone.reads("PIN")
        assert WORDS not in phone.page.content()
        phone.loses_network()
        phone.goes_to(case)
        phone.is_ready()
        phone.page.locator("#pin").fill("000000")
        phone.page.get_by_role("button", name="Buka", exact=True).click()
        phone.page.wait_for_selector("#salah:not(:empty)")
        assert WORDS not in phone.page.content()
        phone.page.locator("#pin").fill(PIN)
        with phone.page.expect_navigation():
            phone.page.get_by_role("button", name="Buka", exact=True).click()
        phone.reads(WORDS)


class TestPages:
    @pytest.mark.parametrize("language", ["id", "en", "ar"])
    def test_fit_a_narrow_phone_in_each_direction(self, reader: Phone, language: str) -> None:
        phone = reader
        phone.context.add_cookies([{"name": "bahasa", "value": language, "url": phone.of.url}])
        for path in (
            "",
            "keluhan/",
            "upah/",
            "tanya/",
            "kartu/",
            "kotak/",
            "pin/",
            "pribadi/",
            "luring/",
        ):
            phone.goes_to(f"/saya/{path}")
            phone.is_ready()
        direction = phone.page.evaluate("getComputedStyle(document.body).direction")
        assert direction == ("rtl" if language == "ar" else "ltr")
        phone.goes_to("/saya/kartu/")
        number = phone.page.locator(".card-number")
        assert number.evaluate("e => getComputedStyle(e).direction") == "ltr"


def quota(page: Page, origin: str, size: int | None) -> None:
    """Give the origin that much room in bytes, or as much as there is."""
    wire = page.context.new_cdp_session(page)
    given = {"origin": origin} | ({"quotaSize": size} if size is not None else {})
    wire.send("Storage.overrideQuotaForOrigin", given)


def halted(service: Service) -> None:
    """Stop the web server where it stands: it takes connections and answers nothing."""
    record = json.loads((service.home / "run" / "process-web.json").read_text())
    os.killpg(int(record["pid"]), signal.SIGSTOP)
