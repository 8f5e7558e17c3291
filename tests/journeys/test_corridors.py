"""From the recruiter's agreement to the clearance that anybody can check, on three corridors.

Recruiter, post, office and ministry work without a mouse; the candidate has a telephone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator

from lindung.kernel import mrz
from tests.documents import files
from tests.journeys.corridor import CORRIDORS, SIGNED, WORK, Clerk, Corridor
from tests.journeys.people import PHONE, Someone
from tests.journeys.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The origin country's clock, by which the service counts days.
CLOCK = ZoneInfo("Asia/Jakarta")
BORN = "1998-04-12"
REASON = "Dipastikan lewat surat pemberi kerja dan telepon ke mitra."
# Settled by a step of their own, or by the recruiter and the candidate here; an officer does the rest.
OWN_STEPS = frozenset(
    {
        "contract_offer", "contract_checked", "contract_signed", "orientation",
        "social_security_before", "social_security_during",
    }
)  # fmt: skip


@dataclass
class Desk:
    """The officials who serve every corridor."""

    agency: Clerk
    officer: Clerk
    ministry: Clerk


@dataclass
class Way:
    """One corridor as it is lived: who sits where, and what one act leaves for the next."""

    about: Corridor
    desk: Desk
    staff: Clerk
    attache: Clerk
    candidate: Someone
    anybody: Someone
    agreement: str = ""
    order: str = ""
    person: str = ""
    placement: str = ""
    contract: str = ""
    worker_number: str = ""

    @property
    def everyone(self) -> tuple[Someone, ...]:
        """All who have a screen of this corridor's own."""
        return (self.staff, self.attache, self.candidate, self.anybody)


@pytest.fixture(scope="module")
def desk(chromium: Browser, service: Service) -> Iterator[Desk]:
    """Recruiter, placement officer and ministry, signed in once."""
    made = Desk(*(Clerk(chromium, service) for _ in range(3)))
    made.agency.signs_in("petugas.p3mi")
    made.officer.signs_in("petugas.bp3mi")
    made.ministry.signs_in("petugas.kementerian")
    yield made
    for each in (made.agency, made.officer, made.ministry):
        each.leaves()


@pytest.fixture(scope="module", params=CORRIDORS, ids=str)
def way(
    request: pytest.FixtureRequest, chromium: Browser, service: Service, desk: Desk
) -> Iterator[Way]:
    """One corridor with its people."""
    made = Way(
        about=request.param,
        desk=desk,
        staff=Clerk(chromium, service),
        attache=Clerk(chromium, service),
        candidate=Someone(chromium, service, width=PHONE),
        anybody=Someone(chromium, service, width=PHONE),
    )
    made.staff.signs_in(made.about.staff)
    made.attache.signs_in(made.about.attache)
    yield made
    for each in made.everyone:
        each.leaves()


def in_days(days: int) -> str:
    """A day from today, as a form takes it; read anew, for a run may go on past midnight."""
    return (datetime.now(CLOCK).date() + timedelta(days=days)).isoformat()


def boxes(who: Someone) -> Locator:
    """The requirements that can be ticked."""
    return who.page.locator("main input[name=requirements]")


def still_open(who: Someone) -> list[str]:
    """Ids of the requirements that can be ticked, in order."""
    return [str(boxes(who).nth(at).get_attribute("value")) for at in range(boxes(who).count())]


def accepts(officer: Clerk, wanted: list[str], *, reference: str = "", reason: str = "") -> None:
    """Tick requirements and accept what stands for them."""
    for each in wanted:
        officer.ticks(officer.page.locator(f"main input[name=requirements][value={each}]"))
    if reference:
        officer.fills("Nomor bukti", reference)
    if reason:
        officer.fills("Alasan", reason)
    officer.presses("Catat")


