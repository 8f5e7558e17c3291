"""What doctor says of disks, of backups, of what can be seen, and of a service that is not well."""

import json
import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from launcher import backup, doctor, living, ready
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


UNWELL = {"ready": False, "checks": {"database": {"ok": False, "advice": "start it"}}}


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ((200, "{}"), "ok", "ready"),
        ((503, json.dumps(UNWELL)), "bad", "not ready: database"),
        ((0, ""), "note", "does not answer"),
    ],
)
def test_a_running_service_that_is_not_well_is_bad(
    home: Home, monkeypatch: pytest.MonkeyPatch, answer: Any, state: str, words: str
) -> None:
    monkeypatch.setattr(ready, "ask", lambda _port: answer)
    record = cast("living.Record", SimpleNamespace(pid=1, note="8000"))
    found, *more = doctor._answering(home, record)
    assert [each.advice for each in more] == (["start it"] if state == "bad" else [])
    assert (found.state, words in found.text) == (state, True)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("LINDUNG_BACKUP_MARK", *doctor.SEEING.values()):
        monkeypatch.delenv(name, raising=False)
    return Home(tmp_path, tmp_path)


def found(here: Home, what: str) -> doctor.Finding:
    return next(each for each in doctor.look(here) if each.what == what)


class TestBackup:
    def test_is_missed(self, here: Home) -> None:
        assert (found(here, "Backup").state, found(here, "Backup").text) == ("note", "none yet")

    def test_is_fresh(self, here: Home) -> None:
        backup.mark(here).touch()
        assert found(here, "Backup").state == "ok"

    def test_is_old(self, here: Home) -> None:
        backup.mark(here).touch()
        os.utime(backup.mark(here), (time.time() - 30 * 3600,) * 2)
        assert "30 hours" in found(here, "Backup").text
        assert found(here, "Backup").advice

    def test_lies_where_the_environment_says(
        self, here: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LINDUNG_BACKUP_MARK", str(tmp_path / "elsewhere"))
        assert backup.mark(here) == tmp_path / "elsewhere"


class TestSeeing:
    def test_says_what_is_on(self, here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        assert found(here, "Seeing").text == "logs"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
        assert found(here, "Seeing").text == "logs, traces by OTLP"

    def test_misses_the_token(self, here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LINDUNG_METRICS_TOKEN_FILE", "/nowhere/token")
        assert found(here, "Seeing").state == "bad"


class TestReady:
    def test_names_what_is_missing_and_what_to_do(self) -> None:
        text = '{"ready": false, "checks": {"database": {"ok": true}, "schema": {"ok": false, "advice": "migrate"}}}'
        assert ready.missing(text) == [("schema", "migrate")]

    @pytest.mark.parametrize("text", ["", "<html>", "[]", '{"checks": 3}', '{"live": true}'])
    def test_says_nothing_of_what_it_cannot_read(self, text: str) -> None:
        assert ready.missing(text) == []
