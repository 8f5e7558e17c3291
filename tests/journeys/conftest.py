"""The running service and the browser, once for all journeys and gone before other tests go on."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys import service as serving

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A microphone that hums, and nobody to ask whether it may be used.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
_STOPPED: dict[str, str] = {}


# Of the package, not of the session: Playwright keeps an event loop, beside which Django refuses
# the database to every test that would come after.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Chromium, named by ``LINDUNG_CHROMIUM``."""
    program = os.environ.get("LINDUNG_CHROMIUM", "")
    if not program:
        why = "no Chromium: apt-get install chromium, or name one in LINDUNG_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(f"{why}; CI may not skip the journeys")
        pytest.skip(why)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def service(chromium: Browser) -> Iterator[serving.Service]:
    """The whole service; not started where there is no browser to visit it."""
    with serving.running() as started:
        yield started


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember the first act of a life that failed: what comes after it cannot be told."""
    report = yield
    if report.failed and item.parent is not None:
        _STOPPED.setdefault(_life(item), item.name)
    return report


@pytest.fixture(autouse=True)
def _in_order(request: pytest.FixtureRequest) -> None:
    """Acts rest on those before; a page stands for itself."""
    stopped = _STOPPED.get(_life(request.node))
    if stopped and request.module.__name__.endswith(
        ("test_one_life", "test_corridors", "test_help", "test_informant")
    ):
        pytest.fail(f"it stopped at {stopped}", pytrace=False)


def _life(item: pytest.Item) -> str:
    """The file, and the corridor where the same acts are lived on several."""
    called = item.name.rpartition("[")[2] if "[" in item.name else ""
    return f"{item.parent.nodeid if item.parent else ''} {called}"
