"""How light the worker's phone is: bytes and milliseconds on a slow line and a slow processor.

    ./lindung bench phone [--url http://127.0.0.1:8000] [--repeat 3]

Drives headless Chromium (named by LINDUNG_CHROMIUM) against a running demonstration, as a person who
signs up. The line is like slow 3G (400 ms there and back, 50 kB/s down, 30 kB/s up, by a proxy that also
counts), the page's processor four times slower than this machine's. One object a line:

`first`: the first page of a person with nothing kept. `bytes` is all that came down the wire, headers
included, until nothing comes any more: page, styles, scripts, icon, manifest, and the service worker
with all it keeps. `repeat`: the same page again. `offline`: the same page without a network, from what is
kept. `value` is when the page is first seen, `ready_ms` when the outbox works too. The median of the
repeats is printed, and the budget it is held to.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import threading
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--url", default=f"http://127.0.0.1:{os.environ.get('LINDUNG_PORT', '8000')}"
    )
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()
    program = os.environ.get("LINDUNG_CHROMIUM", "")
    if not program:
        raise SystemExit("Name a Chromium in LINDUNG_CHROMIUM.")
    from playwright.sync_api import sync_playwright

    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        for _ in range(options.repeat):
            for metric, seen in _one(browser, options.url).items():
                found[metric].append(seen)
        browser.close()
    for metric, runs in found.items():
        _say(metric, runs)


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


def _say(metric: str, runs: list[dict[str, float]]) -> None:
    middle = {name: round(statistics.median(run[name] for run in runs)) for name in runs[0]}
    line: dict[str, Any] = {"bench": "phone", "metric": metric, "value": middle.pop("shown_ms")}
    line |= {"unit": "ms until shown", **middle, "runs": len(runs)}
    if metric == "first":
        line |= {"budget_bytes": BUDGET_BYTES, "met": line["bytes"] <= BUDGET_BYTES}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
