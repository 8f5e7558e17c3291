"""Restoring begins only where everything is that belongs to a backup beside the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from launcher import backup, environment
from launcher.home import CLONE, Home
from launcher.say import Voice
from launcher.trouble import Trouble


class Begun(Exception):
    """The restore went on to its first real step."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home; nothing is installed in it."""

    def begun(*_args: object) -> None:
        raise Begun

    monkeypatch.setattr(environment, "ensure", begun)
    monkeypatch.delenv("LINDUNG_KEYS", raising=False)
    return Home(CLONE, tmp_path / "state")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Something that calls itself a backup."""
    made = tmp_path / "lindung.dump"
    made.write_bytes(b"PGDMP")
    return made


def restore(home: Home, file: Path) -> None:
    backup.restore(home, Voice(), file)


def test_refuses_without_the_keys(home: Home, file: Path) -> None:
    with pytest.raises(Trouble, match="key files"):
        restore(home, file)


def test_refuses_without_the_published_heads(home: Home, file: Path) -> None:
    home.prepare()
    home.keys.mkdir(exist_ok=True)
    (home.keys / "journal.pem").write_text("key")
    with pytest.raises(Trouble, match="published heads"):
        restore(home, file)
    backup.heads(home).write_text("")
    with pytest.raises(Begun):
        restore(home, file)


def test_refuses_where_documents_lie_already(home: Home, file: Path) -> None:
    file.with_name("lindung.dump.documents.tar").write_bytes(b"")
    home.prepare()
    (home.state / "documents").mkdir()
    (home.state / "documents" / "one").write_bytes(b"x")
    with pytest.raises(Trouble):
        restore(home, file)


def test_refuses_a_file_that_is_not_there(home: Home, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="not there"):
        restore(home, tmp_path / "nothing.dump")
