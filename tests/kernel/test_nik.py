"""The NIK: read, made, and never a reason to refuse a person."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel import nik
from lindung.kernel.nik import Nik, NotANik, Oddity

TODAY = date(2026, 3, 1)
DIGITS = st.text("0123456789", min_size=16, max_size=16)


class TestParse:
    @pytest.mark.parametrize(
        "text",
        ["3502154107900001", "35.02.15.410790.0001", "350215 410790 0001", "3502-15410790-0001\n"],
    )
    def test_reads_a_woman_born_1990_in_ponorogo(self, text: str) -> None:
        found = nik.parse(text)
        assert (found.province, found.regency, found.district) == ("35", "3502", "350215")
        assert (found.sex, found.day, found.month, found.two_digit_year) == ("F", 1, 7, 90)
        assert found.serial == "0001"
        assert found.birth_dates(on=TODAY) == (date(1990, 7, 1),)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "350215410790000",
            "35021541079000011",
            "35021541079000O1",
            "٣٥٠٢١٥٤١٠٧٩٠٠٠٠١",
            "²" * 16,
        ],
    )
    def test_refuses_only_what_is_not_sixteen_digits(self, text: str) -> None:
        with pytest.raises(NotANik) as refusal:
            nik.parse(text)
        assert not text or text not in str(refusal.value)

    @given(st.text())
    def test_never_fails_otherwise(self, text: str) -> None:
        try:
            found = nik.parse(text)
        except NotANik:
            return
        assert len(found.value) == 16
        nik.oddities(found, on=TODAY)

    @given(DIGITS)
    def test_accepts_any_sixteen_digits(self, text: str) -> None:
        found = nik.parse(text)
        assert found.sex in ("F", "M")
        assert all(born <= TODAY for born in found.birth_dates(on=TODAY))
        assert text not in repr(found)


class TestMake:
    @given(
        st.integers(110101, 969999).map(str),
        st.dates(date(1927, 3, 2), TODAY),
        st.sampled_from(["F", "M"]),
        st.integers(1, 9999),
    )
    def test_makes_what_parse_reads(
        self, district: str, born: date, sex: nik.Sex, serial: int
    ) -> None:
        made = nik.make(district=district, born=born, sex=sex, serial=serial)
        read = nik.parse(made.value)
        assert read == made
        assert (read.district, read.sex, int(read.serial)) == (district, sex, serial)
        assert born in read.birth_dates(on=TODAY)
        assert nik.oddities(read, on=TODAY, born=born, sex=sex, regency=district[:4]) == ()

    @pytest.mark.parametrize(
        ("district", "serial"), [("3502", 1), ("35021a", 1), ("350215", 0), ("350215", 10000)]
    )
    def test_refuses_a_district_or_serial_that_does_not_fit(
        self, district: str, serial: int
    ) -> None:
        with pytest.raises(NotANik):
            nik.make(district=district, born=TODAY, sex="M", serial=serial)


class TestBirthDates:
    def test_leaves_both_centuries_open_to_the_very_old_and_the_very_young(self) -> None:
        assert Nik("3502150107200001").birth_dates(on=TODAY) == (date(2020, 7, 1), date(1920, 7, 1))

    def test_takes_a_day_later_this_year_for_last_century(self) -> None:
        assert Nik("3502150203260001").birth_dates(on=TODAY) == (date(1926, 3, 2),)

    def test_takes_a_leap_day_only_where_it_was_one(self) -> None:
        assert Nik("3502152902000001").birth_dates(on=TODAY) == (date(2000, 2, 29),)


class TestOddities:
    def test_names_each_disagreement_and_refuses_none(self) -> None:
        assert nik.oddities(
            Nik("9101154107900000"),
            on=TODAY,
            born=date(1991, 7, 1),
            sex="M",
            regency="3502",
            regencies={"3502", "9301"},
            retired={"9101"},
        ) == (
            Oddity.BIRTH_DATE_DIFFERS,
            Oddity.SEX_DIFFERS,
            Oddity.REGION_DIFFERS,
            Oddity.REGION_RETIRED,
            Oddity.SERIAL_ZERO,
        )

    def test_tells_a_region_nobody_knows_from_a_retired_one(self) -> None:
        found = nik.oddities(
            Nik("0001154107900001"), on=TODAY, regencies={"3502"}, retired={"9101"}
        )
        assert found == (Oddity.REGION_UNKNOWN,)

    @pytest.mark.parametrize("day", ["3102", "7202", "0013", "9901", "0000"])
    def test_says_when_no_calendar_has_the_day(self, day: str) -> None:
        assert nik.oddities(Nik(f"350215{day}900001"), on=TODAY) == (Oddity.NO_SUCH_DAY,)

    def test_compares_nothing_that_is_not_known(self) -> None:
        assert nik.oddities(Nik("3502154107900001"), on=TODAY, sex="X") == ()


def test_mask_shows_region_and_last_two_digits_only() -> None:
    assert Nik("3502154107900001").masked() == "3502**********01"
