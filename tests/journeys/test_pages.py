"""Every page as it comes over the wire: accessible, narrow enough, light enough, and only one's own.

Budgets count everything of a first visit: page, styles, scripts, fonts, pictures, compressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext

from tests.journeys.people import DESK, PHONE, Official, Someone
from tests.journeys.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NARROWEST = 320
DESK_BYTES, PHONE_BYTES = 120_000, 30_000
# The demonstration's best known person, at work in Korea with a case that is open.
SHOWN, SHOWN_PHONE = "Siti Rahayu", "+620000000001"
LISTS = (
    "/",
    "/pekerja/",
    "/kontrak/",
    "/kasus/",
    "/peringatan/",
    "/kunjungan/",
    "/rumah-aman/",
    "/juru-bahasa/",
    "/kotak-masuk/",
    "/kejadian/",
    "/piket/",
    "/neraca/",
    "/peta/",
    "/pihak/pemberi-kerja/",
    "/pertukaran/",
    "/peraturan/",
    "/lisensi/",
)
MY_PAGES = (
    "/saya/",
    "/saya/keluhan/",
    "/saya/pesan/",
    "/saya/dilihat/",
    "/saya/data/",
    "/saya/biaya/",
    "/saya/upah/",
    "/saya/kartu/",
    "/saya/kotak/",
    "/saya/pin/",
    "/saya/aman/",
    "/saya/serumah/",
    "/saya/izin/",
)
HERS = re.compile(
    r"^/(pekerja|penempatan|kontrak|kasus|biaya|saya/kontrak|saya/kasus)/[0-9a-f-]{36}/"
)


@pytest.fixture(scope="module")
def seoul(chromium: Browser, service: Service) -> Iterator[Official]:
    """The attaché in whose country she works."""
    made = Official(chromium, service)
    made.signs_in("atase.seoul")
    yield made
    made.leaves()


@pytest.fixture(scope="module")
def taipei(chromium: Browser, service: Service) -> Iterator[Official]:
    """An attaché of another country."""
    made = Official(chromium, service)
    made.signs_in("atase.taipei")
    yield made
    made.leaves()


@pytest.fixture(scope="module")
def worker(chromium: Browser, service: Service) -> Iterator[Someone]:
    """She herself on her phone, in by the code that the demonstration's phone shows."""
    made = Someone(chromium, service, width=PHONE)
    made.goes_to("/saya/masuk/")
    made.fills("Nomor telepon", SHOWN_PHONE)
    made.presses("Kirim kode")
    other = made.context.new_page()
    other.goto("/demo/ponsel/")
    code = ""
    for _ in range(60):
        if found := re.search(r"\b\d{6}\b", other.locator("main p[lang]").first.inner_text()):
            code = found.group()
            break
        other.wait_for_timeout(500)
        other.reload()
    other.close()
    assert code, "no code was sent"
    made.page.locator("[name=code]").fill(code)
    made.presses("Masuk")
    yield made
    made.leaves()


@pytest.fixture(scope="module")
def hers(seoul: Official) -> list[str]:
    """The desk's pages about her: file, placement, contract, case, and what can be opened there."""
    seoul.finds(SHOWN)
    file = path_of(seoul.page.url)
    found = {file, f"{file}dilihat/", f"{file}nomor/", f"{file}kasus/", f"{file}pulang/"}
    for page in (file, f"{file}?jenis=kasus"):
        seoul.goes_to(page)
        found |= links(seoul)
    for placement in [each for each in found if each.startswith("/penempatan/")]:
        seoul.goes_to(placement)
        found |= links(seoul)
    stages = {each.split("/")[1] for each in found}
    assert stages == {"pekerja", "penempatan", "kontrak", "kasus", "biaya"}, found
    return sorted(found)


def links(someone: Someone) -> set[str]:
    """Addresses of a person's papers that the page leads to."""
    addresses = someone.page.locator("main a[href]").evaluate_all(
        "all => all.map(e => e.getAttribute('href'))"
    )
    return {each for each in addresses if HERS.match(each) and "?" not in each}


def path_of(url: str) -> str:
    """The address without its server."""
    return "/" + url.split("/", 3)[3]


def copy_of(someone: Someone, browser: Browser, width: int) -> Someone:
    """The same person, signed in, at another screen with nothing kept from before."""
    made = Someone(browser, someone.service, width=width)
    made.context.add_cookies(someone.context.cookies())  # type: ignore[arg-type]
    return made


