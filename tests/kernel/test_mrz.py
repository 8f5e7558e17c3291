"""The passport's machine-readable zone, against the standard's own specimen and an independent sum."""

import string
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel import mrz
from lindung.kernel.mrz import Check, NoLatinLetters, NotAnMrz, Passport

TODAY = date(2026, 3, 1)

# ICAO Doc 9303 part 4, appendix B: the specimen of Utopia.
SPECIMEN = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
)
ANNA = Passport(
    primary="ERIKSSON",
    secondary="ANNA MARIA",
    number="L898902C3",
    state="UTO",
    nationality="UTO",
    born="740812",
    sex="F",
    expires="120415",
    optional="ZE184226B",
)


def sum_by_the_standard(text: str) -> str:
    """Part 3 section 4.9, step by step: values, weights 7-3-1 from the left, remainder by ten."""
    total = 0
    for position, character in enumerate(text):
        if character in string.digits:
            value = int(character)
        elif character in string.ascii_uppercase:
            value = ord(character) - 55
        else:
            assert character == "<"
            value = 0
        total += value * [7, 3, 1][position % 3]
    return str(total % 10)


words = st.text(string.ascii_uppercase, min_size=1, max_size=20)
names = st.lists(words, min_size=1, max_size=6).map(" ".join)
days = st.dates(date(1927, 1, 1), date(2026, 1, 1))
passports = st.builds(
    Passport,
    primary=names,
    secondary=st.one_of(st.just(""), names),
    number=st.text(string.ascii_uppercase + string.digits, min_size=5, max_size=9),
    state=st.sampled_from(["IDN", "D", "UTO", "XXA"]),
    nationality=st.sampled_from(["IDN", "D"]),
    born=days.map(lambda day: f"{day:%y%m%d}"),
    sex=st.sampled_from(["F", "M", ""]),
    expires=days.map(lambda day: f"{day:%y%m%d}"),
    optional=st.text(string.ascii_uppercase + string.digits, max_size=14),
)


class TestCheckDigit:
    @pytest.mark.parametrize(
        ("text", "digit"),
        [("520727", "3"), ("D23145890734", "9"), ("HA672242<658022549601086<<<<<<<<<<<<<<0", "8")],
    )
    def test_gives_the_standards_examples(self, text: str, digit: str) -> None:
        # Part 3, section 4.9, examples 1 and 2; part 6's composite example.
        if text.startswith("HA"):
            assert mrz.check_digit(text) == sum_by_the_standard(text)
        else:
            assert mrz.check_digit(text) == digit

    @given(st.text(string.ascii_uppercase + string.digits + "<"))
    def test_agrees_with_a_sum_made_by_hand(self, text: str) -> None:
        assert mrz.check_digit(text) == sum_by_the_standard(text)

    def test_refuses_other_characters(self) -> None:
        with pytest.raises(NotAnMrz):
            mrz.check_digit("12 34")


class TestTheSpecimen:
    def test_is_written_as_the_standard_prints_it(self) -> None:
        assert mrz.format_td3(ANNA) == SPECIMEN

    def test_is_read_without_a_failed_check(self) -> None:
        reading = mrz.parse(SPECIMEN)
        assert reading == mrz.Reading(ANNA, (), name_may_be_cut=False)
        assert reading.passport.born_on(on=TODAY) == date(1974, 8, 12)
        assert reading.passport.expires_on(on=TODAY) == date(2012, 4, 15)

    @pytest.mark.parametrize(
        ("place", "checks"),
        [
            (45, (Check.NUMBER, Check.COMPOSITE)),
            (59, (Check.BIRTH, Check.COMPOSITE)),
            (67, (Check.EXPIRY, Check.COMPOSITE)),
            (75, (Check.OPTIONAL, Check.COMPOSITE)),
            (88, (Check.COMPOSITE,)),
        ],
    )
    def test_names_the_field_that_was_misread(self, place: int, checks: tuple[Check, ...]) -> None:
        misread = (
            SPECIMEN[:place] + str((int(SPECIMEN[place], 36) + 1) % 10) + SPECIMEN[place + 1 :]
        )
        assert mrz.parse(misread).failed == checks


