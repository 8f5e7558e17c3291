"""Processes are kept alive, with growing waits, and taken down whole."""

import errno
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from launcher import living, processes
from launcher.database import Database
from launcher.home import CLONE, Home
from launcher.say import Voice
from launcher.trouble import Trouble

NO_SERVER = cast("Database", SimpleNamespace(server=None))
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# A server with a worker of its own, as the web server has.
WITH_WORKER = [sys.executable, "-c", f"import subprocess; subprocess.run({SLEEP!r})"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(CLONE, tmp_path)
    made.prepare()
    return made


@pytest.fixture
def some(home: Home) -> Iterator[processes.Processes]:
    made = processes.Processes(home, os.environ, Voice(out=StringIO()))
    yield made
    made.stop()


def seen(some: processes.Processes) -> bool:
    """Have a look at everybody."""
    some.look(NO_SERVER)
    return True


def until(true: Callable[[], Any], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


class TestAProcess:
    def test_is_started_again_when_killed(self, some: processes.Processes, home: Home) -> None:
        some.start("web", SLEEP)
        first = some.workers[0].child
        assert first
        os.kill(first.pid, signal.SIGKILL)
        until(lambda: seen(some) and some.workers[0].deaths)
        until(lambda: seen(some) and some.workers[0].child)
        again = some.workers[0].child
        assert again
        assert again.pid != first.pid
        record = living.recall(home.run, "process-web")
        assert record
        assert record.pid == again.pid

    def test_that_keeps_dying_is_given_longer_waits(self, some: processes.Processes) -> None:
        some.start("jobs", [sys.executable, "-c", "raise SystemExit('no such table')"])
        worker = some.workers[0]
        until(lambda: seen(some) and worker.deaths)
        assert worker.wait == 2 * processes.FIRST_WAIT
        worker.due = 0
        until(lambda: seen(some) and worker.deaths == 2)
        assert worker.wait == 4 * processes.FIRST_WAIT
        with pytest.raises(Trouble, match="no such table"):
            some.need_alive(2)

    def test_takes_its_own_workers_along(self, some: processes.Processes) -> None:
        some.start("web", WITH_WORKER)
        child = some.workers[0].child
        record = some.workers[0].record
        assert child
        assert record
        until(lambda: len(record.family()) == 2)
        os.kill(child.pid, signal.SIGKILL)  # the worker lives on and would hold the port
        until(lambda: seen(some) and some.workers[0].deaths)
        assert record.family() == []

    def test_is_found_and_ended_after_its_command_was_killed(
        self, some: processes.Processes, home: Home
    ) -> None:
        some.start("web", WITH_WORKER)
        record = some.workers[0].record
        assert record
        until(lambda: len(record.family()) == 2)
        assert processes.sweep(home) == ["web"]
        assert record.family() == []
        assert processes.sweep(home) == []


class ADatabase:
    """A server that died, and cannot be started the first times."""

    def __init__(self, failures: int) -> None:
        self.server = SimpleNamespace(child=None)
        self.failures = failures

    def restart(self) -> None:
        if self.failures:
            self.failures -= 1
            raise Trouble("The disk is full.")
        self.server.child = SimpleNamespace(poll=lambda: None)


class TestADeadDatabase:
    def test_is_tried_again_until_its_disk_has_room(self, some: processes.Processes) -> None:
        database = ADatabase(failures=2)
        for _ in range(3):
            some._database_due = 0
            some.look(cast("Database", database))
        assert database.server.child is not None
        assert some._database_wait == processes.FIRST_WAIT

    def test_is_not_tried_at_every_look(self, some: processes.Processes) -> None:
        database = ADatabase(failures=9)
        for _ in range(5):
            some.look(cast("Database", database))
        assert database.failures == 8

    def test_calls_back_whoever_waited_for_it(self, some: processes.Processes) -> None:
        some.start("jobs", [sys.executable, "-c", "raise SystemExit(1)"])
        worker = some.workers[0]
        until(lambda: seen(some) and worker.deaths)
        worker.due = time.monotonic() + 30
        some.look(cast("Database", ADatabase(failures=0)))
        assert worker.child is not None


class TestAFullDisk:
    def test_does_not_end_the_watch(
        self, some: processes.Processes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        some.start("web", SLEEP)
        first = some.workers[0].child
        assert first

        def full(*_args: Any, **_kwargs: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(living, "remember", full)
            os.kill(first.pid, signal.SIGKILL)
            until(lambda: seen(some) and some.workers[0].deaths)
            some.workers[0].due = 0
            some.look(NO_SERVER)
            assert some.workers[0].child is None
        some.workers[0].due = 0
        some.look(NO_SERVER)
        assert some.workers[0].child

    def test_loses_words_and_nothing_else(self) -> None:
        class Full(StringIO):
            def write(self, text: str) -> int:
                raise OSError(errno.ENOSPC, "No space left on device")

        Voice(out=Full()).line("The database died.")


class TestAStep:
    def test_is_one_object_a_line_for_a_program(self) -> None:
        out = StringIO()
        with Voice(as_json=True, out=out).step("Reference data") as step:
            step.detail = "12 tables"
        (told,) = [json.loads(line) for line in out.getvalue().splitlines()]
        assert told["seconds"] >= 0
        assert told == {
            "step": "Reference data",
            "state": "done",
            "seconds": told["seconds"],
            "detail": "12 tables",
        }

    def test_that_lasts_says_that_it_has_begun(self) -> None:
        out = StringIO()
        with Voice(out=out).step("Law"):
            until(lambda: "Law" in out.getvalue())
        assert out.getvalue().count("Law") == 2

    def test_that_fails_says_so(self) -> None:
        out = StringIO()
        with pytest.raises(Trouble), Voice(out=out).step("Law"):
            raise Trouble("no")
        assert "Law: failed" in out.getvalue()
