"""The doctor says how old the backup is, what can be seen, and why the service is not ready."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from launcher import backup, doctor, ready
from launcher.home import Home


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
