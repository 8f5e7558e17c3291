"""The archive of PostgreSQL's journal (WAL): with a base backup, any moment since can be brought back.

``LINDUNG_WAL_ARCHIVE`` names a folder, best on another disk. The embedded server then copies every
finished piece of its journal there, at the latest each minute.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

VARIABLE = "LINDUNG_WAL_ARCHIVE"
# At most so much is lost with the disk: a piece is closed and copied at least so often.
PIECE_SECONDS = 60


def folder() -> Path | None:
    """Where the archive lies; None where none is kept."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser().absolute() if named else None


def settings(kept: Path) -> list[tuple[str, str]]:
    """The server's settings that keep an archive in this folder."""
    return [
        ("archive_mode", "on"),
        ("archive_command", command(kept)),
        ("archive_timeout", str(PIECE_SECONDS)),
    ]


def command(kept: Path) -> str:
    """Copies a piece, whole or not at all, to the disk; the same piece again is no trouble."""
    to = _quoted(kept / "%f")
    draft = _quoted(kept / ".%f.part")
    return (
        f"if test -f {to}; then cmp -s %p {to}; "
        f"else cp %p {draft} && sync {draft} && mv {draft} {to}; fi"
    )


def restore_command(kept: Path) -> str:
    """Brings a piece back."""
    return f"cp {_quoted(kept / '%f')} %p"


def _quoted(path: Path) -> str:
    """For the shell, with PostgreSQL's own sign kept only in the name it stands for."""
    folder_ = str(path.parent).replace("%", "%%")
    return shlex.quote(f"{folder_}/{path.name}")
