"""What doctor says of disks, and of a service that runs and is not well."""

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from launcher import doctor, living, ready
from launcher.home import CLONE, Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("LINDUNG_KEYS", raising=False)
    made = Home(CLONE, tmp_path / "state")
    made.prepare()
    return made


def disk(monkeypatch: pytest.MonkeyPatch, *, free: int, files: int = 10**6) -> None:
    """Turn every disk into one with so much room."""
    found = SimpleNamespace(f_bavail=free, f_frsize=1, f_files=10**7, f_favail=files)
    monkeypatch.setattr(os, "statvfs", lambda _place: found)


class TestDisks:
    def test_a_full_one_is_named_with_what_to_do(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        disk(monkeypatch, free=10_000_000)
        (found,) = doctor._disks(home)
        assert (found.state, "10 MB free" in found.text) == ("bad", True)
        assert "make room" in found.advice

    def test_one_without_file_numbers_is_named(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        disk(monkeypatch, free=10**12, files=3)
        (found,) = doctor._disks(home)
        assert (found.state, "inodes" in found.advice) == ("bad", True)

    def test_each_disk_is_told_once(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        disk(monkeypatch, free=10**12)
        assert [each.what for each in doctor._disks(home)] == ["Disk"]
        monkeypatch.setenv("LINDUNG_KEYS", "/dev/shm/keys")  # another disk on any Linux
        assert [each.what for each in doctor._disks(home)] == ["Disk", "Disk of the keys"]


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ((200, "{}"), "ok", "ready"),
        ((503, json.dumps({"database": False, "keys": True})), "bad", "not ready: database"),
        ((0, ""), "note", "does not answer"),
    ],
)
def test_a_running_service_that_is_not_well_is_bad(
    home: Home, monkeypatch: pytest.MonkeyPatch, answer: Any, state: str, words: str
) -> None:
    monkeypatch.setattr(ready, "ask", lambda _port: answer)
    record = cast("living.Record", SimpleNamespace(pid=1, note="8000"))
    found = doctor._answering(home, record)
    assert (found.state, words in found.text) == (state, True)
