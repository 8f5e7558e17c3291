"""What has been done already, known by a digest of all that went into it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

SKIPPED = {"__pycache__", "node_modules", ".git"}


def digest(sources: Iterable[Path | str]) -> str:
    """A digest of texts and of files (folders: all their files, names and contents)."""
    total = hashlib.sha256()
    for source in sources:
        if isinstance(source, str):
            total.update(b"text\0" + source.encode() + b"\0")
            continue
        for file in sorted(_files(source)):
            total.update(b"file\0" + str(file.relative_to(source.parent)).encode() + b"\0")
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _files(source: Path) -> Iterable[Path]:
    if source.is_file():
        return [source]
    return [
        file
        for file in source.rglob("*")
        if file.is_file() and file.suffix != ".pyc" and SKIPPED.isdisjoint(file.parts)
    ]


class Stamps:
    """Small files in a folder, each the digest of something done."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def done(self, name: str, value: str) -> bool:
        """Whether it was done with exactly this."""
        try:
            return (self._folder / name).read_text() == value
        except OSError:
            return False

    def set(self, name: str, value: str) -> None:
        """Write down that it is done. Called after the work, never before."""
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f".{name}.new"
        draft.write_text(value)
        draft.replace(self._folder / name)

    def clear(self, name: str) -> None:
        """Forget it, before beginning what would leave it half done."""
        (self._folder / name).unlink(missing_ok=True)
