"""One worker's life, lived by all who have a part in it, each on a screen of their own.

The Korean side is the simulator: another process, another database, signed messages over HTTP.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser

from tests.journeys.people import PHONE, Official, Someone
from tests.journeys.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Beside a service that has seen earlier lives, another of the same name and papers would not do.
TURN = str(int(time.time()))[-6:] if os.environ.get("LINDUNG_JOURNEY_URL") else ""
NAME = " ".join(["Wulan Sekarningtyas", *("".join(chr(65 + int(each)) for each in TURN),)]).strip()
CALL_NAME, PASSPORT, PHONE_NUMBER = "Wulan", f"X{TURN or 778801}2", f"+620000{TURN or 778801}"
COMPLAINT = "Gaji dua bulan terakhir belum dibayar. Saya takut bertanya."
ANSWER = "Kami sudah menghubungi pabrik. Simpan slip gaji terakhir Anda, ya."
OUTCOME = "Pabrik membayar dua bulan gaji pada hari ini; bukti transfer sudah kami lihat."
PLAN = "Pelatihan las lanjutan di BLK Ponorogo"


@dataclass
class Life:
    """What one act leaves for the next: where her papers are."""

    worker: Someone
    officer: Official
    attache: Official
    ministry: Official
    korea: Someone
    number: str = ""
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def everyone(self) -> tuple[Someone, ...]:
        """All who have a screen."""
        return (self.worker, self.officer, self.attache, self.ministry, self.korea)


@pytest.fixture(scope="module")
def life(chromium: Browser, service: Service) -> Iterator[Life]:
    """The people, each at a screen."""
    made = Life(
        worker=Someone(chromium, service, width=PHONE),
        officer=Official(chromium, service),
        attache=Official(chromium, service),
        ministry=Official(chromium, service),
        korea=Someone(chromium, service),
    )
    yield made
    for each in made.everyone:
        each.leaves()


def korea_opens(life: Life) -> None:
    """The Korean official opens her page in the Korean system."""
    life.korea.goes_to(f"{life.korea.service.simulator}/candidates/{life.number}")


def settles(officer: Official, requirements: list[str] | None) -> None:
    """Tick requirements (None: all that are open) and accept what stands for them."""
    boxes = officer.page.locator("input[name=requirements]")
    for at in range(boxes.count()):
        box = boxes.nth(at)
        if requirements is None or box.get_attribute("value") in requirements:
            box.check()
    officer.fills("Alasan", "Bukti aslinya dilihat.")
    officer.presses("Catat")
    officer.reads("Syarat dicatat.")


def open_requirements(someone: Someone) -> list[str]:
    """The requirements that can be ticked, in order."""
    boxes = someone.page.locator("input[name=requirements]")
    return [str(boxes.nth(at).get_attribute("value")) for at in range(boxes.count())]


def test_1_she_registers_on_her_own_phone(life: Life) -> None:
    """A name is enough; she gives more, and is in without a password."""
    me = life.worker
    me.goes_to("/saya/daftar/")
    me.chooses("Provinsi asal", "Jawa Timur")
    me.presses("Lanjut", within="main section:has(#provinsi)")
    me.fills("Nama lengkap", NAME)
    me.fills("Nama panggilan", CALL_NAME)
    me.chooses("Jenis kelamin", "perempuan")
    me.fills("Tanggal lahir", "2000-03-14")
    me.chooses("Kabupaten/kota asal", "Kabupaten Ponorogo")
    me.fills("Nomor telepon", PHONE_NUMBER)
    me.presses("Daftar")
    me.reads("DARURAT")
    me.reads("Anda terdaftar dengan nomor")
    me.is_content()


def test_2_the_officer_puts_her_on_the_list(life: Life) -> None:
    """Found by name; the passport is added, papers accepted, and her data leaves for Korea."""
    officer = life.officer
    officer.signs_in("petugas.bp3mi")
    officer.finds(NAME)
    life.pages["person"] = officer.page.url
    officer.follows("Tambah nomor")
    officer.chooses("Jenis nomor", "Paspor")
    officer.fills("Nomor", PASSPORT)
    officer.fills("Terbit", (date.today() - timedelta(days=200)).isoformat())
    officer.fills("Berlaku sampai", (date.today() + timedelta(days=3400)).isoformat())
    officer.presses("Simpan")
    officer.reads("Nomor disimpan: X*****")
    officer.follows("Buka penempatan")
    officer.presses("Buka")
    officer.reads("Penempatan dibuka.")
    life.pages["placement"] = officer.page.url
    officer.presses("Kirim ke daftar pencari kerja")
    officer.reads("masih ada syarat yang terbuka")
    waiting = open_requirements(officer)
    settles(officer, waiting[: waiting.index("roster")])
    officer.presses("Kirim ke daftar pencari kerja")
    officer.reads("Data dikirim ke negara tujuan.")
    life.number = next(each for each in officer.text().split() if each.startswith("PNP-"))
    officer.is_content()


def test_3_korea_offers_a_contract_although_its_system_dies(life: Life, service: Service) -> None:
    """Her name is on Korea's own page; an offer queued before a kill comes all the same, later."""
    korea = life.korea
    korea.goes_to(f"{service.simulator}/")
    korea.waits_to_read(NAME)
    korea_opens(life)
    korea.reads("On the roster")
    # The other end is away just now, so the offer waits in Korea's book; then its process dies.
    control = korea.context.request.post(
        f"{service.simulator}/control", data={"faults": {"silent": True}}
    )
    assert control.ok
    korea.presses("Offer a contract")
    korea.reads("Contract offered")
    service.kill("simulator")
    life.officer.goes_to(life.pages["placement"])
    life.officer.reads("Belum ada. Tawaran datang dari sistem negara tujuan.")
    wait_for_simulator(life, service)
    again = korea.context.request.post(f"{service.simulator}/control", data={"faults": {}})
    assert again.ok
    life.officer.waits_to_read("KTR-")
    korea_opens(life)
    korea.reads("SLC-")
    korea.picture("simulator")
    korea.is_content()


