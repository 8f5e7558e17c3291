"""The whole service for the journeys, started by the same command as a newcomer's."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from launcher import environment
from launcher.home import Home
from tests.journeys import gateway
from tests.journeys.gateway import Gateway

CLONE = Path(__file__).resolve().parents[2]
PEOPLE = 300
READY_SECONDS, STOP_SECONDS = 240.0, 60.0
# The simulator stands this far beside the web server, the SMS gateway next to it.
BESIDE = 10
# What a test run sets for itself is not what a newcomer has set.
_OURS = ("LINDUNG_", "DATABASE_URL", "DJANGO_", "PYTEST_", "PYTHON", "VIRTUAL_ENV", "PG")


class NotReady(AssertionError):
    """The service did not come up; carries what it printed."""


@dataclass(frozen=True)
class Service:
    """A running Lindung: its addresses and its folder."""

    url: str
    simulator: str
    home: Path
    sms: Gateway

    def lindung(self, *words: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run ``./lindung …`` on this home, as from another terminal."""
        port = self.url.rstrip("/").rpartition(":")[2]
        return subprocess.run(
            [str(CLONE / "lindung"), *words],
            env={**_plain(), "LINDUNG_HOME": str(self.home), "LINDUNG_PORT": port},
            cwd=CLONE,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def kill(self, process: str) -> int:
        """``kill -9`` one process of the service and everything it started; returns its number.

        Args:
            process: ``web``, ``jobs`` or ``simulator``.
        """
        record = json.loads((self.home / "run" / f"process-{process}.json").read_text())
        number = int(record["pid"])
        # Each process of the service leads its own session and group.
        os.killpg(number, signal.SIGKILL)
        return number


@contextmanager
def running() -> Iterator[Service]:
    """Lindung in a temporary home and at free ports, stopped and removed afterwards."""
    if url := os.environ.get("LINDUNG_JOURNEY_URL"):
        port = int(url.rstrip("/").rpartition(":")[2])
        home = Path(os.environ["LINDUNG_JOURNEY_HOME"])
        with gateway.standing(port + BESIDE + 1) as sms:
            yield Service(url.rstrip("/"), f"http://127.0.0.1:{port + BESIDE}", home, sms)
        return
    home = _home()
    port = _free_port()
    with gateway.standing(port + BESIDE + 1) as sms:
        yield from _started(home, port, sms)


def _started(home: Path, port: int, sms: Gateway) -> Iterator[Service]:
    said = home / "said.jsonl"
    told = {"LINDUNG_HOME": str(home), "LINDUNG_PORT": str(port), **sms.settings(home)}
    with said.open("wb") as out:
        started = subprocess.Popen(
            [str(CLONE / "lindung"), "up", "--people", str(PEOPLE), "--json"],
            env={**_plain(), **told},
            cwd=CLONE,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    service = Service(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + BESIDE}", home, sms)
    try:
        _wait(started, said)
        yield service
    finally:
        started.terminate()
        with suppress(subprocess.TimeoutExpired):
            started.wait(STOP_SECONDS)
        if started.poll() is None:
            started.kill()
            started.wait()
        # Whatever outlived it; a home that is stopped says so and does nothing.
        service.lindung("down")
        shutil.rmtree(home, ignore_errors=True)


def _home() -> Path:
    """A fresh home that the database's account can enter, with the environment that is there."""
    home = Path(tempfile.mkdtemp(prefix="lindung-journey-"))
    home.chmod(0o755)
    theirs = Path(os.environ.get("LINDUNG_LAUNCHER_HOME") or CLONE / ".lindung")
    # Without one to borrow, `up` makes its own, as on a newcomer's machine.
    if environment.lend(Home(CLONE, theirs), Home(CLONE, home)):
        shutil.copy(theirs / "stamps" / "assets", home / "stamps" / "assets")
    return home


def _wait(started: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        words = said.read_text(errors="replace")
        if '"state": "ready"' in words or '"state":"ready"' in words:
            return
        if started.poll() is not None:
            raise NotReady(f"`./lindung up` ended with {started.returncode}:\n{words[-4000:]}")
        time.sleep(0.3)
    raise NotReady(f"not ready after {READY_SECONDS:g} s:\n{said.read_text()[-4000:]}")


def _plain() -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    # The Python that the borrowed environment was made with.
    return plain | {"LINDUNG_PYTHON": str(getattr(sys, "_base_executable", sys.executable))}


def _free_port() -> int:
    """A port that is free, and so is the simulator's beside it."""
    for _ in range(50):
        with socket.socket() as web, socket.socket() as simulator, socket.socket() as sms:
            web.bind(("127.0.0.1", 0))
            port = int(web.getsockname()[1])
            with suppress(OSError, OverflowError):
                simulator.bind(("127.0.0.1", port + BESIDE))
                sms.bind(("127.0.0.1", port + BESIDE + 1))
                return port
    raise NotReady("no three free ports beside each other")
