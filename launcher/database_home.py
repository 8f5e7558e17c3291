"""Where the embedded database's data and programs lie.

Inside the state folder, where the account that runs it can reach that. As root with a clone
below a closed folder it cannot; then under ``/var/lib/lindung``, and no folder's mode is changed.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from launcher.account import Account
from launcher.account import of as account_of
from launcher.home import Home
from launcher.trouble import Trouble

ELSEWHERE = Path("/var/lib/lindung")
# In the state folder: where the database went. In the database's folder: whose it is.
POINTER, MARKER = "database-at", "belongs-to"


def find(home: Home) -> tuple[Path, Account]:
    """The database's folder, made if need be, and the account that runs it.

    Raises:
        Trouble: no folder can be made that the account reaches.
    """
    pointer = home.state / POINTER
    if pointer.exists():
        folder = Path(pointer.read_text().strip())
        if _ours(folder, home):
            account = account_of(folder / "data")
            if account.reaches(folder):
                return folder, account
    for folder in (home.state / "database", ELSEWHERE / _short(home.state)):
        account = account_of(folder / "data")
        _open_way(folder)
        if not account.reaches(folder):
            continue
        if not _ours(folder, home):
            raise Trouble(
                f"{folder} belongs to the state folder {_owner(folder)}, of which "
                f"{home.state} is a copy: remove the copy's file {pointer} or set LINDUNG_HOME."
            )
        (folder / MARKER).write_text(str(home.state))
        pointer.write_text(str(folder))
        return folder, account
    raise Trouble(
        f"The database must run as '{account.name}', which can enter neither {home.state} nor "
        f"{ELSEWHERE}: name a folder it can reach in LINDUNG_HOME."
    )


def elsewhere() -> list[Path]:
    """Database folders under ``/var/lib/lindung`` whose state folder is gone; for ``doctor``."""
    if not ELSEWHERE.is_dir():
        return []
    return [
        folder
        for folder in sorted(ELSEWHERE.iterdir())
        if (owner := _owner(folder)) and not (Path(owner) / POINTER).exists()
    ]


def _short(state: Path) -> str:
    # The state folder's own birth goes in: keys that were removed do not open old data.
    born = state / "born"
    if not born.exists():
        born.write_text(os.urandom(16).hex())
    return hashlib.sha256(f"{state}\0{born.read_text()}".encode()).hexdigest()[:12]


def _owner(folder: Path) -> str:
    try:
        return (folder / MARKER).read_text().strip()
    except OSError:
        return ""


def _ours(folder: Path, home: Home) -> bool:
    """Unmarked, marked as ours, or left by a state folder that has since been moved here."""
    owner = _owner(folder)
    return owner in {"", str(home.state)} or not (Path(owner) / POINTER).exists()


def _open_way(folder: Path) -> None:
    """Make the folder; those made here, and only those, may be passed through by others."""
    missing = []
    at = folder
    while not at.exists():
        missing.append(at)
        at = at.parent
    for made in reversed(missing):
        made.mkdir()
        made.chmod(0o755)
