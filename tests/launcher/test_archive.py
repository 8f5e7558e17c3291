"""The archive of the database's journal: each piece whole, once; and what a rehearsal refuses."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from launcher import archive, cli, environment, rehearse
from launcher.home import CLONE, Home
from launcher.say import Voice
from launcher.trouble import Trouble

PIECE = "000000010000000000000003"


def kept(command: str, piece: Path) -> int:
    """Run the command as PostgreSQL would: its own signs replaced, then by the shell."""
    text = command.replace("%p", str(piece)).replace("%f", piece.name).replace("%%", "%")
    return subprocess.run(["sh", "-c", text], check=False).returncode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive whose name has in it what shells and PostgreSQL read otherwise."""
    made = tmp_path / "100 % of 'it'"
    made.mkdir()
    return made


@pytest.fixture
def piece(tmp_path: Path) -> Path:
    made = tmp_path / PIECE
    made.write_bytes(b"journal")
    return made


class TestTheArchive:
    def test_keeps_a_piece_whole_and_brings_it_back(self, folder: Path, piece: Path) -> None:
        assert kept(archive.command(folder), piece) == 0
        assert [path.name for path in folder.iterdir()] == [PIECE]
        back = piece.with_name("back")
        text = archive.restore_command(folder).replace("%f", PIECE).replace("%p", str(back))
        subprocess.run(["sh", "-c", text.replace("%%", "%")], check=True)
        assert back.read_bytes() == b"journal"

    def test_takes_the_same_piece_again(self, folder: Path, piece: Path) -> None:
        assert [kept(archive.command(folder), piece) for _ in range(2)] == [0, 0]

    def test_never_writes_over_another_piece_of_the_same_name(
        self, folder: Path, piece: Path
    ) -> None:
        kept(archive.command(folder), piece)
        piece.write_bytes(b"of another server")
        assert kept(archive.command(folder), piece) != 0
        assert (folder / PIECE).read_bytes() == b"journal"

    def test_is_off_unless_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv(archive.VARIABLE, raising=False)
        assert archive.folder() is None


class TestARehearsal:
    @pytest.fixture(autouse=True)
    def _set_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(environment, "ensure", lambda *_: None)
        monkeypatch.delenv(archive.VARIABLE, raising=False)

    def refused(self, tmp_path: Path, asked: rehearse.Asked) -> str:
        with pytest.raises(Trouble) as caught:
            rehearse.rehearse(Home(CLONE, tmp_path / "state"), Voice(), asked)
        return str(caught.value)

    def test_of_a_server_of_ones_own_is_its_own_tools_work(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://lindung_app@db/lindung")
        assert "docs/how-to/backup.md" in self.refused(tmp_path, rehearse.Asked())

    def test_from_an_earlier_base_backup_needs_the_archive_since(self, tmp_path: Path) -> None:
        assert archive.VARIABLE in self.refused(tmp_path, rehearse.Asked(base=tmp_path))

    def test_from_a_folder_that_is_no_base_backup_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(archive.VARIABLE, str(tmp_path))
        assert "no base backup" in self.refused(tmp_path, rehearse.Asked(base=tmp_path))


def test_a_moment_without_its_zone_is_no_moment() -> None:
    moment = cli._moment("2026-03-02T14:00:00+07:00")
    assert moment.astimezone(UTC) == datetime(2026, 3, 2, 7, tzinfo=UTC)
    with pytest.raises(ValueError, match="14:00"):
        cli._moment("2026-03-02T14:00:00")
