"""An informant whom the accused recruiter cannot find, whatever its browser and its key can reach.

One of its own candidates complains of it, and somebody reports it in confidence. All that its rail
leads to, its searches, counts and files, and every operation of the API read the same before and after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from lindung.access.roles import rights_of
from tests.journeys.corridor import TURN, named
from tests.journeys.people import Official
from tests.journeys.phone import Phone
from tests.journeys.reaching import file_of_the_queue, operations, pages, posted
from tests.journeys.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = "P3MI memungut uang yang tidak pernah dijelaskan, kata kuncinya melati-kelabu."
INFORMANT, REACHED = "Pelapor Tersembunyi Contoh", "lewat bibi di Blitar"

# That the recruiter itself looks stands on its pages, and how often.
OWN_LOOKS = re.compile(
    r"<li>[^<]*Yudi Hartono[^<]*</li>|(?<=</a> · )\d+(?=</p></div></header>)|Semua \(\d+\)"
)


@dataclass(frozen=True)
class Reached:
    """Everything the recruiter reached at one time."""

    pages: dict[str, str]
    searches: dict[str, str]
    file: str
    operations: dict[str, str]


@dataclass
class Accused:
    """The recruiter at its own desk, one of its candidates, and the officers she tells."""

    agency: Official
    officer: Official
    her: Phone
    name: str
    number: str
    key: str
    person: str = ""
    public_number: str = ""
    before: Reached | None = None
    case: str = ""
    case_number: str = ""


@pytest.fixture(scope="module")
def accused(chromium: Browser, service: Service) -> Iterator[Accused]:
    """Recruiter and officer signed in, the recruiter's system with a key of all its rights."""
    administrator = Official(chromium, service)
    administrator.signs_in("pengelola")
    made = Accused(
        agency=Official(chromium, service),
        officer=Official(chromium, service),
        her=Phone(chromium, service),
        name=named("Mulyani Contoh"),
        number=f"+620006{TURN or 10001}04",
        key=key_with_all_rights(administrator, "Yudi Hartono"),
    )
    administrator.leaves()
    made.agency.signs_in("petugas.p3mi")
    made.officer.signs_in("petugas.kementerian")
    yield made
    for each in (made.agency, made.officer, made.her):
        each.is_content()
        each.leaves()


def test_1_she_is_the_recruiter_s_own_candidate(accused: Accused) -> None:
    agency, officer = accused.agency, accused.officer
    agency.goes_to("/pekerja/")
    agency.follows("Daftarkan orang")
    agency.fills("Nama lengkap, seperti di paspor", accused.name)
    agency.chooses("Kabupaten/kota asal", "Kabupaten Ponorogo")
    agency.presses("Daftarkan")
    agency.reads("Terdaftar.")
    accused.person = urlsplit(agency.page.url).path
    found = re.search(r"PMI-\d\d-\d+", agency.text())
    assert found
    accused.public_number = found.group()
    officer.goes_to(accused.person)
    officer.follows("Tambah nomor")
    officer.chooses("Jenis nomor", "Telepon")
    officer.fills("Nomor", accused.number)
    officer.presses("Simpan")
    officer.reads("Nomor disimpan")
    accused.her.signs_in(accused.number)
    accused.before = reached(accused)
    assert len(accused.before.pages) > 20
    assert accused.name in accused.before.pages[accused.person]
    searches = accused.before.searches
    assert accused.public_number in searches[f"/pekerja/ {accused.name}"]
    assert accused.before.file.startswith("200 ")
    assert len(accused.before.operations) > 50


def test_2_she_and_another_tell_what_it_did(accused: Accused) -> None:
    her, officer = accused.her, accused.officer
    her.goes_to("/saya/keluhan/")
    her.is_ready()
    her.fills("Ceritakan apa yang terjadi", WORDS)
    her.chooses("Tentang apa?", "Biaya melebihi batas")
    her.page.get_by_role("button", name="Kirim keluhan").click()
    her.page.wait_for_url("**/saya/kasus/**")
    found = re.search(r"KSS-\d\d-\d+", her.text())
    assert found
    accused.case_number = found.group()
    officer.goes_to("/kasus/")
    officer.follows(accused.case_number)
    accused.case = urlsplit(officer.page.url).path
    officer.reads(WORDS)
    officer.presses("Ambil kasus")
    officer.fills("Tulis", "Kami periksa P3MI tanpa menyebut Anda.")
    officer.presses("Kirim")
    number = agency_number(accused)
    officer.goes_to("/keluhan/lapor/")
    officer.fills("Yang dilaporkan, dengan kata-kata orangnya", WORDS)
    officer.fills("Nomor P3MI", number)
    officer.fills("Nama pelapor", INFORMANT)
    officer.fills("Cara menghubungi pelapor", REACHED)
    officer.presses("Simpan")
    officer.reads("pelapor dilindungi")


