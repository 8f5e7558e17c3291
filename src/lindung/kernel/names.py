"""Words of a name by which it is searched: one spelling for the many that Indonesian names have.

The same person is Soekarno on a diploma and Sukarno on a passport, Moch. Choirul in one office and
Mohammad Khoirul in the next. `tokens` brings each word to one form; a query goes through the same
door, so equality and prefix on the stored tokens find all spellings, and a closer comparison orders
the few that are found. Folding loses information on purpose: never show a token, never compare
people by tokens alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import Indel, JaroWinkler

_WORDS = re.compile(r"[a-z]+|[0-9]+")
_APOSTROPHES = re.compile(r"['’ʼ`´]")

# Spelling before 1947 and 1972 to today's, then sounds that writers of Arabic and Sanskrit names
# put down in more than one way. In order: an earlier rule's result is read by the later ones.
_SPELLINGS = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("oe", "u"), ("dj", "j"), ("tj", "c"), ("nj", "ny"), ("sj", "sy"), ("sh", "sy"),
        ("ch", "kh"), ("ph", "f"), ("v", "f"), ("th", "t"), ("dh", "d"), ("dz", "z"),
        ("kh", "h"), ("gh", "g"), ("q", "k"), ("x", "ks"), ("ae", "ai"), ("oo", "u"), ("ee", "i"),
        ("y(?=[^aeiou]|$)", "i"), ("(?<=[^aeiou])[yj]", "i"), (r"(.)\1+", r"\1"),
        ("(?<=[aeiou])h$", ""),
    )
)  # fmt: skip

_SAME_NAME = {
    **dict.fromkeys(
        ("m", "md", "moh", "mohd", "moch", "mochd", "muh", "muhd", "much", "mhd", "mohammad", "mohamad",
         "mohammed", "mohamed", "mochammad", "mochamad", "muhammad", "muhamad", "muhammed", "mokhamad",
         "mokhammad", "muchamad", "muchammad", "muchamat", "mohamat", "muhamat"),
        "muhamad",
    ),
    **dict.fromkeys(("abd", "abdl"), "abdul"),
    **dict.fromkeys(("st", "sitti"), "siti"),
    **dict.fromkeys(("ach", "akhmad", "achmad", "ahmat", "akhmat"), "ahmad"),
    **dict.fromkeys(("nj", "njoman"), "nyoman"),
}  # fmt: skip

# Said of a person, not part of what distinguishes one: kinship words and titles.
_LEFT_OUT = frozenset(
    {"bin", "binti", "binte", "bt", "bte", "bn", "ibn", "al", "el", "h", "hj",
     "haji", "hajah", "hajjah", "kh", "ustadz", "alias", "als", "drs", "dra", "dr", "ir"}
)  # fmt: skip


def tokens(full_name: str) -> tuple[str, ...]:
    """Search words of a name: distinct, in the name's order, each of a-z or 0-9.

    Titles and kinship words are left out unless nothing else is there. Empty when the name has no
    letter or digit of the Latin script.
    """
    words = _words(full_name)
    telling = [word for word in words if word not in _LEFT_OUT] or words
    return tuple(dict.fromkeys(fold(word) for word in telling))


def queried(text: str) -> tuple[str, ...]:
    """Search words of what somebody typed, titles kept: the last may be the start of a name."""
    return tuple(dict.fromkeys(fold(word) for word in _words(text)))


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1; symmetric, blind to titles and old spelling.

    Each word is compared with its nearest in the other name, an initial with the word it may
    stand for. Words that one name has alone cost little: many Indonesians have one name on one
    paper and three on the next. 0 where either has no letter.
    """
    first, second = tokens(one), tokens(other)
    if not first or not second:
        return 0.0
    forth, back = _covered(first, second), _covered(second, first)
    apart = 0.75 * max(forth, back) + 0.25 * min(forth, back)
    # The same letters, parted otherwise: Nurhayati, Nur Hayati.
    joined = Indel.normalized_similarity("".join(first), "".join(second))
    return float(max(apart, joined))


def _covered(words: tuple[str, ...], by: tuple[str, ...]) -> float:
    """How much of one name's letters the other name holds too."""
    letters = sum(map(len, words))
    return sum(len(word) * max(_near(word, each) for each in by) for word in words) / letters


def _near(one: str, other: str) -> float:
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=lambda word: (len(word), word))
    if len(short) == 1:
        return 0.9 if long.startswith(short) else 0.0
    found = JaroWinkler.similarity(short, long)
    # Short words are alike by chance: Sari and Sri, Ani and Ana.
    return float(found) if found >= 0.84 else 0.0


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """One spelling of one word, given in the letters a-z."""
    word = _SAME_NAME.get(word, word)
    folded = word
    for pattern, to in _SPELLINGS:
        folded = pattern.sub(to, folded)
    return folded or word


def _words(text: str) -> list[str]:
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)
    )
    return _WORDS.findall(_APOSTROPHES.sub("", bare))
