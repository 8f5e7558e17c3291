"""Documents in a folder: each file is there whole, on the disk, or not at all."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

_DRAFT = ".part"


class WholeFiles(FileSystemStorage):
    """Writes beside the final place and moves what is complete there.

    A full disk or a killed process leaves no half file under a document's name; what was answered
    outlives a power cut.
    """

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        place = Path(self.path(name))
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = place.with_name(f".{place.name}{_DRAFT}")
        try:
            with os.fdopen(
                os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            draft.rename(place)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name

    def clear_drafts(self, *, older_than_seconds: float) -> int:
        """Delete what killed processes left half-written; returns how many files."""
        before = time.time() - older_than_seconds
        found = [
            draft
            for draft in Path(self.location).glob(f"*/.*{_DRAFT}")
            if draft.stat().st_mtime < before
        ]
        for draft in found:
            draft.unlink(missing_ok=True)
        return len(found)