def test_3_the_recruiter_finds_no_trace(accused: Accused) -> None:
    row = f"kasus.{accused.case.split('/')[2]}"
    before, after = accused.before, reached(accused, row)
    assert before is not None
    assert after.file == before.file
    for name in ("pages", "searches", "operations"):
        old, new = getattr(before, name), getattr(after, name)
        assert old.keys() == new.keys(), old.keys() ^ new.keys()
        parted = [each for each, text in new.items() if text != old[each]]
        assert not parted, "\n".join(f"{each}:\n{parting(old[each], new[each])}" for each in parted)
    everything = " ".join(
        [*after.pages.values(), *after.searches.values(), *after.operations.values(), after.file]
    )
    for trace in (WORDS, "melati-kelabu", INFORMANT, REACHED, "KSS-"):
        assert trace not in everything, trace


def test_4_her_case_is_as_absent_as_one_that_never_was(accused: Accused) -> None:
    ask = accused.agency.context.request
    case = accused.case.split("/")[2]
    never = str(uuid4())
    for address in (f"/kasus/{case}/", f"/kasus/{case}/bantuan/", f"/sos/{case}/",
        f"/antrean/kasus/{case}/", f"/keluhan/{case}/"):  # fmt: skip
        mine, none = ask.get(address), ask.get(address.replace(case, never))
        assert mine.status == none.status, address
        assert not mine.ok, address
    by_id = {"case_id": case, "case": case, "number": accused.case_number}
    theirs = operations(ask, accused.key, by_id, having="{")
    of_none = operations(ask, accused.key, {"number": "KSS-26-999999"}, having="{")
    assert any("/cases/" in each for each in theirs)
    for name, answer in theirs.items():
        assert answer.replace(accused.case_number, "") == of_none[name].replace(
            "KSS-26-999999", ""
        ), name


def reached(accused: Accused, *asked: str) -> Reached:
    """Read everything that the recruiter can; ``asked`` are rows of the queue that it makes up."""
    who, context = accused.person.split("/")[2], accused.agency.context
    words = (accused.name, accused.public_number, INFORMANT, "KSS-", "melati-kelabu")
    return Reached(
        pages=pages(context, about=[who], but=OWN_LOOKS),
        searches={
            f"{address} {each}": posted(context, address, ("q", each)).replace(each, "")
            for each in words
            for address in ("/pekerja/", "/pihak/")
        },
        file=file_of_the_queue(context, *asked),
        operations=operations(
            context.request, accused.key, {"number": accused.public_number, "worker_id": who}
        ),
    )


def agency_number(accused: Accused) -> str:
    """The recruiter's number, as its own page says it."""
    name = accused.agency.text(".rail-post")
    accused.officer.goes_to("/pihak/")
    accused.officer.fills("Cari P3MI", name)
    accused.officer.presses("Cari")
    accused.officer.follows(name)
    found = re.search(r"Semua P3MI · (\S+) ·", accused.officer.text())
    assert found
    return found.group(1)


def key_with_all_rights(administrator: Official, name: str) -> str:
    """A key of the API with every right of a recruiter's officer."""
    administrator.goes_to("/kelola/kunci/")
    duties = administrator.page.locator("[name=duty]")
    duties.select_option(value=duties.locator("option", has_text=name).first.get_attribute("value"))
    administrator.fills("Sistem yang memakai", "Perjalanan uji")
    for right in sorted(rights_of("agency_staff")):
        administrator.page.locator(f'main [name=rights][value="{right}"]').check()
    administrator.presses("Terbitkan")
    return administrator.page.locator("main code").first.inner_text()


def parting(old: str, new: str) -> str:
    """Where two texts part, with some words around."""
    at = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
    return f"- {old[max(0, at - 200) : at + 200]}\n+ {new[max(0, at - 200) : at + 200]}"
