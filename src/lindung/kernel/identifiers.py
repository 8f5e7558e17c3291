"""Kinds of identity numbers: how each is written, kept and shown.

`canonical` gives the one form that is sealed and indexed, so that the same number typed in two ways is
found. Shapes refuse only what cannot be the number at all; a number from another country's document is
kept as it stands. Sources: `lindung.kernel.nik`, `lindung.kernel.mrz`, Kemenlu and Imigrasi practice.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from lindung.kernel import nik


class Kind(StrEnum):
    """What a number is. The country that gave it is kept beside it."""

    NIK = "nik"
    NIT = "nit"
    FAMILY_CARD = "kk"
    PASSPORT = "passport"
    TRAVEL_LETTER = "splp"
    WORKER_CARD = "ekpmi"
    SOCIAL_SECURITY = "kpj"
    HEALTH_INSURANCE = "jkn"
    RESIDENCE = "residence"  # the destination's own number: alien registration, ARC, HKID, iqama
    WORK_PERMIT = "work-permit"
    PHONE = "phone"
    EMAIL = "email"


class NotThatNumber(ValueError):
    """The text cannot be a number of this kind. Holds no part of the text."""


_SHAPES = {
    Kind.NIK: re.compile(r"[0-9]{16}"),
    Kind.FAMILY_CARD: re.compile(r"[0-9]{16}"),
    # ICAO 9303 part 3: at most nine characters in the zone; Indonesian ones are X1234567 or XX123456.
    Kind.PASSPORT: re.compile(r"[A-Z0-9]{5,9}"),
    Kind.HEALTH_INSURANCE: re.compile(r"[0-9]{13}"),
    # ITU-T E.164: a plus and at most fifteen digits; seven is the shortest in use with a country code.
    Kind.PHONE: re.compile(r"\+[0-9]{7,15}"),
    # RFC 5321 section 4.5.3.1: at most 64 characters before the sign, 254 in all; quoted forms are not
    # taken, nobody's mail programme makes them.
    Kind.EMAIL: re.compile(
        r"(?=.{3,254}\Z)[^\s@\"<>(),:;\\\[\]]{1,64}@[^\s@.,;]+(?:\.[^\s@.,;]+)+"
    ),
}
_ANY = re.compile(r"[A-Z0-9]{3,32}")
_SEPARATORS = re.compile(r"[\s.\-/()]+")
_INDONESIAN_PASSPORT = re.compile(r"[A-Z]{1,2}[0-9]{6,7}")


def canonical(kind: Kind, text: str) -> str:
    """The form that is sealed and indexed: capitals and digits without separators.

    A telephone number is given with its country code, with a plus or 00 before it; an e-mail address
    is small letters, since no service in use tells two mailboxes apart by their capitals.

    Raises:
        NotThatNumber: too short, too long or with other characters than the kind has.
    """
    if kind is Kind.EMAIL:
        packed = unicodedata.normalize("NFKC", text).strip().lower()
        if not _SHAPES[kind].fullmatch(packed):
            raise NotThatNumber("This cannot be an e-mail address.")
        return packed
    packed = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    if kind is Kind.PHONE:
        packed = re.sub(r"^00", "+", packed)
    if not _SHAPES.get(kind, _ANY).fullmatch(packed):
        raise NotThatNumber(f"This cannot be a number of the kind {kind.value}.")
    return packed


def masked(kind: Kind, value: str) -> str:
    """What may be shown of a canonical number without a reason: never more than half of it.

    A NIK shows its regency and last two digits, a telephone number three characters and the last two,
    an e-mail address its first character and its host, any other number its first character and last two.
    """
    if kind is Kind.NIK:
        return nik.parse(value).masked()
    if kind is Kind.EMAIL:
        name, _at, host = value.partition("@")
        return f"{name[:1]}{'*' * max(len(name) - 1, 2)}@{host}"
    if len(value) < 6:
        return "*" * len(value)
    start = 3 if kind is Kind.PHONE else 1
    return f"{value[:start]}{'*' * (len(value) - start - 2)}{value[-2:]}"


def is_usual_passport(value: str) -> bool:
    """Whether a canonical passport number has the shape Indonesia has printed so far."""
    return bool(_INDONESIAN_PASSPORT.fullmatch(value))