def endorsed(way: Way, page: str) -> None:
    """A paper checked by one at the post and endorsed by another."""
    way.staff.goes_to("/perekrutan/")
    way.staff.opens(way.about.employer if "permintaan" in page else way.about.partner)
    assert way.staff.page.url == page
    way.staff.presses("Nyatakan sudah diperiksa")
    way.staff.reads("Pengesahannya oleh pejabat lain")
    assert way.staff.page.get_by_role("button", name="Sahkan", exact=True).count() == 0
    way.attache.goes_to(page)
    way.attache.presses("Sahkan")
    way.attache.reads("Disahkan")


def test_01_the_post_enters_the_partner(way: Way) -> None:
    """A partner abroad whose licence the post has seen."""
    attache = way.attache
    attache.goes_to("/pihak/mitra/")
    attache.fills("Nama perusahaan", way.about.partner)
    attache.chooses("Negara", way.about.country)
    attache.fills("Nomor izin di negaranya", f"IZIN-{way.about.mark}")
    attache.fills("Berlaku sejak", in_days(-400))
    attache.fills("Berlaku sampai", in_days(800))
    attache.presses("Daftarkan")
    attache.reads("Mitra didaftarkan.")
    attache.is_content()


def test_02_the_agreement_is_seen_by_four_eyes(way: Way) -> None:
    """The recruiter hands it in; one at the post checks it, another endorses it."""
    agency = way.desk.agency
    agency.goes_to("/perekrutan/")
    agency.follows("Ajukan perjanjian kerja sama")
    agency.chooses("Mitra usaha", way.about.partner)
    agency.fills("Nomor perjanjian", f"RA-{way.about.mark}")
    agency.fills("Jumlah tempat paling banyak", "5")
    agency.fills("Mulai berlaku", in_days(0))
    agency.fills("Berlaku sampai", in_days(600))
    agency.presses("Ajukan")
    agency.reads("Perjanjian diajukan ke perwakilan.")
    way.agreement = agency.page.url
    endorsed(way, way.agreement)
    agency.is_content()
    way.staff.is_content()
    way.attache.is_content()


def test_03_so_is_the_job_order_with_its_quota(way: Way) -> None:
    """An employer's request under the agreement, for three places."""
    agency, about = way.desk.agency, way.about
    agency.goes_to(way.agreement)
    agency.follows("Ajukan permintaan pekerja")
    agency.fills("Nama pemberi kerja", about.employer)
    agency.chooses("Jenis pemberi kerja", "rumah tangga" if about.household else "badan usaha")
    agency.chooses("Sektor", about.sector)
    if about.region:
        agency.fills("Kode wilayah kerja", about.region)
    agency.fills("Upah", about.wage[0])
    agency.fills("Mata uang (3 huruf)", about.wage[1])
    agency.chooses("Untuk", "per bulan")
    agency.fills("Jumlah tempat", "3")
    agency.fills("Berlaku sampai", in_days(300))
    for paper in ("Surat permintaan", "Surat kuasa", "Izin usaha mitra"):
        agency.fills(paper, f"{paper[:2].upper()}-{about.mark}")
    agency.fills("Rancangan kontrak yang ditandatangani pemberi kerja", f"RK-{about.mark}")
    agency.presses("Ajukan")
    agency.reads("Permintaan diajukan ke perwakilan.")
    way.order = agency.page.url
    endorsed(way, way.order)
    agency.is_content()


def test_04_the_ministry_gives_leave_to_recruit(way: Way) -> None:
    """Without the permit nobody takes a place; the recruiter asks for it, the ministry decides."""
    agency, ministry = way.desk.agency, way.desk.ministry
    agency.goes_to(way.order)
    agency.presses("Minta izin perekrutan")
    agency.reads("Izin diminta; kementerian memutuskannya.")
    ministry.goes_to("/perekrutan/")
    ministry.opens(way.about.employer)
    assert ministry.page.url == way.order
    if ministry.page.get_by_text("Lamanya izin belum dipastikan").count():
        ministry.fills("Berlaku sampai", in_days(180))
        ministry.fills("Dasar putusan", "PP 59/2021 pasal 35; lamanya menurut surat dirjen.")
    ministry.presses("Terbitkan izin perekrutan")
    ministry.reads("Izin perekrutan terbit.")
    ministry.is_content()