def wait_for_simulator(life: Life, service: Service) -> None:
    """Until the killed process has been started again and answers."""
    until = time.monotonic() + 40
    while time.monotonic() < until:
        try:
            if life.korea.context.request.get(f"{service.simulator}/health").ok:
                return
        except Exception as away:  # noqa: BLE001  refused while it is down, in several ways
            last = away
        time.sleep(0.5)
    raise AssertionError(f"the simulator did not come back: {last}")


def test_4_the_attache_decides_by_keyboard_alone(life: Life) -> None:
    """From the sign-in to the decision without a mouse: queue, open rules, reasons, approval."""
    attache = life.attache
    attache.signs_in("atase.seoul")
    attache.reads(NAME)
    row = attache.page.locator("[data-row]", has_text=NAME)
    row = row.filter(has_text="Periksa kontrak")
    attache.goes_to("/")
    attache.picture("home")
    for _ in range(attache.page.locator("[data-row]").count()):
        attache.key("j")
        if row.evaluate("e => e.classList.contains('current')"):
            break
    attache.key("Enter")
    in_pane = attache.page.locator("#pane").get_by_role("link", name="Periksa kontrak")
    in_pane.wait_for()
    attache.key("e")
    attache.tabs_to(in_pane)
    attache.key("Enter", leads_on=True)
    attache.reads(NAME)
    attache.reads("perlu manusia")
    life.pages["contract"] = attache.page.url
    open_rules = attache.page.locator("input[type=radio][value=yes]")
    assert open_rules.count() > 0, "no rule needs a person"
    for at in range(open_rules.count()):
        attache.tabs_to(open_rules.nth(at))
        attache.key("Space")
        name = str(open_rules.nth(at).get_attribute("name")).removeprefix("answer:")
        reason = attache.page.locator(f'[name="reason:{name}"]')
        attache.types_at(reason, "Dipastikan lewat surat penyelenggara di Ansan.")
    attache.picture("contract")
    attache.tabs_to(attache.page.get_by_role("button", name="Setujui"))
    attache.key("Enter", leads_on=True)
    attache.reads("Diputus sesuai")
    attache.is_content()


def test_5_she_agrees_and_korea_authorises_the_visa(life: Life, service: Service) -> None:
    """She reads the contract on her phone and says yes; nobody else can."""
    me, korea = life.worker, life.korea
    me.goes_to("/saya/")
    me.reads("Kontrak menunggu jawaban Anda")
    me.follows("Baca dan jawab")
    me.reads("Hanya Anda yang boleh menjawab")
    me.presses("Setuju")
    me.reads("Anda menyetujui kontrak ini")
    korea_opens(life)
    korea.waits_to_read("Contract concluded")
    korea.presses("Issue the CCVI")
    korea.reads("CCVI issued")
    life.officer.goes_to(life.pages["person"])
    life.officer.waits_to_read("CCVI-")
    me.is_content()


def test_6_cleared_only_when_nothing_is_open_and_she_leaves(life: Life) -> None:
    """The ministry is refused while papers are missing, then clears; the officer sees her off."""
    officer, ministry = life.officer, life.ministry
    ministry.signs_in("petugas.kementerian")
    ministry.goes_to(life.pages["placement"])
    ministry.presses("Nyatakan boleh berangkat")
    ministry.reads("Belum boleh berangkat")
    officer.goes_to(life.pages["placement"])
    settles(officer, None)
    ministry.goes_to(life.pages["placement"])
    ministry.presses("Nyatakan boleh berangkat")
    ministry.reads("Boleh berangkat. Orangnya sudah dikabari.")
    officer.goes_to(life.pages["placement"])
    officer.fills("Nomor penerbangan", "GA 878")
    officer.presses("Catat keberangkatan")
    officer.reads("Keberangkatan dicatat")
    ministry.is_content()


