"""Key files: made whole or not at all, and never made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from lindung.access import keys


def test_are_all_made_once_for_this_account_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    made = keys.make_missing(folder)
    assert sorted(made) == sorted(each.name for each in folder.iterdir())
    before = {each: each.read_bytes() for each in folder.iterdir()}
    assert all(before.values())
    assert {each.stat().st_mode & 0o777 for each in folder.iterdir()} == {0o600}
    assert keys.make_missing(folder) == []
    assert {each: each.read_bytes() for each in folder.iterdir()} == before


def test_a_start_cut_off_leaves_no_half_of_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut_off:
        cut_off.setattr(keys.os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            keys.make_missing(tmp_path)
    assert not any((tmp_path / name).exists() for name in keys._files())
    assert sorted(keys.make_missing(tmp_path)) == sorted(keys._files())
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(keys._files())
