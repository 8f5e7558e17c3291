"""A document's file is there whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from lindung.documents.files import WholeFiles

NAME = "ab/0198ab"


@pytest.fixture
def store(tmp_path: Path) -> WholeFiles:
    return WholeFiles(location=tmp_path)


def found(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_is_readable_by_this_account_alone(store: WholeFiles, tmp_path: Path) -> None:
    store.save(NAME, ContentFile(b"sealed"))
    assert found(tmp_path) == [NAME]
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / NAME).parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("at", ["fsync", "open"])
def test_a_full_disk_leaves_nothing(
    store: WholeFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def full(*_args: Any, **_kwargs: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, at, full)
        with pytest.raises(OSError, match="No space"):
            store.save(NAME, ContentFile(b"sealed"))
    assert found(tmp_path) == []
    assert store.save(NAME, ContentFile(b"sealed")) == NAME


def test_only_old_drafts_are_cleared(store: WholeFiles, tmp_path: Path) -> None:
    store.save(NAME, ContentFile(b"sealed"))
    for name, age in (("old", 90_000), ("new", 10)):
        draft = tmp_path / "ab" / f".{name}.part"
        draft.write_bytes(b"half")
        at = draft.stat().st_mtime - age
        os.utime(draft, (at, at))
    assert store.clear_drafts(older_than_seconds=86_400) == 1
    assert found(tmp_path) == ["ab/.new.part", NAME]