def test_7_korea_confirms_that_she_arrived(life: Life) -> None:
    """The arrival is Korea's own word and stands as such on her life-line."""
    korea, attache = life.korea, life.attache
    korea_opens(life)
    korea.waits_to_read("Departed, on the way")
    korea.presses("Confirm arrival")
    korea.reads("Arrived")
    korea.presses("Register (ARC)")
    korea.reads("Registered, working")
    attache.finds(NAME)
    attache.waits_to_read("dari Korea Selatan")
    attache.reads("Selama — Korea Selatan, bulan ke-1")
    attache.goes_to(life.pages["placement"])
    attache.reads("Semua lengkap")
    attache.is_content()


def test_8_her_complaint_is_solved_when_she_says_so(life: Life) -> None:
    """A check-in, a complaint, a case taken, written to, reported, and her own last word."""
    me, attache = life.worker, life.attache
    me.goes_to("/saya/")
    me.presses("Kurang")
    me.reads("Kabar Anda tersimpan")
    me.fills("Ceritakan apa yang terjadi", COMPLAINT)
    me.chooses("Tentang apa?", "Gaji tidak dibayar")
    me.presses("Kirim keluhan")
    me.reads("Gaji tidak dibayar")
    my_case = me.page.url
    attache.goes_to("/")
    row = attache.page.locator("[data-row]", has_text=NAME).filter(has_text="Gaji tidak dibayar")
    row.get_by_role("link").first.click()
    attache.follows("Buka kasus", within="#pane")
    attache.reads(COMPLAINT)
    attache.presses("Ambil kasus")
    attache.presses("Masalah sudah dipahami")
    attache.fills("Tulis", ANSWER)
    attache.presses("Kirim")
    attache.presses("Mulai menangani")
    attache.fills("Hasil, dengan kata yang dibaca pekerja", OUTCOME)
    attache.presses("Laporkan hasil")
    attache.reads("hanya ia yang menutup kasus")
    me.goes_to(my_case)
    me.reads(ANSWER)
    me.reads(OUTCOME)
    me.presses("Ya, selesai")
    me.reads("Selesai menurut Anda sendiri")
    attache.waits_to_read("Selesai Dipastikan pekerja")
    me.is_content()
    attache.is_content()


def test_9_she_comes_home_and_plans_what_comes_next(life: Life) -> None:
    """Korea says that she left; at home an officer agrees the next step with her."""
    korea, officer, me = life.korea, life.officer, life.worker
    me.goes_to("/saya/")
    me.picture("phone")
    korea_opens(life)
    korea.presses("Confirm departure from Korea")
    korea.reads("Left Korea")
    officer.goes_to(life.pages["person"])
    officer.waits_to_read("Pulang ke tanah air")
    # A page drawn in the very moment of the news may tell of it and not offer the next step yet.
    plan = officer.page.locator("main").get_by_role("link", name="Rencana")
    officer.waits_until(lambda: plan.count() > 0, "Rencana")
    officer.follows("Rencana")
    officer.page.get_by_label("Pelatihan").check()
    officer.fills("Langkah berikut yang disepakati", PLAN)
    officer.presses("Simpan")
    officer.reads(PLAN)
    me.goes_to("/saya/")
    me.reads(PLAN)
    me.is_content()
    officer.is_content()


def test_the_life_line_tells_it_all(life: Life) -> None:
    """One page from the registration to the plan, with whose word each line is."""
    ministry = life.ministry
    ministry.goes_to(life.pages["person"])
    ministry.picture("life-line")
    for words in ("Terdaftar", "GA 878", "Kontrak selesai dari Korea Selatan", PLAN):
        ministry.reads(words)
    ministry.is_content()


def test_she_sees_who_looked(life: Life) -> None:
    """Every official who opened her file, by name and office."""
    me = life.worker
    me.goes_to("/saya/dilihat/")
    for name in ("Sri Handayani", "Ratna Wulandari", "Agus Prasetyo"):
        me.reads(name)
    me.is_content()


def test_the_journal_holds(life: Life, service: Service) -> None:
    """All of it stands in the journal, sealed and unbroken."""
    sealed = service.lindung("journal", "seal")
    assert sealed.returncode == 0, sealed.stdout + sealed.stderr
    verified = service.lindung("journal", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
