"""The folder of people's documents, beside the database in a backup and back again.

The files are sealed one by one and their keys lie in the database, so that a tar of them tells nothing by
itself and does not shrink by compression.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

from launcher.home import Home
from launcher.trouble import Trouble

BUCKET = "LINDUNG_DOCUMENTS_BUCKET"


def folder(home: Home) -> Path:
    """Where documents lie, unless a bucket has them."""
    return home.state / "documents"


def beside(file: Path) -> Path:
    """The documents' part of a backup."""
    return file.with_name(f"{file.name}.documents.tar")


def in_bucket() -> bool:
    """Whether documents lie in an object store, which has copies of its own."""
    return bool(os.environ.get(BUCKET))


def pack(home: Home, draft: Path) -> int:
    """Write every document into a tar; returns how many.

    One that is destroyed meanwhile is left out, as it would be from now on.
    """
    count = 0
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as written, tarfile.open(fileobj=written, mode="w|") as tar:
        for path in sorted(folder(home).rglob("*")):
            try:
                if not path.is_file() or path.name.startswith("."):  # a draft, half-written
                    continue
                with path.open("rb") as file:
                    entry = tar.gettarinfo(
                        arcname=str(path.relative_to(folder(home))), fileobj=file
                    )
                    tar.addfile(entry, file)
            except FileNotFoundError:
                continue
            count += 1
    return count


def unpack(home: Home, packed: Path) -> int:
    """Bring the documents of a backup back; returns how many.

    Raises:
        Trouble: there are documents already, or the tar cannot be read.
    """
    need_empty(home)
    to = folder(home)
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with tarfile.open(packed, "r:") as tar:
            names = [each.name for each in tar.getmembers()]
            for each in tar.getmembers():
                _unpack(tar, each, to)
    except (tarfile.TarError, OSError) as error:
        raise Trouble(f"{packed} cannot be read: {error}.") from error
    return len(names)


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, to: Path) -> None:
    """Write one file; what climbs out of the folder, links and devices are refused.

    By hand: Debian 12's Python 3.11.2 has no extraction filters yet.
    """
    place = (to / member.name).resolve()
    if not place.is_relative_to(to.resolve()):
        raise tarfile.TarError(f"{member.name} lies outside the folder")
    if member.isdir():
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return
    source = tar.extractfile(member) if member.isfile() else None
    if source is None:
        raise tarfile.TarError(f"{member.name} is no file")
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source, place.open("wb") as written:
        shutil.copyfileobj(source, written)
    place.chmod(0o600)


def need_empty(home: Home) -> None:
    """Refuse to mix two installations' documents.

    Raises:
        Trouble: there are documents already.
    """
    if folder(home).is_dir() and any(folder(home).iterdir()):
        raise Trouble(f"{folder(home)} is not empty, and a backup goes into an empty one.")
