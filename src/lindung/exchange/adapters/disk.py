"""Files that are whole or not there: written aside, forced to the disk, then renamed.

Every name is looked up in an opened folder without following links, so that no name in a list and no
link in a share leads anywhere else.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lindung.kernel.ids import new_id

_PART = ".part-"


class Other(Exception):
    """What lies there is not a plain file of at most that size."""


def appear(place: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Make a folder with files in it, at once and durable; the last file is written last.

    Raises:
        OSError: nothing appeared (or, when the disk failed in the last step, all of it did).
    """
    part = place.with_name(f"{_PART}{place.name}-{new_id().hex[-8:]}")
    part.mkdir(mode=0o750)
    for name, raw in files:
        write(part / name, raw)
    settle(part)
    part.rename(place)
    settle(place.parent)


def replace(place: Path, raw: bytes) -> None:
    """Put a file in place of the one that may stand there, at once and durable."""
    part = place.with_name(f"{_PART}{place.name}-{new_id().hex[-8:]}")
    write(part, raw)
    part.replace(place)
    settle(place.parent)


def move(place: Path, to: Path) -> None:
    """Rename, durable. Nothing stands at ``to``: its name is new."""
    place.rename(to)
    settle(to.parent)
    settle(place.parent)


def write(place: Path, raw: bytes) -> None:
    """A new file, its bytes on the disk when this returns."""
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def settle(folder: Path) -> None:
    """Force a folder's own entries to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(folder: Path, name: str, most: int) -> bytes:
    """A plain file of at most ``most`` bytes that lies in a folder itself.

    Raises:
        FileNotFoundError: nothing of that name lies there.
        Other: a link, a folder, a device, a name with a way in it, or too large.
    """
    if "/" in name or name in {"", ".", ".."} or "\0" in name:
        raise Other("not the name of a file")
    inside = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            descriptor = os.open(name, flags, dir_fd=inside)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Other(f"cannot be opened ({error.strerror})") from error
    finally:
        os.close(inside)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise Other("not a plain file")
        if found.st_size > most:
            raise Other("larger than it may be")
        return file.read(most + 1)[: most + 1]


def sweep(folder: Path, *, older_than: timedelta) -> None:
    """Remove what was begun there by us and never appeared; nobody has seen it."""
    edge = datetime.now(UTC) - older_than
    for place in folder.glob(f"{_PART}*"):
        if datetime.fromtimestamp(place.lstat().st_mtime, UTC) <= edge:
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)
