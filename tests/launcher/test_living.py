"""Processes are known by number and start time; zombies count as dead."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import living

SLEEP = "import time; time.sleep(60)"
LEADER = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); {SLEEP}"


@pytest.fixture
def leader(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that leads a session and has started one more."""
    child = subprocess.Popen([sys.executable, "-c", LEADER], start_new_session=True)
    until = time.monotonic() + 10
    while len([one for one in living.everyone() if one.session == child.pid]) < 2:
        assert time.monotonic() < until
        time.sleep(0.02)
    yield child
    for one in living.everyone():
        if one.session == child.pid:
            os.kill(one.pid, signal.SIGKILL)
    child.wait()


class TestARecordedProcess:
    def test_is_found_again(self, leader: subprocess.Popen[bytes], tmp_path: Path) -> None:
        living.remember(tmp_path, "web", leader.pid, note="8000")
        record = living.recall(tmp_path, "web")
        assert record
        assert record.alive()
        assert record.note == "8000"

    def test_is_dead_as_a_zombie(self, leader: subprocess.Popen[bytes], tmp_path: Path) -> None:
        record = living.remember(tmp_path, "web", leader.pid)
        os.kill(leader.pid, signal.SIGKILL)
        until = time.monotonic() + 5
        while (now := living.status(leader.pid)) and now.state != "Z" and time.monotonic() < until:
            time.sleep(0.02)
        assert now
        assert now.state == "Z"  # not reaped: the number is still taken
        assert not record.alive()

    def test_leaves_a_family_that_can_be_ended(
        self, leader: subprocess.Popen[bytes], tmp_path: Path
    ) -> None:
        record = living.remember(tmp_path, "web", leader.pid)
        os.kill(leader.pid, signal.SIGKILL)
        leader.wait()
        assert len(record.family()) == 1  # the one that would still hold the port
        assert living.end(record, seconds=5)
        assert record.family() == []

    def test_is_not_mistaken_for_a_later_one_with_its_number(
        self, leader: subprocess.Popen[bytes]
    ) -> None:
        record = living.Record("web", leader.pid, started=1)
        assert not record.alive()
        assert not living.end(record)
        assert leader.poll() is None

    def test_is_forgotten_when_its_file_is_broken(self, tmp_path: Path) -> None:
        (tmp_path / "web.json").write_text('{"name": "we')
        assert living.recall(tmp_path, "web") is None
