"""The desk by keyboard: the queue, the pane, many rows at once, two officers in one record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.people import DESK, PHONE, Official
from tests.journeys.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROWS = "[data-row]"


@pytest.fixture(scope="module")
def attache(chromium: Browser, service: Service) -> Iterator[Official]:
    """An attaché at the desk."""
    made = Official(chromium, service)
    made.signs_in("atase.seoul")
    yield made
    made.leaves()


def test_moves_ticks_opens_and_acts_by_keys(attache: Official) -> None:
    """j k x Enter e, without the mouse; the row stays the reader's own."""
    attache.goes_to("/")
    page = attache.page
    rows = page.locator(ROWS)
    assert rows.count() >= 2
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_class("current")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class("current")
    page.keyboard.press("x")
    expect(rows.nth(0).locator("input")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("#pane h2")).to_have_text(rows.nth(0).locator("a").inner_text())
    expect(rows.nth(0)).to_have_class("current")
    page.keyboard.press("e")
    assert page.evaluate("!!document.activeElement.closest('[data-steps]')")
    attache.is_content()


def test_keeps_cursor_ticks_and_focus_when_it_refreshes(attache: Official) -> None:
    """The page refreshes itself; nothing that the reader did is lost."""
    attache.goes_to("/")
    page = attache.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    row = page.locator(f"{ROWS}.current").get_attribute("id")
    with page.expect_response(lambda answer: answer.url.rstrip("?").endswith("/")):
        page.evaluate("document.getElementById('antrean').dispatchEvent(new Event('segar'))")
    page.wait_for_timeout(500)
    expect(page.locator(f"#{row}")).to_have_class("current")
    expect(page.locator(f"#{row} input")).to_be_checked()
    assert page.evaluate("document.activeElement !== document.body")
    expect(page.locator(".many")).to_be_visible()


def test_commands(attache: Official) -> None:
    """Ctrl-K leads to any place that the officer has, g and a letter too."""
    attache.goes_to("/")
    page = attache.page
    page.keyboard.press("Control+k")
    expect(page.locator("#perintah-kata")).to_be_focused()
    page.keyboard.type("kasus")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/kasus/")
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("p")
    assert page.url.endswith("/pekerja/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")


def test_many_rows_at_once(attache: Official) -> None:
    """Tick, look at the effect, do it, read the receipt, take it back."""
    attache.goes_to("/?jenis=kasus")
    page = attache.page
    expect(page.locator(".many")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("#act").select_option("tugas")
    page.locator("#tugas").fill("Telepon lagi")
    page.locator("#sampai").fill("2030-01-31")
    attache.presses("Lihat akibatnya")
    assert "1 akan dikerjakan" in attache.text()
    attache.presses("Kerjakan")
    assert "1 tugas dibuat" in attache.text()
    attache.presses("Batalkan")
    assert "1 dibatalkan" in attache.text()
    attache.is_content()


def test_two_officers_in_one_record(chromium: Browser, service: Service, attache: Official) -> None:
    """One sees the other type, and the second to save sees both versions."""
    attache.goes_to("/pekerja/")
    person = attache.page.locator(f"{ROWS} a").first.get_attribute("href")
    second = Official(chromium, service)
    second.signs_in("staf.seoul")
    address = f"{person}ubah/"
    attache.goes_to(address)
    second.goes_to(address)
    before = attache.page.locator("#id_birth_place").input_value()[:40]
    theirs, mine = f"{before} Kota", f"{before} Lama"
    attache.page.locator("#id_birth_place").fill(mine)
    expect(second.page.locator("#hadir")).to_contain_text("sedang menulis", timeout=15_000)
    second.page.locator("#id_birth_place").fill(theirs)
    second.presses("Simpan")
    attache.presses("Simpan")
    said = attache.text()
    assert "rekan lain menyimpan lebih dahulu" in said
    assert theirs in said
    assert attache.page.locator("#id_birth_place").input_value() == mine
    attache.is_content()
    second.leaves()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_pages_are_accessible(
    chromium: Browser, service: Service, attache: Official, width: int
) -> None:
    """Each page of the desk at both screens, a row as its own page too."""
    at_screen = Official(chromium, service, width=width)
    at_screen.context.add_cookies(attache.context.cookies())  # type: ignore[arg-type]
    at_screen.goes_to("/")
    row = at_screen.page.locator(f"{ROWS} a").first.get_attribute("href")
    for address in (str(row), "/?jenis=kasus", "/mendatang/habis/", "/mendatang/lapor/"):
        at_screen.goes_to(address)
    at_screen.leaves()
    at_screen.is_content()
