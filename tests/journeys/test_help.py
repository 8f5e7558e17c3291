"""During work: a spoken complaint that ends with her own word, a cry for help by plain text message.

The worker has a telephone and sometimes a network; the officers of the post work without a mouse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator

from tests.journeys.corridor import TURN, Clerk, named
from tests.journeys.phone import Phone
from tests.journeys.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNTRY, POST, CLOCK = "HK", "atase.hongkong", ZoneInfo("Asia/Hong_Kong")
WAGES = "Gaji tidak dibayar"
CALLED = "Majikan belum membayar Oktober dan November. Ia aman, ponselnya boleh ditelepon malam."
OUTCOME = "Majikan membayar dua bulan gaji. Uangnya sudah Anda terima."
OWED, WAGE = "10200", "5100"
RECORDS = 2_500


@dataclass
class Life:
    """A worker with her telephone, and the post that looks after her."""

    her: Phone
    officer: Clerk
    service: Service
    name: str
    number: str
    case: str = ""
    case_number: str = ""
    mine: str = ""
    told: str = ""


def living(chromium: Browser, service: Service, name: str, number: str) -> Iterator[Life]:
    """She signs up where she works, with a name and a number; an officer is at the desk."""
    made = Life(Phone(chromium, service), Clerk(chromium, service), service, named(name), number)
    made.her.signs_up_abroad(COUNTRY, made.name, number)
    made.officer.signs_in(POST)
    yield made
    made.her.has_network()
    for each in (made.her, made.officer):
        each.is_content()
        each.leaves()


def in_days(days: int) -> str:
    """A day from today where she works, as a form takes it."""
    return (datetime.now(CLOCK).date() + timedelta(days=days)).isoformat()


def row_of(officer: Clerk, who: str, what: str) -> Locator:
    """The row of the queue about somebody and something."""
    return officer.page.locator("[data-row]", has_text=who).filter(has_text=what)


@pytest.fixture(scope="class")
def unpaid(chromium: Browser, service: Service) -> Iterator[Life]:
    """A domestic worker in Hong Kong and her attaché."""
    yield from living(chromium, service, "Sulastri Contoh", f"+8525{TURN or 10001}01")


@pytest.fixture(scope="class")
def crying(chromium: Browser, service: Service) -> Iterator[Life]:
    """Somebody with a telephone that has no data, and the officer on duty."""
    yield from living(chromium, service, "Turini Contoh", f"+8525{TURN or 10001}02")


def ringing(officer: Clerk) -> int:
    """How many calls nobody has taken, by the bar of the first page."""
    officer.goes_to("/")
    found = re.search(r"(\d+) SOS belum diambil", officer.text())
    return int(found.group(1)) if found else 0


class TestUnpaidWages:
    """She says it into the telephone without a network; the case ends when she says so."""

    def test_1_a_spoken_complaint_waits_for_the_network(self, unpaid: Life) -> None:
        her = unpaid.her
        her.has_kept("/saya/keluhan/", "/saya/kotak/")
        her.loses_network()
        her.page.get_by_role("link", name="Ceritakan").click()
        her.is_ready()
        her.page.get_by_role("button", name="Rekam suara").click()
        her.page.wait_for_timeout(RECORDS)
        her.page.get_by_role("button", name="Selesai merekam").click()
        her.waits_for(lambda: her.page.locator("#lampiran audio").count() == 1, "the voice")
        her.chooses("Tentang apa?", WAGES)
        her.page.get_by_role("button", name="Kirim keluhan").click()
        her.waits_for(lambda: her.outbox() == ["waiting"] * 2, "both kept")
        her.goes_to("/saya/kotak/")
        her.is_ready()
        her.reads("Keluhan · menunggu jaringan")
        her.has_network()
        her.waits_for(lambda: her.outbox() == ["received"] * 2, "their reception")
        assert her.cases() == 1
        her.page.locator('main a[href^="/saya/kasus/"]').first.click()
        unpaid.mine = her.page.url
        her.reads(WAGES)
        her.reads("Petugas menghubungi Anda paling lambat")
        found = re.search(r"KSS-\d\d-\d+", her.text())
        assert found
        unpaid.case_number = found.group()

    def test_2_the_desk_has_it_with_an_owner_and_a_clock(self, unpaid: Life) -> None:
        officer = unpaid.officer
        officer.goes_to("/")
        row = row_of(officer, unpaid.name, WAGES)
        said = " ".join(row.inner_text().split())
        assert unpaid.case_number in said
        assert re.search(r"\b(\d+ hari|hari ini|besok)", said), said
        assert "Atase" in said, said
        for _ in range(officer.page.locator("[data-row]").count()):
            officer.key("j")
            if row.evaluate("e => e.classList.contains('current')"):
                break
        officer.key("Enter")
        in_pane = officer.page.locator("#pane").get_by_role("link", name="Buka kasus")
        in_pane.wait_for()
        officer.key("e")
        officer.tabs_to(in_pane)
        officer.key("Enter", leads_on=True)
        unpaid.case = officer.page.url
        officer.reads("Balasan pertama")

    def test_3_she_is_heard_and_called_back_in_time(self, unpaid: Life) -> None:
        officer = unpaid.officer
        officer.goes_to(unpaid.case)
        voice = officer.page.locator("main audio").first.get_attribute("src")
        assert voice
        heard = officer.context.request.get(voice)
        assert heard.ok
        assert heard.headers["content-type"].startswith("audio/")
        assert len(heard.body()) > 1_000
        officer.presses("Ambil kasus")
        officer.follows("Catat upaya menghubungi")
        officer.chooses("Saluran", "Telepon")
        officer.ticks(officer.page.get_by_label("Tersambung dengan orangnya"))
        officer.fills("Catatan internal", CALLED)
        officer.presses("Simpan")
        officer.reads("Upaya dicatat.")
        officer.reads("tersambung")
        assert "Balasan pertama" not in officer.text()
        officer.goes_to("/kasus/?lihat=naik")
        assert unpaid.case_number not in officer.text(), "the clock was not kept"
        her = unpaid.her
        her.goes_to(unpaid.mine)
        her.is_ready()
        her.reads("Petugas Anda: Rina Marlina")
        assert "kami terlambat" not in her.text()
        assert CALLED not in her.text()

    def test_4_what_is_owed_is_demanded_in_writing(self, unpaid: Life) -> None:
        officer = unpaid.officer
        officer.goes_to(unpaid.case)
        officer.presses("Masalah sudah dipahami")
        officer.presses("Mulai menangani")
        officer.follows("Tuntutan, surat, rujukan, rumah aman")
        officer.follows("Tuntutan baru")
        officer.chooses("Yang dituntut", "Gaji")
        officer.chooses("Kepada siapa", "Pemberi kerja")
        officer.fills("Jumlah", OWED)
        officer.fills("Mata uang", "HKD")
        officer.fills("Cara menghitung", "Dua bulan gaji menurut kontrak.")
        officer.fills("Batas mengajukan", in_days(60))
        officer.presses("Simpan")
        officer.reads("Tuntutan dicatat.")
        officer.follows("Surat baru")
        officer.chooses("Surat", "Gaji belum dibayar")
        officer.chooses("Kepada", "Pemberi kerja")
        officer.fills("Nama yang dituju", "Chan Contoh")
        officer.chooses("Bahasa surat", "Inggris")
        officer.presses("Simpan")
        officer.reads("menunggu isian Anda")
        body = officer.page.get_by_label("Isi", exact=True)
        words = body.input_value()
        for gap in ("October and November", f"HKD {OWED}", in_days(14)):
            words = words.replace("[…]", gap, 1)
        assert "[…]" not in words
        officer.tabs_to(body)
        officer.key("ControlOrMeta+a")
        officer.page.keyboard.insert_text(words)
        officer.presses("Simpan konsep")
        officer.reads("Konsep disimpan.")
        paper = officer.context.request.get(f"{urlsplit(officer.page.url).path}pdf/")
        assert paper.ok
        assert paper.body().startswith(b"%PDF-")
        officer.chooses("Dikirim lewat", "pos tercatat")
        officer.presses("Catat terkirim")
        officer.reads("Surat dicatat terkirim.")

    def test_5_money_counts_when_she_says_that_she_has_it(self, unpaid: Life) -> None:
        officer, her = unpaid.officer, unpaid.her
        officer.goes_to(f"{unpaid.case}bantuan/")
        officer.follows("Catat uang masuk")
        officer.fills("Jumlah", OWED)
        officer.fills("Cara dibayar", "Transfer bank")
        officer.presses("Simpan")
        officer.reads("Pekerja ditanya apakah uangnya benar diterima.")
        officer.reads("dilaporkan, menunggu kata pekerja")
        her.goes_to(f"{unpaid.mine}bantuan/")
        her.is_ready()
        her.presses("Ya, sudah")
        her.reads("Sudah Anda terima")
        officer.goes_to(f"{unpaid.case}bantuan/")
        officer.presses("Nyatakan lunas")
        officer.reads("Tuntutan lunas.")
        officer.reads("dibayar penuh")

    def test_6_her_own_word_closes_it(self, unpaid: Life) -> None:
        officer, her = unpaid.officer, unpaid.her
        officer.goes_to(unpaid.case)
        officer.fills("Hasil, dengan kata yang dibaca pekerja", OUTCOME)
        officer.presses("Laporkan hasil")
        officer.reads("hanya ia yang menutup kasus")
        her.goes_to(unpaid.mine)
        her.is_ready()
        her.reads(OUTCOME)
        her.presses("Ya, selesai")
        her.reads("Selesai menurut Anda sendiri")
        officer.goes_to(unpaid.case)
        officer.reads("Dipastikan pekerja")

    def test_7_her_life_line_and_who_looked_tell_it(self, unpaid: Life) -> None:
        officer, her = unpaid.officer, unpaid.her
        officer.finds(unpaid.name)
        for told in (unpaid.case_number, WAGES, "dibayar penuh"):
            officer.reads(told)
        her.goes_to("/saya/dilihat/")
        her.is_ready()
        her.reads("Rina Marlina")
        her.reads(unpaid.case_number)
        her.goes_to("/saya/")
        assert her.outbox() == ["received"] * 2


class TestACryByTextMessage:
    """No internet: a text message rings the desk, and gets an answer that says what happened."""

    def test_1_the_phone_offers_the_words_to_send(self, crying: Life) -> None:
        her = crying.her
        her.goes_to("/saya/")
        her.is_ready()
        her.loses_network()
        her.page.locator("[data-hold]").focus()
        her.page.keyboard.press("Enter")
        her.page.keyboard.press("Enter")
        her.waits_for(lambda: her.outbox() == ["waiting"], "the kept call")
        her.reads("Jalan lain, tanpa internet")
        link = her.page.locator("a[data-sms]").first.get_attribute("href")
        assert link
        [crying.told] = parse_qs(urlsplit(link).query)["body"]
        assert re.fullmatch(r"SOS PMI-\d\d-\d+ [0-9A-Z]{26}", crying.told), crying.told

    def test_2_it_rings_and_is_answered_with_its_number(self, crying: Life) -> None:
        officer, sms = crying.officer, crying.service.sms
        before = ringing(officer)
        sms.brings(crying.service.url, sender=crying.number, text=crying.told)
        officer.waits_until(lambda: ringing(officer) == before + 1, "the bar")
        [answer] = sms.waits_for(crying.number, 1)
        officer.goes_to("/sos/")
        officer.opens(crying.name)
        officer.reads(crying.name)
        officer.reads("berbunyi, belum diambil")
        found = re.search(r"KSS-\d\d-\d+", officer.text())
        assert found
        crying.case_number, crying.case = found.group(), officer.page.url
        # What it says is so: the case of that number stands on the desk.
        assert crying.case_number in answer
        assert crying.number in officer.page.content()

    def test_3_the_same_cry_again_is_one_call(self, crying: Life) -> None:
        officer, sms = crying.officer, crying.service.sms
        sms.brings(crying.service.url, sender=crying.number, text=crying.told)
        again = sms.waits_for(crying.number, 2)[1]
        assert crying.case_number in again
        officer.goes_to("/sos/")
        [row] = officer.page.locator("[data-row]", has_text=crying.name).all()
        officer.waits_until(lambda: "×2" in row.inner_text(), "the second message")
        # The press that waited on the phone is this one as well.
        crying.her.has_network()
        crying.her.waits_for(lambda: crying.her.outbox() == ["received"], "its reception")
        assert crying.her.cases() == 1
        officer.goes_to("/sos/")
        assert officer.page.locator("[data-row]", has_text=crying.name).count() == 1

    def test_4_the_officer_takes_answers_and_ends_it(self, crying: Life) -> None:
        officer, her = crying.officer, crying.her
        before = ringing(officer)
        officer.goes_to(crying.case)
        officer.presses("Saya ambil")
        officer.reads("diambil: Rina Marlina")
        assert officer.page.get_by_role("button", name="Selesaikan panggilan").count() == 0
        officer.fills(
            "Sudah berbicara: bagaimana dan apa katanya",
            "Ditelepon. Terkunci di kamar, tidak luka.",
        )
        officer.presses("Catat kontak")
        officer.fills(
            "Rencana aman: di mana, dengan siapa, kapan dihubungi lagi",
            "Polisi Yuen Long menjemput; rumah aman malam ini; ditelepon jam 22.",
        )
        officer.presses("Simpan rencana")
        officer.fills("Mengapa orangnya aman sekarang", "Sudah di rumah aman, bicara langsung.")
        officer.presses("Selesaikan panggilan")
        officer.reads("Sudah di rumah aman, bicara langsung.")
        assert ringing(officer) == before - 1
        her.goes_to("/saya/")
        her.is_ready()
        her.page.locator('main a[href^="/saya/kasus/"]').first.click()
        her.reads("Petugas Anda: Rina Marlina")

    def test_5_a_stranger_is_told_no_number(self, crying: Life) -> None:
        """From a telephone that nobody knows: it rings all the same, and nothing is claimed."""
        officer, sms = crying.officer, crying.service.sms
        stranger = f"+8526{TURN or 10001}03"
        before = ringing(officer)
        sms.brings(crying.service.url, sender=stranger, text="TOLONG saya dikunci")
        [answer] = sms.waits_for(stranger, 1)
        assert "belum tahu siapa Anda" in answer
        assert "KSS-" not in answer
        assert "tercatat" not in answer
        assert ringing(officer) == before + 1
        officer.goes_to("/sos/")
        officer.opens("belum dikenal")
        officer.reads("orangnya belum dikenal")
        officer.presses("Saya ambil")
        officer.fills("Sudah berbicara: bagaimana dan apa katanya", "Salah pencet, anak bermain.")
        officer.presses("Catat kontak")
        officer.fills("Mengapa orangnya aman sekarang", "Salah pencet.")
        officer.presses("Selesaikan panggilan")
        officer.reads("Salah pencet.")