def first_load(context: BrowserContext, address: str) -> int:
    """Bytes over the wire, headers included, of a first visit."""
    page = context.new_page()
    wire = context.new_cdp_session(page)
    got: list[float] = []
    wire.on("Network.loadingFinished", lambda event: got.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    # On a first visit the phone's service worker does not answer yet.
    wire.send("Network.setBypassServiceWorker", {"bypass": True})
    answer = page.goto(address, wait_until="networkidle")
    page.close()
    assert answer is not None
    assert answer.ok, f"{address}: {answer.status}"
    return int(sum(got))


def key_for(administrator: Official, name: str) -> str:
    """A key of the API that may read workers within an official's duty."""
    administrator.goes_to("/kelola/kunci/")
    duties = administrator.page.locator("[name=duty]")
    duty = duties.locator("option", has_text=name).first.get_attribute("value")
    duties.select_option(value=duty)
    administrator.fills("Sistem yang memakai", "Perjalanan uji")
    administrator.page.locator("[name=rights][value='registry:worker:read']").check()
    administrator.presses("Terbitkan")
    return administrator.page.locator("main code").first.inner_text()


def as_bearer(key: str) -> dict[str, str]:
    """The header that carries a key."""
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("width", [DESK, PHONE, NARROWEST])
def test_desk_pages(chromium: Browser, seoul: Official, hers: list[str], width: int) -> None:
    """Every page of the desk, lists and one person's, is accessible and fits its screen."""
    at_screen = copy_of(seoul, chromium, width)
    for address in (*LISTS, *hers):
        at_screen.goes_to(address)
    at_screen.leaves()
    assert at_screen.pages_checked >= len(LISTS) + len(hers) - 1
    at_screen.is_content()


@pytest.mark.parametrize("width", [PHONE, NARROWEST])
def test_her_own_pages(chromium: Browser, worker: Someone, width: int) -> None:
    """The same of her phone."""
    at_screen = copy_of(worker, chromium, width)
    at_screen.goes_to("/saya/")
    mine = sorted(links(at_screen))
    assert mine, "her first page leads to no contract or case"
    for address in (*MY_PAGES, *mine):
        at_screen.goes_to(address)
    at_screen.leaves()
    at_screen.is_content()


def test_desk_pages_are_light(chromium: Browser, seoul: Official, hers: list[str]) -> None:
    """At most 120 kB for a first visit."""
    at_screen = copy_of(seoul, chromium, DESK)
    weights = {each: first_load(at_screen.context, each) for each in (*LISTS, *hers)}
    at_screen.leaves()
    assert max(weights.values()) <= DESK_BYTES, weights
    assert min(weights.values()) > 0, weights


def test_phone_pages_are_lighter(chromium: Browser, worker: Someone) -> None:
    """At most 30 kB for a first visit, before and after signing in."""
    inside = copy_of(worker, chromium, PHONE)
    inside.goes_to("/saya/")
    mine = sorted(links(inside))
    assert mine, "her first page leads to no contract or case"
    weights = {each: first_load(inside.context, each) for each in (*MY_PAGES, *mine)}
    inside.leaves()
    outside = Someone(chromium, worker.service, width=PHONE)
    for each in ("/saya/masuk/", "/saya/daftar/", "/saya/daftar/?provinsi=35"):
        weights[each] = first_load(outside.context, each)
    outside.leaves()
    assert max(weights.values()) <= PHONE_BYTES, weights
    assert min(weights.values()) > 0, weights


class TestAnAttacheOfAnotherCountry:
    """Cannot open, find, count or guess her, whatever door is tried."""

    def test_gets_no_page_of_hers(self, taipei: Official, hers: list[str]) -> None:
        """Each is as absent as one that never was."""
        never = taipei.context.request.get(f"/pekerja/{uuid4()}/")
        assert never.status == 404
        for address in hers:
            answer = taipei.context.request.get(address)
            assert answer.status == 404, address
            assert SHOWN not in answer.text(), address

    def test_finds_nobody(self, taipei: Official, seoul: Official) -> None:
        """By name, by telephone and by her number, which lead her own attaché to her."""
        seoul.finds(SHOWN)
        number = re.search(r"PMI-\d\d-\d+", seoul.text())
        assert number is not None
        for words in (SHOWN, SHOWN_PHONE, number.group()):
            mine, theirs = searched(seoul, words), searched(taipei, words)
            assert SHOWN in mine.text(), words
            assert "Tidak ada yang cocok" in theirs.text(), words
            assert "data-row" not in theirs.text(), words

    def test_gets_nothing_from_the_api(
        self, seoul: Official, chromium: Browser, service: Service
    ) -> None:
        """The API has the same eyes as the pages."""
        seoul.finds(SHOWN)
        number = re.search(r"PMI-\d\d-\d+", seoul.text())
        assert number is not None
        administrator = Official(chromium, service)
        administrator.signs_in("pengelola")
        mine = as_bearer(key_for(administrator, "Ratna Wulandari"))
        theirs = as_bearer(key_for(administrator, "Hendra Gunawan"))
        ask = administrator.context.request.get
        address = f"/api/workers/{number.group()}"
        assert ask(address, headers=mine).json()["full_name"] == SHOWN
        find = administrator.context.request.post
        search = "/api/workers/search"
        assert len(find(search, headers=mine, data={"name": "Siti"}).json()["items"]) > 0
        refused = ask(address, headers=theirs)
        assert refused.status == 404
        assert SHOWN not in refused.text()
        for words in (SHOWN, number.group(), SHOWN_PHONE):
            found = find(search, headers=theirs, data={"name": words})
            assert found.json() == {"items": []}, words
        administrator.is_content()
        administrator.leaves()

    def test_counts_only_own_people(self, taipei: Official) -> None:
        """Her open case and contract are in no number and no list of theirs."""
        for address in ("/", "/kasus/", "/kontrak/", "/pekerja/"):
            assert SHOWN not in taipei.context.request.get(address).text(), address


def searched(who: Official, words: str) -> APIResponse:
    """What a search answers; its words travel in the body, never in the address."""
    token = next(each for each in who.context.cookies() if each["name"] == "csrftoken")
    form: dict[str, str | float | bool] = {"q": words, "csrfmiddlewaretoken": token["value"]}
    return who.context.request.post("/pekerja/", form=form)
