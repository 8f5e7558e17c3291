"""Identity numbers: one form to keep, a mask to show, and refusals without the number in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel.identifiers import Kind, NotThatNumber, canonical, is_usual_passport, masked


class TestCanonical:
    @pytest.mark.parametrize(
        ("kind", "text", "kept"),
        [
            (Kind.NIK, "35.02.15.410790.0001", "3502154107900001"),
            (Kind.PASSPORT, " c 1234567 ", "C1234567"),
            (Kind.PASSPORT, "Ｃ１２３４５６７", "C1234567"),
            (Kind.PHONE, "+62 812-0000-0000", "+6281200000000"),
            (Kind.PHONE, "0062 812 0000 0000", "+6281200000000"),
            (Kind.RESIDENCE, "900701-5000000", "9007015000000"),
        ],
    )
    def test_is_one_form_of_many_writings(self, kind: Kind, text: str, kept: str) -> None:
        assert canonical(kind, text) == kept

    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            (Kind.NIK, "350215410790000"),
            (Kind.PASSPORT, "C12"),
            (Kind.PASSPORT, "C123456789"),
            (Kind.PHONE, "0812000"),
        ],
    )
    def test_refuses_what_cannot_be_one_without_repeating_it(self, kind: Kind, text: str) -> None:
        with pytest.raises(NotThatNumber) as refusal:
            canonical(kind, text)
        assert text not in str(refusal.value)

    @given(st.sampled_from(list(Kind)), st.text())
    def test_is_stable_and_never_fails_otherwise(self, kind: Kind, text: str) -> None:
        try:
            kept = canonical(kind, text)
        except NotThatNumber:
            return
        assert canonical(kind, kept) == kept


class TestMasked:
    @pytest.mark.parametrize(
        ("kind", "value", "shown"),
        [
            (Kind.NIK, "3502154107900001", "3502**********01"),
            (Kind.PASSPORT, "C1234567", "C*****67"),
            (Kind.PHONE, "+6281200000012", "+62*********12"),
            (Kind.NIT, "ABC", "***"),
            (Kind.EMAIL, "siti@contoh.id", "s***@contoh.id"),
        ],
    )
    def test_shows_little(self, kind: Kind, value: str, shown: str) -> None:
        assert masked(kind, value) == shown

    @given(
        st.sampled_from([kind for kind in Kind if kind not in {Kind.NIK, Kind.EMAIL}]),
        st.text("AB12", min_size=1, max_size=32),
    )
    def test_never_shows_more_than_five_characters(self, kind: Kind, value: str) -> None:
        shown = masked(kind, value)
        assert len(shown) == len(value)
        assert sum(character != "*" for character in shown) <= 5


def test_usual_passports_are_a_letter_or_two_and_digits() -> None:
    assert is_usual_passport("C1234567")
    assert is_usual_passport("XE123456")
    assert not is_usual_passport("12345678")