def test_05_the_recruiter_enters_a_candidate(way: Way) -> None:
    """A name, then the passport from its two lines; then a place of the order."""
    agency, about = way.desk.agency, way.about
    agency.goes_to("/pekerja/")
    agency.follows("Daftarkan orang")
    agency.fills("Nama lengkap, seperti di paspor", about.name)
    agency.chooses("Jenis kelamin", about.sex)
    agency.fills("Tanggal lahir", BORN)
    agency.chooses("Kabupaten/kota asal", "Kabupaten Ponorogo")
    agency.presses("Daftarkan")
    agency.reads("Terdaftar.")
    way.person = agency.page.url
    found = re.search(r"PMI-\d\d-\d+", agency.text())
    assert found
    way.worker_number = found.group()
    agency.follows("Tambah nomor")
    agency.follows("Baca dari dua baris paspor")
    zone = agency.page.locator("main [name=zone]")
    upper, lower = passport(about).split("\n")
    agency.types_in(zone, f"{upper}\n{lower[:13]}010101{lower[19:]}")
    agency.presses("Simpan")
    agency.reads("tanggal lahir (baris kedua, huruf 14–20)")
    agency.types_in(agency.page.locator("main [name=zone]"), f"{upper}\n{lower}")
    agency.presses("Simpan")
    agency.reads("Nomor disimpan: C*****")
    agency.follows("Buka penempatan")
    agency.chooses("Jalur", about.pathway)
    agency.chooses("Sektor", about.sector)
    agency.chooses("Permintaan pekerja", about.employer)
    agency.presses("Buka")
    agency.reads("Penempatan dibuka.")
    way.placement = agency.page.url
    agency.goes_to(way.order)
    agency.reads("1 dari 3 terisi")
    agency.is_content()


def passport(about: Corridor) -> str:
    """The two lines at the foot of the candidate's passport."""
    first, _, last = about.name.partition(" ")
    return mrz.format_td3(
        mrz.Passport(
            primary=last, secondary=first, number=about.passport, state="IDN", nationality="IDN",
            born="980412", sex="F" if about.sex == "perempuan" else "M", expires="330101",
        )
    )  # fmt: skip


def test_06_the_office_notes_the_telephone_and_the_candidate_is_in(way: Way) -> None:
    """No recruiter writes down what lets a person in; then the way stands on the phone."""
    officer, me = way.desk.officer, way.candidate
    officer.finds(way.about.name)
    way.person = officer.page.url
    officer.follows("Tambah nomor")
    officer.chooses("Jenis nomor", "Telepon")
    officer.fills("Nomor", way.about.phone)
    officer.presses("Simpan")
    officer.reads("Nomor disimpan")
    me.goes_to("/saya/masuk/")
    me.fills("Nomor telepon", way.about.phone)
    me.presses("Kirim kode")
    me.page.locator("[name=code]").fill(code_for(way))
    me.presses("Masuk")
    me.follows("Lihat jalan saya")
    me.reads(way.about.country)
    me.reads("Anda di sini")
    me.reads("Ada pada Anda")
    me.reads("Ada pada P3MI")
    me.is_content()


def code_for(way: Way) -> str:
    """The code as it comes to the demonstration's telephone."""
    page = way.candidate.context.new_page()
    page.goto(f"/demo/ponsel/?pekerja={way.worker_number}")
    words = page.locator("main p[lang]").first
    for _ in range(60):
        if words.count() and (found := re.search(r"\b\d{6}\b", words.inner_text())):
            page.close()
            return found.group()
        page.wait_for_timeout(300)
        page.reload()
    raise AssertionError("no code was sent")


