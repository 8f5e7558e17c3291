"""What a short message asks for; whatever is written, there is an answer."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.outreach import item_key, keywords
from lindung.registry.models import Condition

EVERY = [
    (asks, language, text)
    for asks, languages in keywords._file()["words"].items()
    for language, texts in languages.items()
    for text in texts
]


class TestRead:
    @pytest.mark.parametrize(
        ("text", "asks"),
        [
            ("BAIK", "check_in:good"),
            ("  baik. ", "check_in:good"),
            ("Kabar baik pak, terima kasih", "check_in:good"),
            ("ＢＡＩＫ", "check_in:good"),
            ("Saya tidak baik", "check_in:fair"),
            ("kurang", "check_in:fair"),
            ("i am fine thanks", "check_in:good"),
            ("S.O.S", "sos"),
            ("s o s", "sos"),
            ("tolooooong!!!", "sos"),
            ("Tolong saya dikunci di kamar", "sos"),
            ("HELP me please", "sos"),
            ("tulung", "sos"),
            ("Henti", "stop"),
            ("STOP.", "stop"),
            ("mulai", "start"),
            ("tolong kirim info kontrak", "words"),
            ("baik tapi gaji belum dibayar", "words"),
            ("jangan berhenti kirim", "words"),
            ("3 bulan belum dibayar", "words"),
            ("", "words"),
            ("!!!", "words"),
        ],
    )
    def test_understands_what_people_type(self, text: str, asks: str) -> None:
        assert keywords.read(text).asks == asks

    @pytest.mark.parametrize(("asks", "language", "text"), EVERY)
    def test_knows_every_word_of_the_file(self, asks: str, language: str, text: str) -> None:
        assert keywords.read(text.upper()).asks == asks

    def test_asks_for_conditions_that_exist(self) -> None:
        conditions = {
            asks.removeprefix(keywords.CHECK_IN)
            for asks, _language, _text in EVERY
            if asks.startswith(keywords.CHECK_IN)
        }
        assert conditions <= set(map(str, Condition))

    @given(st.text(max_size=600))
    def test_has_an_answer_for_anything(self, text: str) -> None:
        asked = keywords.read(text)
        assert asked.asks in {"sos", "stop", "start", "words"} or asked.asks.startswith("check_in:")

    @given(
        st.sampled_from(EVERY),
        st.text(alphabet=" .,!?-\n\t*_", max_size=6),
        st.text(alphabet=" .,!?-\n\t*_", max_size=6),
        st.booleans(),
    )
    def test_does_not_mind_case_spaces_and_stops(
        self, word: tuple[str, str, str], before: str, after: str, upper: bool
    ) -> None:
        asks, _language, text = word
        typed = before + (text.upper() if upper else text) + after
        assert keywords.read(typed).asks == asks

    @given(st.uuids(), st.integers(0, 99), st.integers(1, 9_999_999))
    def test_reads_number_and_key_of_the_phones_link(
        self, key: UUID, year: int, serial: int
    ) -> None:
        number = f"PMI-{year:02}-{serial:06}"
        asked = keywords.read(f"SOS {number} {item_key.write(key)}")
        assert (asked.asks, asked.public_number, asked.key) == ("sos", number, key)

    def test_reads_a_number_however_it_is_typed(self) -> None:
        for text in ("pmi 26 123456", "PMI2026-000123", "Pmi.26.000123"):
            assert keywords.read(text).public_number.startswith("PMI-26-")

    def test_fits_the_phones_link_into_one_message(self) -> None:
        words = f"KURANG PMI-26-0000123 {item_key.write(UUID(int=(1 << 128) - 1))}"
        assert len(words) <= 160


class TestItemKey:
    @given(st.uuids())
    def test_comes_back_as_it_went(self, key: UUID) -> None:
        assert item_key.read(item_key.write(key)) == key
        assert item_key.read(item_key.write(key).lower()) == key

    @given(st.text(max_size=40))
    def test_refuses_what_is_none(self, text: str) -> None:
        found = item_key.read(text)
        assert found is None or item_key.write(found)

    def test_understands_letters_that_look_alike(self) -> None:
        key = UUID(int=1)
        assert item_key.read(item_key.write(key).replace("0", "O").replace("1", "l")) == key

    def test_is_not_longer_than_a_uuid(self) -> None:
        assert item_key.read("Z" * 26) is None


def test_the_file_has_each_word_once() -> None:
    seen: dict[tuple[str, ...], str] = {}
    for asks, _language, text in EVERY:
        words = tuple(keywords._tokens(text))
        assert seen.setdefault(words, asks) == asks
