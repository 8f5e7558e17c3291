"""Where things lie: the clone, and the state folder that a running Lindung keeps.

``LINDUNG_HOME``, else ``.lindung`` in the clone::

    venv/      Python environment          assets/   packages of the front end
    keys/      key files (0700)            static/   collected static files
    logs/      one file a process          run/      who runs now, locks
    stamps/    what is done already        database/ PostgreSQL's data (see database_home.py)
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from launcher.trouble import Trouble

CLONE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Home:
    """The clone and its state folder, both absolute."""

    clone: Path
    state: Path

    @property
    def venv(self) -> Path:
        """The Python environment."""
        return self.state / "venv"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.venv / "bin" / "python"

    @property
    def keys(self) -> Path:
        """The key files: ``LINDUNG_KEYS``, else beside the rest."""
        return Path(os.environ.get("LINDUNG_KEYS") or self.state / "keys").absolute()

    @property
    def logs(self) -> Path:
        """One log file a process."""
        return self.state / "logs"

    @property
    def run(self) -> Path:
        """Who runs now, and locks."""
        return self.state / "run"

    @property
    def stamps(self) -> Path:
        """What is done already."""
        return self.state / "stamps"

    @property
    def assets(self) -> Path:
        """The packages of the front end."""
        return self.state / "assets"

    def prepare(self) -> None:
        """Make the folders.

        Raises:
            Trouble: the state folder belongs to another account or lies on a read-only disk.
        """
        try:
            self.state.mkdir(parents=True, exist_ok=True)
            for folder in (self.logs, self.run, self.stamps, self.assets):
                folder.mkdir(exist_ok=True)
            # Logs name ids, never people, yet they are nobody else's to read.
            self.logs.chmod(0o700)
            probe = self.run / ".writable"
            probe.write_text("")
            probe.unlink()
        except OSError as error:
            raise Trouble(
                f"{self.state} cannot be written ({error.strerror}): run as the account that owns "
                "it, or name another folder in LINDUNG_HOME."
            ) from None

    def need_space(self, megabytes: int, what: str) -> None:
        """Refuse to begin what would fill the disk.

        Raises:
            Trouble: less than this is free.
        """
        free = shutil.disk_usage(self.state).free // 1_000_000
        if free < megabytes:
            raise Trouble(
                f"The disk of {self.state} has {free:,} MB free and {what} needs {megabytes:,} MB: "
                "make room, or name a folder on another disk in LINDUNG_HOME."
            )


def find(environment: dict[str, str] | None = None) -> Home:
    """The home that the environment names, else ``.lindung`` in the clone."""
    values = os.environ if environment is None else environment
    named = values.get("LINDUNG_HOME")
    state = Path(named).expanduser().absolute() if named else CLONE / ".lindung"
    return Home(CLONE, state)
