"""The NIK, the sixteen-digit number of the Indonesian population register.

Form: six digits of region of first registration (province, regency, district), the birth date as
DDMMYY with 40 added to a woman's day, and a serial from 0001. It is lifelong: it does not change when
its holder moves, nor when a court corrects the birth date or sex, nor when a province is divided. It
has no check digit and no century. So only the shape can refuse a number; everything else that looks
odd is a warning for an officer, never a reason to turn somebody away.

Source: Permendagri 19/2010 and the explanations of Dukcapil Klaten and Tengah; practice as observed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

Sex = Literal["F", "M"]

_SHAPE = re.compile(r"[0-9]{16}")
_SPACING = re.compile(r"[\s.\-]+")
_WOMAN = 40


class NotANik(ValueError):
    """The text is not sixteen digits. Holds no part of the text, so that it can be logged."""


class Oddity(StrEnum):
    """What an officer should look at. None of them makes a number unusable."""

    NO_SUCH_DAY = "no-such-day"
    BIRTH_DATE_DIFFERS = "birth-date-differs"
    SEX_DIFFERS = "sex-differs"
    REGION_DIFFERS = "region-differs"
    REGION_RETIRED = "region-retired"
    REGION_UNKNOWN = "region-unknown"
    SERIAL_ZERO = "serial-zero"


@dataclass(frozen=True, slots=True)
class Nik:
    """A number of the right shape, and what it says about its holder."""

    value: str

    @property
    def province(self) -> str:
        """Two digits."""
        return self.value[:2]

    @property
    def regency(self) -> str:
        """Four digits: province and regency or city, as in the region tables."""
        return self.value[:4]

    @property
    def district(self) -> str:
        """Six digits."""
        return self.value[:6]

    @property
    def serial(self) -> str:
        """Four digits."""
        return self.value[12:]

    @property
    def sex(self) -> Sex:
        """F when 40 was added to the day, else M."""
        return "F" if int(self.value[6:8]) > _WOMAN else "M"

    @property
    def day(self) -> int:
        """Day of the month as written, 40 taken off; not checked against a calendar."""
        return int(self.value[6:8]) - (_WOMAN if self.sex == "F" else 0)

    @property
    def month(self) -> int:
        """Month as written, not checked against a calendar."""
        return int(self.value[8:10])

    @property
    def two_digit_year(self) -> int:
        """0 to 99; the century is not in the number."""
        return int(self.value[10:12])

    def birth_dates(self, *, on: date) -> tuple[date, ...]:
        """Days of birth this number allows for a person alive on `on`, the latest first.

        Empty when no century gives such a day (a 31 February, say). Two dates are usual for the very
        old and the very young: the caller knows more than the number does.
        """
        dates = []
        for century in (on.year // 100 * 100, on.year // 100 * 100 - 100):
            try:
                born = date(century + self.two_digit_year, self.month, self.day)
            except ValueError:
                continue
            if born <= on:
                dates.append(born)
        return tuple(dates)

    def masked(self) -> str:
        """Region and last two digits: `3502**********01`. Enough to tell two cards apart."""
        return f"{self.regency}{'*' * 10}{self.value[-2:]}"

    def __repr__(self) -> str:
        return f"Nik({self.masked()})"


def parse(text: str) -> Nik:
    """Read a NIK as people write it, with spaces, dots or dashes between the digits.

    Raises:
        NotANik: anything but sixteen digits 0-9.
    """
    digits = _SPACING.sub("", text)
    if not _SHAPE.fullmatch(digits):
        raise NotANik("A NIK has sixteen digits.")
    return Nik(digits)


def make(*, district: str, born: date, sex: Sex, serial: int) -> Nik:
    """Build the number of a person registered in `district` (six digits) with `serial` 1 to 9999.

    Raises:
        NotANik: a district that is not six digits, or a serial out of range.
    """
    if not re.fullmatch(r"[0-9]{6}", district) or not 1 <= serial <= 9999:
        raise NotANik("A NIK needs a district of six digits and a serial from 1 to 9999.")
    day = born.day + (_WOMAN if sex == "F" else 0)
    return Nik(f"{district}{day:02d}{born.month:02d}{born.year % 100:02d}{serial:04d}")


def oddities(
    nik: Nik,
    *,
    on: date,
    born: date | None = None,
    sex: str | None = None,
    regency: str | None = None,
    regencies: Collection[str] = (),
    retired: Collection[str] = (),
) -> tuple[Oddity, ...]:
    """What does not fit between a NIK and what else is known of its holder.

    Args:
        on: the day of looking, for the century.
        born, sex, regency: as known otherwise; None is not compared. `sex` other than F and M is not
            compared. `regency` is where the person lives, so differing is common and mild.
        regencies: codes in force, four digits; empty: regions are not judged.
        retired: codes that were in force once, four digits.
    """
    found = []
    possible = nik.birth_dates(on=on)
    if not possible:
        found.append(Oddity.NO_SUCH_DAY)
    if born is not None and born not in possible:
        found.append(Oddity.BIRTH_DATE_DIFFERS)
    if sex in ("F", "M") and sex != nik.sex:
        found.append(Oddity.SEX_DIFFERS)
    if regency is not None and regency != nik.regency:
        found.append(Oddity.REGION_DIFFERS)
    if regencies and nik.regency not in regencies:
        known_once = nik.regency in retired
        found.append(Oddity.REGION_RETIRED if known_once else Oddity.REGION_UNKNOWN)
    if nik.serial == "0000":
        found.append(Oddity.SERIAL_ZERO)
    return tuple(found)
