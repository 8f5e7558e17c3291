"""Under which account the database runs: root may not, so there it drops to an ordinary one."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.trouble import Trouble

# Accounts that exist anyway; none is ever made.
CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An account; ``drops`` says whether a child must change to it."""

    name: str
    uid: int
    gid: int
    drops: bool

    def child(self) -> dict[str, object]:
        """Arguments to ``subprocess`` that make a child run as this account."""
        if not self.drops:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, folder: Path) -> bool:
        """Whether it can enter this folder, asked of the kernel rather than guessed from modes."""
        if not self.drops:
            return True
        answer = subprocess.run(
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **self.child(),  # type: ignore[call-overload]
        )
        return bool(answer.returncode == 0)

    def own(self, path: Path, mode: int = 0o700) -> None:
        """Make a folder of ours belong to this account alone."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        if self.drops:
            os.chown(path, self.uid, self.gid)


def of(data: Path) -> Account:
    """The account for a data folder: its owner if it exists already, else the first candidate.

    Raises:
        Trouble: we are root and no ordinary account exists, or the data belongs to another user.
    """
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if me != 0:
        if owner not in (None, me):
            raise Trouble(
                f"{data} belongs to another account: run as that account, or name another folder "
                "in LINDUNG_HOME."
            )
        return Account(_name(me), me, os.getegid(), drops=False)
    if owner:
        entry = pwd.getpwuid(owner)
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, drops=True)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, drops=True)
    raise Trouble(
        "PostgreSQL refuses to run as root and there is no account 'postgres' or 'nobody' to run "
        "it as: run as an ordinary account, or set DATABASE_URL."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
