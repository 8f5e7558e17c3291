"""Where the state lies, and what is said when it cannot lie there."""

import os
from pathlib import Path

import pytest

from launcher import database_home, stamps
from launcher.account import Account
from launcher.home import CLONE, Home, find
from launcher.locks import Lock
from launcher.trouble import Trouble

MYSELF = Account("me", os.geteuid(), os.getegid(), drops=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in a temporary folder, prepared."""
    made = Home(CLONE, tmp_path / "state")
    made.prepare()
    return made


class TestTheStateFolder:
    def test_is_in_the_clone_by_default(self) -> None:
        assert find({}).state == CLONE / ".lindung"

    def test_is_the_one_named(self, tmp_path: Path) -> None:
        assert find({"LINDUNG_HOME": str(tmp_path / "x")}).state == tmp_path / "x"

    def test_keeps_its_logs_to_itself(self, home: Home) -> None:
        assert home.logs.stat().st_mode & 0o777 == 0o700

    def test_that_cannot_be_made_is_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(Trouble, match="LINDUNG_HOME"):
            Home(CLONE, tmp_path / "file" / "state").prepare()

    def test_refuses_to_fill_the_disk(self, home: Home) -> None:
        with pytest.raises(Trouble, match=r"MB free.*make room"):
            home.need_space(10**9, "a test")


class TestTheDatabasesFolder:
    @pytest.fixture(autouse=True)
    def _elsewhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database_home, "ELSEWHERE", tmp_path / "elsewhere")

    def _closed(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the account not reach the state folder, whoever runs this test."""
        reaches = lambda self, folder: home.state not in folder.parents  # noqa: E731
        monkeypatch.setattr(Account, "reaches", reaches)

    def test_is_in_the_state_folder(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Account, "reaches", lambda self, folder: True)
        assert database_home.find(home)[0] == home.state / "database"

    def test_is_elsewhere_when_the_account_cannot_go_there(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        modes = [folder.stat().st_mode for folder in (home.state, home.state.parent)]
        self._closed(home, monkeypatch)
        folder, _ = database_home.find(home)
        assert folder.parent == database_home.ELSEWHERE
        assert database_home.find(home)[0] == folder  # and again, the same
        assert modes == [one.stat().st_mode for one in (home.state, home.state.parent)]

    def test_is_not_shared_with_a_copy_of_the_state_folder(
        self, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._closed(home, monkeypatch)
        first, _ = database_home.find(home)
        copy = Home(CLONE, tmp_path / "copy")
        copy.prepare()
        for name in (database_home.POINTER, "born"):
            (copy.state / name).write_text((home.state / name).read_text())
        self._closed(copy, monkeypatch)
        assert database_home.find(copy)[0] != first

    def test_follows_a_state_folder_that_was_moved(
        self, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._closed(home, monkeypatch)
        first, _ = database_home.find(home)
        home.state.rename(tmp_path / "moved")
        moved = Home(CLONE, tmp_path / "moved")
        self._closed(moved, monkeypatch)
        assert database_home.find(moved)[0] == first

    def test_is_named_by_doctor_when_its_state_folder_is_gone(
        self, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._closed(home, monkeypatch)
        folder, _ = database_home.find(home)
        assert database_home.elsewhere() == []
        home.state.rename(tmp_path / "gone")
        assert database_home.elsewhere() == [folder]


class TestALock:
    def test_is_for_one_alone(self, tmp_path: Path) -> None:
        first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
        assert first.alone()
        assert not second.alone()
        assert not second.shared(wait=False)
        first.release()
        assert second.alone()
        second.release()

    def test_can_be_shared(self, tmp_path: Path) -> None:
        first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
        assert first.shared()
        assert second.shared()
        assert not first.alone()
        first.release()
        assert second.alone()
        second.release()


class TestAStamp:
    def test_counts_for_exactly_what_was_done(self, tmp_path: Path) -> None:
        source = tmp_path / "source"
        source.mkdir()
        (source / "a.py").write_text("1")
        mine = stamps.Stamps(tmp_path / "stamps")
        mine.set("schema", stamps.digest([source]))
        assert mine.done("schema", stamps.digest([source]))
        (source / "a.py").write_text("2")
        assert not mine.done("schema", stamps.digest([source]))

    def test_sees_a_new_name_and_not_a_compiled_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_text("1")
        before = stamps.digest([tmp_path])
        (tmp_path / "__pycache__").mkdir()
        (tmp_path / "__pycache__" / "a.pyc").write_text("x")
        assert stamps.digest([tmp_path]) == before
        (tmp_path / "a.py").rename(tmp_path / "b.py")
        assert stamps.digest([tmp_path]) != before
