"""The lock files install anywhere: pinned, hashed, and naming no machine and no host."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def pins(file: Path) -> dict[str, str]:
    """Name to pinned version, of one lock file."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", file.read_text(), re.MULTILINE))


@pytest.mark.parametrize("file", LOCKS, ids=lambda file: file.name)
class TestPythonLock:
    def test_gives_every_pin_a_hash(self, file: Path) -> None:
        entries = re.split(r"\n(?=\S)", file.read_text().strip())
        assert entries
        assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []

    def test_names_no_host_and_no_path(self, file: Path) -> None:
        assert (
            re.findall(r"https?://|--(?:extra-)?index|--find-links|file:| /\w", file.read_text())
            == []
        )


class TestPythonLocks:
    def test_agree_with_one_another(self) -> None:
        base, dev = pins(ROOT / "requirements/base.txt"), pins(ROOT / "requirements/dev.txt")
        assert len(base) > 30
        assert {name: dev.get(name) for name in base} == base

    @pytest.mark.parametrize("name", ["base", "dev", "assets"])
    def test_hold_what_was_asked_for(self, name: str) -> None:
        asked = re.findall(
            r"^([A-Za-z0-9._-]+)", (ROOT / f"requirements/{name}.in").read_text(), re.MULTILINE
        )
        asked = [word.lower().replace("_", "-") for word in asked if not word.startswith("-")]
        locked = pins(ROOT / f"requirements/{name}.txt")
        assert asked
        assert [word for word in asked if word not in locked] == []


class TestNpmLock:
    def test_has_no_address_and_a_digest_for_every_package(self) -> None:
        text = (ROOT / "package-lock.json").read_text()
        packages = {key: value for key, value in json.loads(text)["packages"].items() if key}
        assert packages
        assert [name for name, one in packages.items() if "resolved" in one] == []
        assert [name for name, one in packages.items() if "integrity" not in one] == []

    def test_pins_exact_versions(self) -> None:
        described = json.loads((ROOT / "package.json").read_text())
        wanted = {**described["dependencies"], **described["devDependencies"]}
        locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
        assert wanted == {name: locked[f"node_modules/{name}"]["version"] for name in wanted}
