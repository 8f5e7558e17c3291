"""Search words of names: many spellings, one word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel.names import likeness, queried, tokens


class TestTokens:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Soekarno", "Sukarno"),
            ("Djoko Soesilo", "Joko Susilo"),
            ("Tjipto", "Cipto"),
            ("Sjahrir", "Syahrir"),
            ("Latiph", "Latif"),
            ("Annisa Rachmawati", "Anisa Rahmawati"),
            ("Moch. Choirul", "Mohammad Khoirul"),
            ("Siti Fathimah", "Siti Fatima"),
            ("Zaenal Abidin", "Zainal Abidin"),
            ("Suryani", "Soerjani"),
            ("Ma'ruf", "Maruf"),
            ("Novi", "Nofi"),
            ("NYOMAN Sudiarta", "Njoman Soediarta"),
            ("Shinta", "Sjinta"),
        ],
    )
    def test_of_two_spellings_are_the_same(self, one: str, other: str) -> None:
        assert tokens(one) == tokens(other) != ()

    @pytest.mark.parametrize(
        ("one", "other"),
        [("Sukarno", "Sukarni"), ("Dewi", "Devina"), ("Siti", "Sari"), ("Jumiati", "Sumiati")],
    )
    def test_of_two_names_stay_two(self, one: str, other: str) -> None:
        assert tokens(one) != tokens(other)

    def test_leave_titles_and_kinship_words_out(self) -> None:
        assert tokens("Hj. Siti binti Ahmad") == tokens("Siti Ahmad")

    def test_keep_a_title_that_is_all_there_is(self) -> None:
        assert tokens("Haji") != ()

    def test_come_once_each_in_the_names_order(self) -> None:
        assert tokens("Sari Dewi Sari") == ("sari", "dewi")

    @given(st.text())
    def test_are_small_latin_words_whatever_the_text(self, text: str) -> None:
        for found in (tokens(text), queried(text)):
            assert len(set(found)) == len(found)
            assert all(
                word and word.isascii() and word.isalnum() and word == word.lower()
                for word in found
            )

    @given(st.text("abcdefghijklmnopqrstuvwxyz ", max_size=40))
    def test_do_not_depend_on_capitals_or_blanks(self, text: str) -> None:
        assert tokens(text.upper()) == tokens(f"  {text.replace(' ', '   ')} ")


class TestQueried:
    @pytest.mark.parametrize(
        ("typed", "name"), [("soeh", "Suharto"), ("fat", "Fatimah"), ("moh", "Muhammad")]
    )
    def test_gives_the_start_of_a_stored_word(self, typed: str, name: str) -> None:
        assert tokens(name)[0].startswith(queried(typed)[-1])


NAMES = st.lists(
    st.sampled_from(
        [
            "Siti",
            "Sitti",
            "Rahayu",
            "Rahajoe",
            "Moch.",
            "Muhammad",
            "M.",
            "Hj.",
            "Soekarno",
            "R",
            "王",
        ]
    ),
    max_size=4,
).map(" ".join)


class TestLikeness:
    @given(NAMES, NAMES)
    def test_is_between_nothing_and_one_and_the_same_both_ways(self, one: str, other: str) -> None:
        assert 0 <= likeness(one, other) <= 1
        assert likeness(one, other) == likeness(other, one)

    @given(NAMES)
    def test_is_whole_for_oneself_and_for_the_same_words_in_another_order(self, name: str) -> None:
        turned = " ".join(reversed(name.split()))
        assert likeness(name, turned) == (1.0 if tokens(name) else 0.0)

    @pytest.mark.parametrize(
        ("one", "other", "least"),
        [
            ("Hj. Siti Fathimah", "Siti Fatima", 1.0),
            ("Moch. Choirul Anam", "Muhammad Khoirul Anam", 1.0),
            ("Nurhayati", "Nur Hayati", 1.0),
            ("S. Rahayu", "Siti Rahayu", 0.9),
            ("Rahayu", "Siti Rahayu", 0.88),
            ("Siti Rahayo", "Siti Rahayu", 0.9),
        ],
    )
    def test_is_high_for_one_name_written_twice(self, one: str, other: str, least: float) -> None:
        assert likeness(one, other) >= least - 1e-9

    @pytest.mark.parametrize(
        ("one", "other"), [("Jumiati", "Sumarni"), ("Budi", "Siti"), ("Ani", "Ana"), ("", "Siti")]
    )
    def test_is_low_for_two_names(self, one: str, other: str) -> None:
        assert likeness(one, other) < 0.75
