"""Identity numbers at rest: sealed, found by index, rotated, and never opened in the wrong place."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel.secrets import CannotOpen, Keyring, KeysUnusable

ONE = (1, b"a" * 32, b"b" * 32)
TWO = (2, b"c" * 32, b"d" * 32)
RING = Keyring([ONE], current=1)


class TestSeal:
    @given(st.text(max_size=64))
    def test_is_opened_again(self, value: str) -> None:
        sealed = RING.seal("nik", value)
        assert RING.open("nik", sealed.cipher) == value
        assert RING.indexes("nik", value) == [sealed.blind]
        assert len(sealed.blind) == 16

    def test_hides_that_two_values_are_the_same_but_for_the_index(self) -> None:
        first, second = RING.seal("nik", "3502154107900001"), RING.seal("nik", "3502154107900001")
        assert first.cipher != second.cipher
        assert first.blind == second.blind

    def test_of_another_kind_has_another_index_and_does_not_open(self) -> None:
        sealed = RING.seal("nik", "3502154107900001")
        assert RING.indexes("kk", "3502154107900001") != [sealed.blind]
        with pytest.raises(CannotOpen):
            RING.open("kk", sealed.cipher)

    @given(st.integers(0, 44), st.integers(1, 255))
    def test_that_was_changed_in_any_byte_does_not_open(self, place: int, by: int) -> None:
        cipher = bytearray(RING.seal("nik", "3502154107900001").cipher)
        assert len(cipher) == 45
        cipher[place] ^= by
        with pytest.raises(CannotOpen):
            RING.open("nik", bytes(cipher))

    @given(st.binary(max_size=80))
    def test_bytes_that_are_none_are_refused(self, junk: bytes) -> None:
        with pytest.raises(CannotOpen):
            RING.open("nik", junk)

    def test_needs_the_key_it_was_sealed_with(self) -> None:
        sealed = Keyring([TWO], current=2).seal("nik", "1")
        with pytest.raises(CannotOpen, match="2"):
            RING.open("nik", sealed.cipher)


class TestSealAll:
    VALUES = [f"{n:016d}" for n in range(500)]

    @pytest.mark.parametrize("repeatably", [True, False])
    def test_gives_what_seal_gives(self, repeatably: bool) -> None:
        sealed = RING.seal_all("nik", self.VALUES, repeatably=repeatably)
        assert RING.open_all("nik", [one.cipher for one in sealed]) == self.VALUES
        assert [one.blind for one in sealed] == [
            RING.seal("nik", value).blind for value in self.VALUES
        ]

    def test_uses_no_nonce_twice(self) -> None:
        for repeatably in (True, False):
            sealed = RING.seal_all("nik", self.VALUES, repeatably=repeatably)
            sealed += RING.seal_all("passport", self.VALUES, repeatably=repeatably)
            assert len({one.cipher[1:13] for one in sealed}) == len(sealed)

    def test_repeats_only_when_asked(self) -> None:
        assert RING.seal_all("nik", ["1"], repeatably=True) == RING.seal_all(
            "nik", ["1"], repeatably=True
        )
        assert RING.seal_all("nik", ["1"]) != RING.seal_all("nik", ["1"])

    def test_never_shows_the_nonces_source_in_the_index(self) -> None:
        (sealed,) = RING.seal_all("nik", ["1"], repeatably=True)
        assert sealed.cipher[1:13] not in sealed.blind


class TestRotation:
    def test_finds_old_and_new_rows_and_renews_the_old(self, tmp_path: Path) -> None:
        path = tmp_path / "identifiers.json"
        before = Keyring.create(path)
        old = before.seal("nik", "3502154107900001")
        after = Keyring.add_key(path)
        assert (before.current_id, after.current_id) == (1, 2)
        assert after.indexes("nik", "3502154107900001")[1] == old.blind
        assert not after.is_current(old.cipher)
        new = after.renewed("nik", old.cipher)
        assert after.is_current(new.cipher)
        assert after.indexes("nik", "3502154107900001")[0] == new.blind != old.blind
        assert after.open("nik", new.cipher) == "3502154107900001"


class TestKeyFile:
    def test_is_readable_by_its_owner_only_and_never_overwritten(self, tmp_path: Path) -> None:
        path = tmp_path / "identifiers.json"
        Keyring.create(path)
        assert path.stat().st_mode & 0o777 == 0o600
        content = path.read_bytes()
        with pytest.raises(FileExistsError):
            Keyring.create(path)
        assert path.read_bytes() == content

    def test_open_to_everybody_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "identifiers.json"
        Keyring.create(path)
        path.chmod(0o644)
        with pytest.raises(KeysUnusable, match="chmod"):
            Keyring.load(path)

    def test_missing_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(KeysUnusable, match="Cannot read"):
            Keyring.load(tmp_path / "none.json")

    @pytest.mark.parametrize(
        "content", ["", "{}", "[]", '{"current": 1, "keys": [{"id": 1}]}', '{"keys": 3}']
    )
    def test_of_another_form_is_said(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "identifiers.json"
        path.write_text(content)
        path.chmod(0o600)
        with pytest.raises(KeysUnusable, match="not a key file"):
            Keyring.load(path)

    def test_with_short_or_equal_keys_is_refused(self) -> None:
        with pytest.raises(KeysUnusable):
            Keyring([(1, b"a" * 16, b"b" * 32)], current=1)
        with pytest.raises(KeysUnusable):
            Keyring([(1, b"a" * 32, b"a" * 32)], current=1)
        with pytest.raises(KeysUnusable):
            Keyring([ONE, ONE], current=1)
        with pytest.raises(KeysUnusable):
            Keyring([ONE], current=2)

    def test_is_shown_without_its_keys(self, tmp_path: Path) -> None:
        path = tmp_path / "identifiers.json"
        ring = Keyring.create(path)
        for key in json.loads(path.read_text())["keys"]:
            assert key["cipher"] not in repr(ring)
        assert os.fspath(path) not in repr(ring)
