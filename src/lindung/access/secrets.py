"""The key ring that seals identity numbers, second factors, documents and lists.

It is read from its file beside the other keys, and read anew when the file was replaced: a rotation
begins in one process, and the others must open what it has sealed without a restart.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings

from lindung.kernel.secrets import Keyring, KeysUnusable


def keyring() -> Keyring:
    """The installation's key ring.

    Raises:
        KeysUnusable: the file is missing or readable by others.
    """
    file = key_file()
    try:
        known = file.stat()
    except OSError as error:
        raise KeysUnusable(f"Cannot read the key file {file}: {error.strerror}.") from error
    # Replaced whole, never written in place, so another inode is another ring.
    return _load(file, (known.st_ino, known.st_mtime_ns))


def key_file() -> Path:
    """Where the ring lies."""
    return _in(settings.KEYS)


@cache  # asked for each sealed value, and putting a path together takes longer than opening one
def _in(folder: str | Path) -> Path:
    return Path(folder) / "identity.json"


@lru_cache(maxsize=2)
def _load(file: Path, _version: tuple[int, int]) -> Keyring:
    return Keyring.load(file)
