"""Documents in a backup: all of them, back where they were, and never mixed."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from launcher import papers
from launcher.home import Home
from launcher.trouble import Trouble


def home(folder: Path) -> Home:
    return Home(clone=folder, state=folder / "state")


def test_every_document_comes_back_as_it_was(tmp_path: Path) -> None:
    one, other, packed = home(tmp_path / "a"), home(tmp_path / "b"), tmp_path / "x.documents.tar"
    (papers.folder(one) / "0a").mkdir(parents=True)
    (papers.folder(one) / "0a" / "first").write_bytes(b"\x00noise")
    (papers.folder(one) / "second").write_bytes(b"")
    assert papers.pack(one, packed) == 2
    assert packed.stat().st_mode & 0o077 == 0
    assert papers.unpack(other, packed) == 2
    assert (papers.folder(other) / "0a" / "first").read_bytes() == b"\x00noise"
    assert (papers.folder(other) / "second").exists()


def test_nothing_is_brought_into_a_folder_with_documents(tmp_path: Path) -> None:
    here, packed = home(tmp_path), tmp_path / "x.tar"
    papers.folder(here).mkdir(parents=True)
    (papers.folder(here) / "mine").write_bytes(b"1")
    papers.pack(here, packed)
    with pytest.raises(Trouble, match="not empty"):
        papers.unpack(here, packed)


def test_an_entry_that_climbs_out_is_refused(tmp_path: Path) -> None:
    here, packed = home(tmp_path), tmp_path / "x.tar"
    with tarfile.open(packed, "w") as tar:
        entry = tarfile.TarInfo("../../outside")
        entry.size = 1
        tar.addfile(entry, io.BytesIO(b"1"))
    with pytest.raises(Trouble):
        papers.unpack(here, packed)
    assert not (tmp_path / "outside").exists()


def test_no_documents_are_no_trouble(tmp_path: Path) -> None:
    assert papers.pack(home(tmp_path), tmp_path / "x.tar") == 0