def test_07_papers_come_from_the_phone(way: Way) -> None:
    """A PDF from before, photos taken for what they are for; what is neither is refused."""
    me = way.candidate
    me.goes_to("/saya/berkas/")
    me.chooses("Jenis berkas", "Izin keluarga")
    sends(me, ("izin.jpg", "image/jpeg", b"not a picture"), "Kirim berkas")
    me.reads("belum diterima")
    me.chooses("Jenis berkas", "Izin keluarga")
    sends(me, ("izin.pdf", "application/pdf", files.PDF), "Kirim berkas")
    me.reads("Berkas diterima.")
    hands_over(me, "Izin suami, istri")
    me.page.get_by_label("Izin keluarga").check()
    me.presses("Serahkan")
    me.reads("Diserahkan. Petugas memeriksanya.")
    for title, photo in (
        ("Surat keterangan status perkawinan", files.photo()),
        ("Paspor", files.photo(size=(80, 60))),
    ):
        hands_over(me, title)
        sends(me, ("foto.jpg", "image/jpeg", photo), "Serahkan")
        me.reads("Diserahkan. Petugas memeriksanya.")
    me.reads("Sudah diserahkan, sedang diperiksa")
    me.is_content()


def sends(me: Someone, file: tuple[str, str, bytes], button: str) -> None:
    """Send one file by the form on the page."""
    name, media, data = file
    chosen = {"name": name, "mimeType": media, "buffer": data}
    me.page.locator("main [name=file]").set_input_files(chosen)  # type: ignore[arg-type]
    me.presses(button)


def hands_over(me: Someone, title: str) -> None:
    """Open the page on which one requirement is handed in."""
    me.goes_to("/saya/jalan/")
    row = me.page.locator("main li", has_text=title).first
    row.get_by_role("link", name="Serahkan").click()
    me.page.wait_for_load_state("load")


def test_08_the_office_looks_at_them_and_says_what_counts(way: Way) -> None:
    """Each paper is opened and taken for true; what the recruiter brings is accepted or not."""
    officer, agency = way.desk.officer, way.desk.agency
    for kind in ("Izin keluarga", "Keterangan status perkawinan", "Paspor"):
        officer.goes_to(f"{way.person}berkas/")
        officer.follows(kind)
        if kind == "Paspor":
            officer.presses("Nyatakan sah")
            assert officer.page.locator("main .errors, main .error").count() > 0
            officer.fills("Terbit pada", "2023-01-01")
            officer.fills("Berlaku sampai", "2033-01-01")
        officer.presses("Nyatakan sah")
        officer.reads("Berkas dinyatakan sah.")
    agency.goes_to(way.placement)
    hands_in(agency, "Keterangan pekerjaan", "KP-01, dibacakan dan ditandatangani")
    officer.goes_to(way.placement)
    before = still_open(officer)
    # The place of the order has said already that it is endorsed and may be recruited for.
    assert not {"job_order", "order_endorsed"} & set(before)
    first = before[: before.index("contract_offer")]
    accepts(officer, [each for each in first if each not in OWN_STEPS], reference="LENGKAP-1",
            reason=REASON)  # fmt: skip
    officer.reads("Syarat dicatat.")
    pays(officer, way, "Sebelum bekerja", "37500", months=0)
    officer.is_content()
    agency.is_content()


def hands_in(agency: Clerk, title: str, reference: str) -> None:
    """Hand in something for a requirement at the desk."""
    row = agency.page.locator("main li", has_text=title).first
    agency.tabs_to(row.get_by_role("link", name="Serahkan"))
    agency.key("Enter", leads_on=True)
    agency.fills("Nomor surat atau keterangannya", reference)
    agency.presses("Serahkan")
    agency.reads("Diserahkan. Petugas memeriksanya.")


