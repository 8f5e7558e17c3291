"""The people of the journeys: each has a screen, clicks and types as people do, and reads.

Every page they come to is looked at once for each width: accessible by axe's rules of WCAG 2.2 AA,
nothing to scroll sideways, no error in the console.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response

from tests.journeys.service import CLONE, Service

PHONE, DESK = 360, 1366
HEIGHTS = {PHONE: 740, DESK: 820}
PASSWORD = "lindung-demo-2026"
# The exchange wakes by itself every five seconds; a killed process comes back within seconds.
PATIENCE_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.7
MOST_TABS = 80
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_CHANGING = re.compile(r'(name="(once|csrfmiddlewaretoken|kunci)" value="[^"]*"|X-CSRFToken[^}]*})')


class Someone:
    """A person at a screen of their own, in their own browser."""

    def __init__(self, browser: Browser, service: Service, *, width: int = DESK) -> None:
        self.service, self.width = service, width
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 820)},
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            has_touch=width == PHONE,
            base_url=service.url,
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.troubles: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("response", self._answered)
        self._seen: set[int] = set()
        self.pages_checked = 0

    # --- doing ----------------------------------------------------------------------------------

    def goes_to(self, address: str) -> None:
        """Open an address."""
        self.page.goto(address)
        self._looks()

    def follows(self, words: str, *, within: str = "main") -> None:
        """Click a link."""
        self._first(self.page.locator(within).get_by_role("link", name=words)).click()
        self._arrives()

    def presses(self, words: str, *, within: str = "main") -> None:
        """Click a button."""
        self._first(self.page.locator(within).get_by_role("button", name=words)).click()
        self._arrives()

    def unfolds(self, words: str) -> None:
        """Open a folded part."""
        self.page.locator("main summary", has_text=words).first.click()

    def fills(self, label: str, value: str) -> None:
        """Type into a field."""
        self._field(label).fill(value)

    def chooses(self, label: str, choice: str) -> None:
        """Choose from a list by the words shown."""
        self._field(label).select_option(label=choice)

    # --- by keyboard alone ----------------------------------------------------------------------

    def tabs_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus, and see that the focus can be seen.

        Raises:
            AssertionError: it cannot be reached, or is reached without a visible mark.
        """
        for _ in range(MOST_TABS):
            if target.evaluate("e => e === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"not reached by Tab: {target}")
        marked = target.evaluate(
            """e => { const s = getComputedStyle(e), p = getComputedStyle(e.parentElement);
                return s.outlineStyle !== 'none' || s.boxShadow !== 'none'
                    || p.outlineStyle !== 'none' || p.boxShadow !== 'none'; }"""
        )
        assert marked, f"focus cannot be seen on {target}"

    def types_at(self, target: Locator, words: str) -> None:
        """Reach a field by Tab and type."""
        self.tabs_to(target)
        self.page.keyboard.type(words)

    def key(self, *keys: str, leads_on: bool = False) -> None:
        """Press keys one after another; ``leads_on`` where they open another page."""
        for each in keys[:-1]:
            self.page.keyboard.press(each)
        if not leads_on:
            self.page.keyboard.press(keys[-1])
            return
        with self.page.expect_navigation():
            self.page.keyboard.press(keys[-1])
        self._arrives()

    # --- reading --------------------------------------------------------------------------------

    def reads(self, words: str, *, within: str = "main") -> None:
        """See these words on the page.

        Raises:
            AssertionError: they are not there.
        """
        text = self.text(within)
        assert words.casefold() in text.casefold(), (
            f"{words!r} is not on {self.page.url}:\n{text[:2500]}"
        )

    def text(self, within: str = "main") -> str:
        """What the page says, as a reader sees it."""
        return " ".join(self.page.locator(within).first.inner_text().split())

    def waits_to_read(self, words: str, *, within: str = "main") -> float:
        """Reload until the words are there; returns the seconds it took.

        Raises:
            AssertionError: they do not come.
        """
        return self.waits_until(lambda: words.casefold() in self.text(within).casefold(), words)

    def waits_until(self, true: Callable[[], bool], what: str) -> float:
        """Reload until it is so; returns the seconds it took.

        Raises:
            AssertionError: it does not become so.
        """
        began = time.monotonic()
        while not true():
            waited = time.monotonic() - began
            assert waited < PATIENCE_SECONDS, (
                f"waited {waited:.0f} s in vain for {what!r} on {self.page.url}:\n"
                f"{self.text()[:2500]}"
            )
            time.sleep(LOOK_AGAIN_SECONDS)
            self.page.reload()
        self._looks()
        return time.monotonic() - began

    # --- looking --------------------------------------------------------------------------------

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Take a picture for the docs, where the run is told to."""
        if not os.environ.get("LINDUNG_PICTURES"):
            return
        folder = CLONE / "docs" / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        self.page.evaluate("window.scrollTo(0, 0)")
        self.page.mouse.move(0, 0)
        self.page.screenshot(path=folder / f"{name}.png", full_page=whole, animations="disabled")

    def is_content(self) -> None:
        """Nothing went wrong on any page so far.

        Raises:
            AssertionError: names what did.
        """
        assert not self.troubles, "\n".join(self.troubles)

    def leaves(self) -> None:
        """Close the screen."""
        self.context.close()

    def _arrives(self) -> None:
        self.page.wait_for_load_state("load")
        # What a phone's outbox sends leads on once the server has answered.
        self.page.wait_for_selector("html:not([data-busy])", state="attached")
        self.page.wait_for_load_state("load")
        self._looks()

    def _looks(self) -> None:
        """Check the page once as it stands."""
        content = hash(_CHANGING.sub("", self.page.content()))
        if content in self._seen:
            return
        self._seen.add(content)
        self.pages_checked += 1
        self.troubles += [f"{self.where}: {each}" for each in problems(self.page)]

    @property
    def where(self) -> str:
        """Address and width, for messages."""
        return f"{self.page.url} at {self.width} px"

    def _field(self, label: str) -> Locator:
        words = re.compile(rf"^\s*{re.escape(label)}(\s*\(boleh kosong\))?\s*$")
        return self._first(self.page.locator("main").get_by_label(words))

    @staticmethod
    def _first(found: Locator) -> Locator:
        return found.first

    def _heard(self, message: ConsoleMessage) -> None:
        # Of a form that is refused (422) or that a colleague saved first (409) Chromium tells its
        # console, and nothing is wrong.
        known = "status of 422" in message.text or "status of 409" in message.text
        if message.type == "error" and not known:
            self.troubles.append(f"{self.where}: console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.url}: answered {response.status}")


class Official(Someone):
    """Somebody who signs in with a password and a second factor."""

    def signs_in(self, username: str) -> None:
        """Sign in with the mouse out of reach: Tab, type, Enter."""
        page = self.page
        self.goes_to("/")
        self.types_at(page.locator("[name=login]"), username)
        self.types_at(page.locator("[name=password]"), PASSWORD)
        self.key("Enter", leads_on=True)
        code = used = page.locator("main code").first.inner_text()
        self.types_at(page.locator("[name=code]"), code)
        self.key("Enter", leads_on=True)
        # A code works once: who signed in a moment ago elsewhere waits for the next one.
        while page.locator("[name=code]").count() and code == used:
            time.sleep(LOOK_AGAIN_SECONDS)
            self.goes_to(page.url)
            code = page.locator("main code").first.inner_text()
        if page.locator("[name=code]").count():
            self.types_at(page.locator("[name=code]"), code)
            self.key("Enter", leads_on=True)
        self.reads("Yang harus dikerjakan")

    def finds(self, name: str) -> None:
        """Search a person by name and open the file."""
        self.goes_to("/pekerja/")
        self.fills("Cari orang", name)
        self.presses("Cari")
        self.follows(name)


def problems(page: Page) -> list[str]:
    """What is wrong with a page as it stands: axe's findings, and sideways scrolling."""
    found = []
    wide = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if wide[0] > wide[1]:
        found.append(f"scrolls sideways: {wide[0]} px on {wide[1]} px ({_widest(page)})")
    page.evaluate(_axe())
    result: dict[str, Any] = page.evaluate(
        "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        list(WCAG),
    )
    for violation in result["violations"]:
        for node in violation["nodes"][:3]:
            found.append(
                f"axe {violation['id']} ({violation['impact']}): {node['html'][:160]} "
                f"{' '.join(node['failureSummary'].split())[:240]}"
            )
    return found


def _widest(page: Page) -> str:
    return str(
        page.evaluate(
            """() => { const w = document.documentElement.clientWidth;
                const e = [...document.querySelectorAll('main *')]
                    .filter(x => x.getBoundingClientRect().right > w + 1).pop();
                return e ? e.outerHTML.slice(0, 120) : '?'; }"""
        )
    )


@cache
def _axe() -> str:
    return Path(os.environ.get("LINDUNG_AXE") or CLONE / "tests/vendor/axe.min.js").read_text(
        encoding="utf-8"
    )
