"""How light the worker's phone is: bytes and milliseconds on a slow line and a slow processor.

    ./lindung bench phone [--repeat 1] [--url http://127.0.0.1:8000]

Drives headless Chromium (named by LINDUNG_CHROMIUM, else Debian's) as a person who signs up; without
``--url`` the service is served for it. The line is like slow 3G (400 ms there and back, 50 kB/s down, 30 kB/s up, by a proxy that also
counts), the page's processor four times slower than this machine's. One object a line:

`first`: the first page of a person with nothing kept. `bytes` is all that came down the wire, headers
included, until nothing comes any more: page, styles, scripts, icon, manifest, and the service worker
with all it keeps. `repeat`: the same page again. `offline`: the same page without a network, from what is
kept. The value is when the page is first seen, `ready_ms` when the outbox works too. The baseline of
the bytes is the promised budget; that of the times is how long as many bytes need on this line alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import threading
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from bench import _options
from bench._lines import Report
from bench._service import served
from bench._timing import measuring
from launcher.doctor import chromium

LATENCY_MS, DOWN, UP, SLOWER = 400, 50_000, 30_000, 4
PIECE = 4096
BUDGET_BYTES = 30_000
HOME = "/saya/"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")


class Line:
    """A bad line between the browser and the server: a proxy that delays, narrows and counts.

    Chromium's own throttle leaves out what a service worker fetches; whatever passes here is slow, and
    is counted as it is on the wire, headers included, in both directions.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.down = self.up = 0
        self.slow = self.cut = False
        self._free_at = {DOWN: 0.0, UP: 0.0}
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        # On a thread of its own: Playwright keeps a loop in this one.
        started = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop
        ).result()
        self.url = f"http://127.0.0.1:{started.sockets[0].getsockname()[1]}"

    @property
    def bytes(self) -> int:
        """Passed so far, down and up."""
        return self.down + self.up

    async def _serve(self, mine: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self.cut:
            back.close()
            return
        theirs, on = await asyncio.open_connection(self.host, self.port)
        await asyncio.gather(self._pump(mine, on, UP), self._pump(theirs, back, DOWN))

    async def _pump(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, rate: int
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await source.read(PIECE):
                if rate == DOWN:
                    self.down += len(piece)
                else:
                    self.up += len(piece)
                if self.slow:
                    await self._wait(len(piece), rate)
                to.write(piece)
                await to.drain()
        to.close()

    async def _wait(self, size: int, rate: int) -> None:
        """All connections share the line; each piece needs half the way there and back besides."""
        now = self._loop.time()
        self._free_at[rate] = max(now, self._free_at[rate]) + size / rate
        await asyncio.sleep(self._free_at[rate] - now + LATENCY_MS / 2000)


def main() -> None:
    """Measure, print."""
    parser = _options.parser(__doc__, name="phone")
    parser.add_argument("--url", help="a running demonstration; none: one is served here")
    options = _options.options(
        parser, people=(1, 1), about="who sign up in each repeat: always one",
        sizes={"repeat": ((1, 5), "times")},
    )  # fmt: skip
    program = os.environ.get("LINDUNG_CHROMIUM") or chromium()
    if not program:
        raise SystemExit("Install Debian's chromium, or name a Chromium in LINDUNG_CHROMIUM.")
    with Report("phone", options) as report:
        if options.url:
            found = _repeated(program, options.url, options.repeat)
        else:
            with served(environment=os.environ | {"LINDUNG_ENV": "demo"}) as there:
                found = _repeated(program, f"http://{there}", options.repeat)
        for metric, runs in found.items():
            _said(report, metric, runs)


def _repeated(program: str, url: str, repeat: int) -> dict[str, list[dict[str, float]]]:
    from playwright.sync_api import sync_playwright

    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        for _ in range(repeat):
            with measuring():
                seen_once = _one(browser, url)
            for metric, seen in seen_once.items():
                found[metric].append(seen)
        browser.close()
    return found


def _one(browser: Any, url: str) -> dict[str, dict[str, float]]:
    """A person signs up on one phone, and opens the page on another that keeps nothing yet."""
    place = urlsplit(url)
    line = Line(place.hostname or "127.0.0.1", place.port or 80)
    with browser.new_context(base_url=line.url) as first:
        state = _signed_up(first)
    with browser.new_context(
        base_url=line.url,
        viewport={"width": 360, "height": 740},
        storage_state={"cookies": state["cookies"], "origins": []},
    ) as context:
        page = context.new_page()
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        line.slow = True
        seen = {"first": _opened(page, line)}
        # The second visit is the first that the service worker serves; it fetches what to keep.
        _opened(page, line)
        seen["repeat"] = _opened(page, line)
        line.cut = True
        context.set_offline(True)
        seen["offline"] = _opened(page, line)
    return seen


def _opened(page: Any, line: Line) -> dict[str, float]:
    """Open the first page, and wait until the service worker has all it keeps."""
    before, page_up = line.bytes, line.up
    page.goto(HOME, timeout=120_000)
    page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)
    times = page.evaluate(
        """() => { const n = performance.getEntriesByType('navigation')[0];
            const p = performance.getEntriesByName('first-contentful-paint')[0];
            return {shown_ms: Math.round(p ? p.startTime : n.domContentLoadedEventEnd),
                    ready_ms: Math.round(performance.now())}; }"""
    )
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    quiet = -1
    while quiet != line.bytes:
        quiet = line.bytes
        page.wait_for_timeout(1500)
    sent = line.up - page_up
    return {**times, "bytes": line.bytes - before - sent, "sent_bytes": sent}


def _signed_up(context: Any) -> Any:
    page = context.new_page()
    page.goto("/saya/daftar/?provinsi=")
    page.locator("[name=full_name]").fill(f"Ukur {uuid4().hex[:6]}")
    page.locator("main form .ds-button").last.click()
    page.wait_for_url(f"**{HOME}")
    return context.storage_state()


def _said(report: Report, metric: str, runs: list[dict[str, float]]) -> None:
    shown = [run["shown_ms"] for run in runs]
    middle = {name: round(statistics.median(run[name] for run in runs)) for name in runs[0]}
    facts: dict[str, Any] = {}
    if metric == "first":
        alone = LATENCY_MS + 1_000 * middle["bytes"] / DOWN
        facts = {"baseline": alone, "against": "the line alone, for as many bytes"}
    report.say(
        f"{metric}, until shown", statistics.median(shown), "ms", samples=shown,
        ready_ms=middle["ready_ms"], **facts,
    )  # fmt: skip
    if metric == "first":
        sizes = [run["bytes"] for run in runs]
        report.say(
            f"{metric}, down the wire", statistics.median(sizes), "bytes", samples=sizes,
            target=BUDGET_BYTES, baseline=BUDGET_BYTES, against="the promised budget",
            sent_bytes=middle["sent_bytes"],
        )  # fmt: skip


if __name__ == "__main__":
    main()