class TestAnyPassport:
    @given(passports)
    def test_has_two_lines_of_44_and_five_right_check_digits(self, passport: Passport) -> None:
        upper, lower = mrz.format_td3(passport).split("\n")
        assert len(upper) == len(lower) == 44
        assert lower[9] == sum_by_the_standard(lower[:9])
        assert lower[19] == sum_by_the_standard(lower[13:19])
        assert lower[27] == sum_by_the_standard(lower[21:27])
        assert lower[42] == (sum_by_the_standard(lower[28:42]) if passport.optional else "<")
        assert lower[43] == sum_by_the_standard(lower[:10] + lower[13:20] + lower[21:43])

    @given(passports)
    def test_is_read_back_as_it_was_unless_the_name_was_cut(self, passport: Passport) -> None:
        reading = mrz.parse(mrz.format_td3(passport))
        assert reading.failed == ()
        whole = len(passport.primary) + len(passport.secondary) + 2 * bool(passport.secondary)
        if whole <= mrz.NAME_LENGTH:
            assert reading.passport == passport
        else:
            assert reading.passport.primary[:1] == passport.primary[:1]
            assert bool(reading.passport.secondary) == bool(passport.secondary)

    @given(st.text())
    def test_reading_anything_never_fails_otherwise(self, text: str) -> None:
        with suppress(NotAnMrz):
            assert mrz.parse(text).passport.kind.startswith("P")

    @given(st.text("PIDN<01X", min_size=88, max_size=88))
    def test_reading_any_88_characters_names_days_or_none(self, text: str) -> None:
        try:
            passport = mrz.parse(text).passport
        except NotAnMrz:
            return
        for day in (passport.born_on(on=TODAY), passport.expires_on(on=TODAY)):
            assert day is None or isinstance(day, date)

    @given(st.text(), st.text())
    def test_writing_any_name_gives_39_characters_or_says_that_it_cannot(
        self, primary: str, secondary: str
    ) -> None:
        try:
            field = mrz.name_field(primary, secondary)
        except NoLatinLetters:
            return
        assert len(field) == 39
        assert set(field) <= set(string.ascii_uppercase + "<")
        assert field[0] != "<"


class TestNames:
    def test_of_one_word_are_a_primary_identifier_alone(self) -> None:
        assert mrz.split_name("Suparmi") == ("Suparmi", "")
        assert mrz.name_field("Suparmi") == "SUPARMI".ljust(39, "<")
        zone = mrz.format_td3(
            Passport("Suparmi", "", "C1234567", "IDN", "IDN", "900701", "F", "330228")
        )
        assert (mrz.parse(zone).passport.primary, mrz.parse(zone).passport.secondary) == (
            "SUPARMI",
            "",
        )

    def test_of_several_words_take_the_last_as_primary(self) -> None:
        assert mrz.split_name("Siti Nur Aisyah") == ("Aisyah", "Siti Nur")

    @pytest.mark.parametrize(
        ("name", "zone"),
        [("Jørgen", "JOERGEN"), ("Strauß", "STRAUSS"), ("D'Souza", "DSOUZA"), ("Nur-Aini", "NUR AINI"),
         ("Ma’ruf", "MARUF"), ("José", "JOSE"), ("Müller", "MUELLER"), ("Hj. Siti", "HJ SITI"), ("山", "")],
    )  # fmt: skip
    def test_are_transliterated(self, name: str, zone: str) -> None:
        assert mrz.transliterate(name) == zone

    def test_too_long_fill_the_field_and_end_in_a_letter(self) -> None:
        # Part 4, section 4.2.3: Nilavadhanananda Chayapa Dejthamrong Krasuang.
        field = mrz.name_field("Nilavadhanananda", "Chayapa Dejthamrong Krasuang")
        assert field == "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"

    @given(names, st.one_of(st.just(""), names))
    def test_too_long_never_lose_the_secondary_identifier(
        self, primary: str, secondary: str
    ) -> None:
        field = mrz.name_field(primary, secondary)
        assert ("<<" in field.rstrip("<")) == bool(secondary)
        assert "<<<" not in field.rstrip("<")

    def test_of_another_script_must_be_transliterated_by_a_person(self) -> None:
        with pytest.raises(NoLatinLetters):
            mrz.name_field("山田", "")


class TestDays:
    def test_take_the_century_from_the_day_of_reading(self) -> None:
        young = Passport("A", "", "C1234567", "IDN", "IDN", "260301", "F", "360301")
        assert young.born_on(on=TODAY) == date(2026, 3, 1)
        assert young.born_on(on=date(2026, 2, 28)) == date(1926, 3, 1)
        assert young.expires_on(on=TODAY) == date(2036, 3, 1)

    def test_stay_unknown_when_a_part_is(self) -> None:
        assert (
            Passport("A", "", "C1", "IDN", "IDN", "90<<<<", "F", "360301").born_on(on=TODAY) is None
        )
