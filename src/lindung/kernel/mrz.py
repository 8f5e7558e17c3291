"""The machine-readable zone of a passport: two lines of 44 characters (ICAO Doc 9303 part 4, TD3).

Reading never refuses a passport for its check digits: a wrong one mostly means a misread character,
so the reading names which fields to look at again. Names in the zone are transliterated and may be cut
short (part 3 section 4.6): never take them for the legal name. Years have two digits; the caller's day
decides the century. A holder of one name has it as primary identifier and no secondary one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LINE_LENGTH = 44
NAME_LENGTH = 39
_WEIGHTS = (7, 3, 1)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)} | {"<": 0}
_LINE = re.compile(r"[A-Z0-9<]{44}")

# Part 3 section 6 A, recommended transliteration, where it is not simply "the letter without its mark".
_LETTERS = str.maketrans(
    {
        "Å": "AA", "Ä": "AE", "Æ": "AE", "Đ": "D", "Ð": "D", "Ħ": "H", "Ĳ": "IJ", "ı": "I",
        "Ł": "L", "Ŋ": "N", "Ö": "OE", "Ø": "OE", "Œ": "OE", "ß": "SS", "ẞ": "SS", "Þ": "TH",
        "Ŧ": "T", "Ü": "UE", "ĸ": "K", "Ŀ": "L", "ŉ": "N", "Ə": "E",
    }
)  # fmt: skip
_LEFT_OUT = re.compile(r"['’ʼ`´.]")
_SEPARATORS = re.compile(r"[^A-Z]+")


class NotAnMrz(ValueError):
    """Not two lines of 44 characters out of A-Z, 0-9 and ``<``. Holds no part of the text."""


class NoLatinLetters(ValueError):
    """A name without a letter that the zone can carry; it must first be transliterated by a person."""


class Check(StrEnum):
    """The five check digits of the lower line."""

    NUMBER = "number"
    BIRTH = "birth"
    EXPIRY = "expiry"
    OPTIONAL = "optional"
    COMPOSITE = "composite"


@dataclass(frozen=True, slots=True)
class Passport:
    """What a TD3 zone carries, fillers taken off.

    `state` and `nationality` are the codes of part 3 section 5 (three letters, or fewer such as D);
    `born` and `expires` are six characters YYMMDD as printed, where an unknown part is ``<``; `sex` is
    F, M or an empty string for unspecified; `secondary` is empty for holders of one name.
    """

    primary: str
    secondary: str
    number: str
    state: str
    nationality: str
    born: str
    sex: str
    expires: str
    optional: str = ""
    kind: str = "P"

    def born_on(self, *, on: date) -> date | None:
        """Day of birth of somebody who is at most 99 on `on`; None when a part is unknown."""
        return _day(self.born, latest=on)

    def expires_on(self, *, on: date) -> date | None:
        """Last day of validity, at most 50 years after `on`; None when it is not a day."""
        return _day(self.expires, latest=on + timedelta(days=365 * 50))


@dataclass(frozen=True, slots=True)
class Reading:
    """A zone as read: what it says, and the check digits that do not agree with it."""

    passport: Passport
    failed: tuple[Check, ...]
    name_may_be_cut: bool


def check_digit(text: str) -> str:
    """Weights 7, 3, 1 repeating, sum modulo 10; A is 10 to Z is 35, ``<`` is 0 (part 3, 4.9).

    Raises:
        NotAnMrz: a character outside A-Z, 0-9 and ``<``.
    """
    try:
        total = sum(_VALUES[c] * _WEIGHTS[place % 3] for place, c in enumerate(text))
    except KeyError:
        raise NotAnMrz("A check digit is made from A-Z, 0-9 and < only.") from None
    return str(total % 10)


def parse(text: str) -> Reading:
    """Read two lines of 44 characters; blanks, line ends and small letters are forgiven.

    Raises:
        NotAnMrz: other lengths or characters, or not the first letter of a passport.
    """
    packed = "".join(text.split()).upper()
    upper, lower = packed[:LINE_LENGTH], packed[LINE_LENGTH:]
    if not (_LINE.fullmatch(upper) and _LINE.fullmatch(lower)):
        raise NotAnMrz("A passport has two lines of 44 characters.")
    if upper[0] != "P":
        raise NotAnMrz("The zone of a passport starts with P.")
    primary, _, secondary = upper[5:].partition("<<")
    passport = Passport(
        kind=_text(upper[:2]),
        state=_text(upper[2:5]),
        primary=_text(primary),
        secondary=_text(secondary),
        number=_text(lower[:9]),
        nationality=_text(lower[10:13]),
        born=lower[13:19],
        sex=_text(lower[20]),
        expires=lower[21:27],
        optional=_text(lower[28:42]),
    )
    checks = (
        (Check.NUMBER, lower[:9], lower[9]),
        (Check.BIRTH, lower[13:19], lower[19]),
        (Check.EXPIRY, lower[21:27], lower[27]),
        (Check.OPTIONAL, lower[28:42], lower[42]),
        (Check.COMPOSITE, lower[:10] + lower[13:20] + lower[21:43], lower[43]),
    )
    failed = tuple(
        check
        for check, over, digit in checks
        if digit != check_digit(over)
        # An empty optional field may carry a filler instead of 0 (part 4, data element 11).
        and not (check is Check.OPTIONAL and digit == "<" and not over.strip("<"))
    )
    return Reading(passport, failed, name_may_be_cut=upper[-1] != "<")


def format_td3(passport: Passport) -> str:
    """The two lines of a passport, joined by a line feed.

    Raises:
        NotAnMrz: a field that is too long or holds other characters than it may.
        NoLatinLetters: neither part of the name can be written.
    """
    upper = (
        _field(passport.kind, 2)
        + _field(passport.state, 3)
        + name_field(passport.primary, passport.secondary)
    )
    number, optional = _field(passport.number, 9), _field(passport.optional, 14)
    born, expires = _field(passport.born, 6), _field(passport.expires, 6)
    number += check_digit(number)
    born += check_digit(born)
    expires += check_digit(expires)
    optional += check_digit(optional) if passport.optional else "<"
    lower = (
        number
        + _field(passport.nationality, 3)
        + born
        + _field(passport.sex, 1)
        + expires
        + optional
    )
    lines = f"{upper}\n{lower}{check_digit(number + born + expires + optional)}"
    if not passport.kind.startswith("P") or passport.sex not in ("F", "M", ""):
        raise NotAnMrz("A passport's kind starts with P and its sex is F, M or unspecified.")
    return lines


def transliterate(name: str) -> str:
    """A name in the letters A-Z with single blanks, as part 3 section 6 recommends.

    Apostrophes and full stops are left out, hyphens and other signs become blanks, digits and letters
    of other scripts cannot be carried and are left out: an empty result means nothing could be.
    """
    upper = unicodedata.normalize("NFC", name).translate(_LETTERS).upper().translate(_LETTERS)
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", upper) if not unicodedata.combining(c)
    ).upper()
    return _SEPARATORS.sub(" ", _LEFT_OUT.sub("", bare)).strip()


def split_name(full_name: str) -> tuple[str, str]:
    """Primary and secondary identifier of a name that has no surname.

    One word is the primary identifier alone. Of several, the last is the primary, as Indonesian
    passports print it; the legal name stays the whole.
    """
    *given, last = full_name.split() or [""]
    return last, " ".join(given)


def name_field(primary: str, secondary: str = "") -> str:
    """The 39 characters of the name, cut as part 4 section 4.2.3 says when it is longer.

    A cut name fills the field and ends in a letter, which tells a reader that it may be cut; the
    primary identifier yields only as much as leaves room for the secondary's first letter.

    Raises:
        NoLatinLetters: nothing of the name can be written.
    """
    first = transliterate(primary).replace(" ", "<")
    second = transliterate(secondary).replace(" ", "<")
    if not first:
        first, second = second, ""
    if not first:
        raise NoLatinLetters("The name has no letter that a passport's zone can carry.")
    whole = f"{first}<<{second}" if second else first
    if len(whole) <= NAME_LENGTH:
        return whole.ljust(NAME_LENGTH, "<")
    if not second:
        return _cut(first, NAME_LENGTH).ljust(NAME_LENGTH, "<")
    room = NAME_LENGTH - len(first) - 2
    if room < 1:
        first, room = _cut(first, NAME_LENGTH - 3), 1
    return f"{first}<<{_cut(second, room)}".ljust(NAME_LENGTH, "<")


def _cut(words: str, length: int) -> str:
    """Words joined by single fillers, cut to a length so that the last character is a letter."""
    if len(words) <= length or words[length - 1] != "<":
        return words[:length]
    # The cut falls on a filler: shorten the nearest earlier word that can spare a letter.
    kept, rest = words[: length - 1].split("<"), words[length:]
    for place in range(len(kept) - 1, -1, -1):
        if len(kept[place]) > 1:
            kept[place] = kept[place][:-1]
            return f"{'<'.join(kept)}<{rest[:1]}"
    return words[: length - 1]


def _field(text: str, length: int) -> str:
    """A field of fixed length, filled up; blanks inside become fillers."""
    field = text.replace(" ", "<").ljust(length, "<")
    if len(field) != length or not set(field) <= _VALUES.keys():
        raise NotAnMrz(f"A field of {length} characters out of A-Z, 0-9 and < is needed.")
    return field


def _text(field: str) -> str:
    return " ".join(field.replace("<", " ").split())


def _day(digits: str, *, latest: date) -> date | None:
    """The last day written YYMMDD that is not after `latest`; None when it is not a day."""
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    century = latest.year // 100 * 100
    for full_year in (century + year, century + year - 100):
        try:
            found = date(full_year, month, day)
        except ValueError:
            continue
        if found <= latest:
            return found
    return None