def pays(officer: Clerk, way: Way, part: str, amount: str, *, months: int) -> None:
    """Record a premium of social security."""
    officer.goes_to(way.placement)
    officer.follows("Orientasi, jaminan sosial")
    officer.unfolds("Catat iuran")
    officer.chooses("Bagian", part)
    officer.fills("Nomor bukti bayar", f"{part[:3].upper()}-{way.about.mark}")
    officer.fills("Jumlah", amount)
    officer.fills("Dibayar pada", in_days(0))
    officer.fills("Berlaku dari", in_days(0))
    officer.fills("Berlaku sampai", in_days(months * 31 + 200))
    if months:
        officer.fills("Untuk berapa bulan kontrak", str(months))
    officer.fills("Mengapa diterima bila tabel tidak memastikan", "Tabel terakhir yang terbit.")
    officer.presses("Catat")
    officer.reads("Jaminan sosial dicatat.")


def test_09_the_contract_is_typed_and_the_panel_speaks_up(way: Way) -> None:
    """In the corridor's own form, one line of it lawless: the panel names the article at once."""
    agency, about = way.desk.agency, way.about
    path, wrong, rule, article = about.lawless
    agency.goes_to(way.placement)
    agency.follows("Tulis dan periksa kontrak")
    agency.reads(about.form)
    agency.fills("Nomor kontrak atau tawaran", f"K-{about.mark}")
    agency.fills("Nama pemberi kerja", about.employer)
    agency.fills("Tanggal tanda tangan", SIGNED.isoformat())
    agency.fills("Hari pertama kerja", WORK.isoformat())
    types_terms(agency, about.terms | {path: wrong})
    panel = agency.page.locator("#verdicts")
    breach = panel.locator(".verdict[data-tone=merah]", has_text=rule)
    breach.first.wait_for()
    assert article in breach.first.inner_text()
    agency.is_content()
    types_terms(agency, {path: about.terms[path]})
    breach.first.wait_for(state="detached")
    assert panel.locator(".verdict[data-tone=merah]").count() == 0
    agency.presses("Catat dan kirim")
    agency.reads("Kontrak dicatat dan dikirim ke perwakilan untuk diperiksa.")
    way.contract = agency.page.url
    agency.is_content()


def types_terms(who: Clerk, terms: dict[str, Any]) -> None:
    """Go through the paper from the top and type what stands in the terms."""
    fields = who.page.locator("#draft [name^='t:']")
    names = fields.evaluate_all("all => all.map(e => e.name.slice(2))")
    missing = set(terms) - set(names)
    assert not missing, missing
    for at, name in enumerate(names):
        if name not in terms:
            continue
        field = fields.nth(at)
        if field.evaluate("e => e.tagName") == "SELECT":
            who.picks_in(field, terms[name], by="value")
        else:
            who.types_in(field, terms[name])


def test_10_the_post_verifies_and_both_agree(way: Way) -> None:
    """The attaché judges what no rule decides; employer and candidate each give their own yes."""
    attache, agency, me = way.attache, way.desk.agency, way.candidate
    attache.goes_to("/kontrak/")
    attache.opens(way.about.name)
    judges(attache, REASON)
    attache.tabs_to(attache.page.get_by_role("button", name="Setujui"))
    attache.key("Enter", leads_on=True)
    attache.reads("Diputus sesuai")
    agency.goes_to(way.contract)
    agency.follows("Catat persetujuan")
    agency.fills("Siapa yang menyetujui", way.about.employer)
    agency.fills("Tanggal persetujuan", SIGNED.isoformat())
    agency.fills("Buktinya", "Halaman 4 kontrak, ditandatangani")
    agency.presses("Catat")
    agency.reads("Persetujuan pemberi kerja dicatat.")
    me.goes_to("/saya/")
    me.follows("Baca dan jawab")
    me.reads(way.about.employer)
    me.reads("Hanya Anda yang boleh menjawab")
    me.presses("Setuju")
    me.reads("Anda menyetujui kontrak ini")
    for each in (attache, agency, me):
        each.is_content()


def judges(attache: Clerk, reason: str) -> None:
    """Answer every rule that needs a person with yes and a reason."""
    yes = attache.page.locator("main input[type=radio][value=yes]")
    assert yes.count() > 0, "no rule needs a person"
    for at in range(yes.count()):
        attache.tabs_to(yes.nth(at))
        attache.page.keyboard.press("Space")
        name = str(yes.nth(at).get_attribute("name")).removeprefix("answer:")
        attache.types_in(attache.page.locator(f'main [name="reason:{name}"]'), reason)


