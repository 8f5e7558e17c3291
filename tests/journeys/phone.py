"""A worker's phone: a browser of its own that can lose its network, its room and its sense of time.

A browser context is a phone: its own cookies, database and service worker.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Error

from tests.journeys.people import PATIENCE_SECONDS, PHONE, Someone
from tests.journeys.service import Service

WORDS = "Gaji dua bulan terakhir belum dibayar."
# What Chromium says of a page without a network, and of a server that was killed.
_CUT = re.compile(
    r"ERR_(INTERNET_DISCONNECTED|CONNECTION_\w+|EMPTY_RESPONSE|FAILED|ABORTED)|status of 50[234]"
)


@dataclass
class Phone(Someone):
    """A phone that can lose its network, its room and its sense of time."""

    browser: Browser
    of: Service
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        Someone.__init__(self, self.browser, self.of, width=PHONE)

    def signs_up(self, name: str, number: str = "") -> None:
        """Register as a new person, with a number where they will sign in again."""
        self.goes_to("/saya/daftar/?provinsi=")
        self.page.locator("[name=full_name]").fill(name)
        self.page.locator("[name=call_name]").fill(name.partition(" ")[0])
        if number:
            self.page.locator("[name=phone]").fill(number)
        self.presses("Daftar")
        self.comes_home()

    def signs_up_abroad(self, country: str, name: str, number: str) -> None:
        """Register in a country where one works already."""
        self.goes_to(f"/saya/daftar/?negara={country}")
        self.page.locator("[name=name]").fill(name)
        self.page.locator("[name=phone]").fill(number)
        self.presses("Daftar")
        self.comes_home()

    def signs_in(self, number: str) -> None:
        """Sign in with the code that the demonstration's phone shows."""
        self.goes_to("/saya/masuk/")
        self.fills("Nomor telepon", number)
        self.presses("Kirim kode")
        reads = self.context.new_page()
        code = None
        until = time.monotonic() + PATIENCE_SECONDS
        while code is None and time.monotonic() < until:
            reads.goto("/demo/ponsel/")
            code = re.search(r"\b\d{6}\b", reads.locator("main p[lang]").first.inner_text())
            reads.wait_for_timeout(500)
        reads.close()
        assert code, "no code was sent"
        self.page.locator("[name=code]").fill(code.group())
        self.presses("Masuk")
        self.comes_home()

    def signs_out(self) -> None:
        """Leave this phone to the next person."""
        self.goes_to("/saya/")
        self.presses("Keluar dari ponsel ini")
        self.is_ready()

    @contextmanager
    def sends_nothing(self) -> Iterator[None]:
        """Hold the one lock under which the outbox is sent, by pages and service worker alike."""
        holder = self.context.new_page()
        holder.goto("/saya/luring/")
        holder.evaluate(
            """new Promise(go => { navigator.locks.request('kirim', () => {
                go(); return (self.held = new Promise(() => {})); }); })"""
        )
        yield
        holder.close()

    def comes_home(self) -> None:
        """Open the first page and let it settle: owner known, service worker in charge."""
        self.goes_to("/saya/")
        self.is_ready()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        self.goes_to("/saya/")
        self.is_ready()

    def is_ready(self) -> None:
        """Wait until phone.js has looked around."""
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def has_kept(self, *addresses: str) -> None:
        """Wait until pages are kept that nobody opened yet: a tunnel comes without a word."""
        for each in addresses:
            self.waits_for(
                lambda each=each: bool(  # type: ignore[misc]
                    self.page.evaluate("path => Store.get('pages', path).then(Boolean)", each)
                ),
                f"{each} to be kept",
            )

    def loses_network(self) -> None:
        """Walk into the tunnel."""
        self.context.set_offline(True)

    def has_network(self) -> None:
        """And out again."""
        self.context.set_offline(False)

    def complains(self, words: str = WORDS) -> None:
        """Write a complaint on the first page and send it."""
        self.page.locator("main [name=words]").first.fill(words)
        self.presses("Kirim keluhan")

    def outbox(self) -> list[str]:
        """States of what is in the outbox now."""
        try:
            states: list[str] = self.page.evaluate(
                "Store.all('items').then(all => all.map(one => one.state))"
            )
        except Error:
            # The page just went on to what an item became.
            self.page.wait_for_load_state("load")
            return self.outbox()
        return states

    def waits_for(self, true: Callable[[], bool], what: str) -> None:
        """Wait without touching the page.

        Raises:
            AssertionError: it does not become so.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        while not true():
            assert time.monotonic() < until, f"in vain for {what}: {self.text()[:1500]}"
            self.page.wait_for_timeout(300)

    def cases(self) -> int:
        """How many cases the worker's first page lists."""
        self.goes_to("/saya/")
        return self.page.locator('main a[href^="/saya/kasus/"]').count()

    def is_content(self) -> None:
        """As everywhere; a network that was taken away on purpose is no trouble."""
        self.troubles = [each for each in self.troubles if not _CUT.search(each)]
        super().is_content()
