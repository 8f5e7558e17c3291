"""The commands of ``./lindung``, read from the words typed."""

import subprocess
from pathlib import Path

import pytest

from launcher import cli

ROOT = Path(__file__).resolve().parents[2]


class TestWords:
    @pytest.mark.parametrize("command", cli.PASSED_ON)
    def test_of_others_commands_are_passed_on_as_they_are(self, command: str) -> None:
        read = cli._arguments([command, "-x", "--json", "name"])
        assert read.words == ["-x", "--json", "name"]

    def test_of_up_say_how_many_people(self) -> None:
        assert cli._arguments(["up"]).people == 20_000
        assert cli._arguments(["up", "--people", "5_000", "--json"]).people == 5000

    @pytest.mark.parametrize("words", [["up", "--people", "-3"], ["up", "--people", "x"], ["fly"]])
    def test_that_make_no_sense_are_refused(self, words: list[str]) -> None:
        with pytest.raises(SystemExit):
            cli._arguments(words)


class TestTheDoor:
    def test_opens_from_any_folder(self, tmp_path: Path) -> None:
        """A folder named launcher where one stands is not taken for ours."""
        (tmp_path / "launcher").mkdir()
        (tmp_path / "launcher" / "__init__.py").write_text("raise SystemExit('the wrong one')")
        done = subprocess.run(
            [ROOT / "lindung", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "backup" in done.stdout

    def test_says_what_to_do_without_a_python(self, tmp_path: Path) -> None:
        for name in ("dirname", "sh"):
            (tmp_path / name).symlink_to(f"/usr/bin/{name}")
        done = subprocess.run(
            ["/bin/sh", ROOT / "lindung", "up"],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "Python 3.11" in done.stderr
        assert "LINDUNG_PYTHON" in done.stderr