def test_11_nothing_is_cleared_while_something_is_open(way: Way) -> None:
    """The ministry reads what is missing; visa, premium, orientation and card follow."""
    officer, ministry, agency = way.desk.officer, way.desk.ministry, way.desk.agency
    ministry.goes_to(way.placement)
    ministry.presses("Nyatakan boleh berangkat")
    ministry.reads("Belum boleh berangkat")
    ministry.reads("Visa kerja")
    officer.goes_to(way.placement)
    unsourced = [each for each in still_open(officer) if each in way.about.unsourced]
    assert unsourced == list(way.about.unsourced)
    if unsourced:
        accepts(officer, unsourced, reference="VDR-1")
        officer.reads("Dasar syarat ini perlu diperiksa. Tulis mengapa Anda menerimanya.")
        accepts(officer, [], reason=REASON)
        officer.reads("Syarat dicatat.")
    left = [each for each in still_open(officer) if each not in OWN_STEPS]
    accepts(officer, [each for each in left if officer_may(each)], reference="LENGKAP-2",
            reason=REASON)  # fmt: skip
    officer.reads("Syarat dicatat.")
    pays(officer, way, "Selama dan setelah bekerja", way.about.premium, months=way.about.months)
    officer.goes_to("/orientasi/")
    place = f"Aula {way.about.mark}"
    officer.fills("Tanggal", in_days(0))
    officer.fills("Tempat", place)
    officer.fills("Kursi", "10")
    officer.presses("Rencanakan")
    session = officer.page.url
    agency.goes_to(way.placement)
    agency.follows("Orientasi, jaminan sosial")
    agency.chooses("Orientasi", place)
    agency.presses("Daftarkan")
    agency.reads("Terdaftar untuk orientasi.")
    officer.goes_to(session)
    officer.fills(f"Nomor sertifikat {way.about.name}", f"OPP-{way.about.mark}")
    officer.presses("Catat kehadiran")
    officer.reads("Kehadiran dicatat.")
    officer.goes_to(way.placement)
    officer.reads("Semua lengkap")
    for each in (officer, ministry, agency):
        each.is_content()


def officer_may(requirement: str) -> bool:
    """What an officer accepts before departure: nothing that comes after the border."""
    return requirement not in {
        "arrival_confirmed", "self_report", "injury_insurance", "employer_report",
        "arrival_orientation", "medical_after", "work_pass",
    }  # fmt: skip


def test_12_the_clearance_can_be_checked_by_anybody(way: Way) -> None:
    """Number and code on paper and phone; the public page says valid and names nobody."""
    ministry, me, anybody = way.desk.ministry, way.candidate, way.anybody
    ministry.goes_to(way.placement)
    ministry.presses("Nyatakan boleh berangkat")
    ministry.reads("Boleh berangkat. Orangnya sudah dikabari.")
    ministry.follows("Orientasi, jaminan sosial")
    assert ministry.page.get_by_role("img", name="Kode QR").count() == 1
    ministry.follows("Cetak")
    number = re.search(r"Surat lepas (\S+)", ministry.text())
    address = re.search(r"https?://\S+/cek/berangkat/\w+/", ministry.text())
    assert number
    assert address
    anybody.goes_to(address.group())
    anybody.reads("Berlaku")
    anybody.reads(number.group(1))
    assert way.about.name not in anybody.page.content()
    anybody.page.locator("[name=code]").fill("0" * 32)
    anybody.presses("Periksa")
    anybody.reads("Tidak dapat dipastikan")
    me.goes_to("/saya/")
    me.reads("Anda boleh berangkat")
    me.follows("Buka surat lepas")
    me.reads(number.group(1))
    assert me.page.get_by_role("img", name="Kode QR").count() == 1
    for each in (ministry, me, anybody):
        each.is_content()
