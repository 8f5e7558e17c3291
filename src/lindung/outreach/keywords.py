"""What a short message asks for: a check-in, a cry for help, silence, or nothing but to be read.

The words are data (``keywords.yaml``). The phone's ``sms:`` link puts the worker's public number and
the key of the item behind the word, so that the same act sent by data and by SMS is one:
``SOS PMI-26-000123 01JD…`` (docs/how-to/channels.md).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml

from lindung.outreach import item_key

WORDS = "words"
SOS, STOP, START = "sos", "stop", "start"
CHECK_IN = "check_in:"

# Not more than a person types; the rest of a longer message cannot make it a keyword.
_MOST = 400
# So much of a message is glanced at before it is read.
_GLANCED = 8_000
_NUMBER = re.compile(r"\bpmi\W{0,3}(\d{2}|20\d{2})\W{0,3}(\d{4,10})\b", re.IGNORECASE)
_KEY = re.compile(r"\b[0-9a-hjkmnp-tv-zoil]{26}\b", re.IGNORECASE)
_NO_LETTER = re.compile(r"[\W_]+")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message asks for.

    Attributes:
        asks: ``check_in:<condition>``, ``sos``, ``stop``, ``start`` or ``words``.
        language: of the keyword; empty where none was used.
        public_number: as ``PMI-26-000123``, where one was written.
        key: of the item on the phone, where one was written.
    """

    asks: str
    language: str = ""
    public_number: str = ""
    key: UUID | None = None


def read(text: str) -> Asked:
    """What ``text`` asks for; whatever it is, this gives an answer."""
    text = unicodedata.normalize("NFKC", text)[:_MOST]
    number, key = _public_number(text), _item(text)
    tokens = _tokens(_KEY.sub(" ", _NUMBER.sub(" ", text)))
    asks, language = _asks(tokens)
    return Asked(asks, language, number, key)


def may_cry(raw: bytes) -> bool:
    """Whether bytes that nobody has read yet may hold a cry for help; tells what is read first, no more."""
    for coding in ("utf-8", "utf-16-be"):
        text = unicodedata.normalize("NFKC", raw[:_GLANCED].decode(coding, errors="ignore"))
        words = f" {' '.join(_tokens(text))} "
        if any(f" {' '.join(cry)} " in words for cry, _language in _cries()):
            return True
    return False


def without_code(text: str) -> str:
    """The words alone, without the number and the key that the phone's link puts beside them."""
    return _KEY.sub("", _NUMBER.sub("", text)).strip()


def plain(text: str) -> str:
    """Words as they are compared: small letters and digits, one space between."""
    return " ".join(_tokens(unicodedata.normalize("NFKC", text)[:_MOST]))


def _public_number(text: str) -> str:
    if (found := _NUMBER.search(text)) is None:
        return ""
    year, serial = found.groups()
    return f"PMI-{year[-2:]}-{int(serial):06}"


def _item(text: str) -> UUID | None:
    for found in _KEY.finditer(text):
        if (key := item_key.read(found.group())) is not None:
            return key
    return None


def _tokens(text: str) -> list[str]:
    text = _DRAWN_OUT.sub(r"\1", text.casefold())
    tokens = [each for each in _NO_LETTER.split(text) if each]
    # "s.o.s" and "S O S" are one word.
    if len(tokens) > 1 and all(len(each) == 1 for each in tokens):
        return ["".join(tokens)]
    return tokens


def _asks(tokens: list[str]) -> tuple[str, str]:
    if not tokens:
        return WORDS, ""
    if (sos := _cry(tokens)) is not None:
        return SOS, sos
    for words in (tokens, _without_courtesy(tokens)):
        if (found := _whole().get(tuple(words))) is not None:
            return found
    return WORDS, ""


def _cry(tokens: list[str]) -> str | None:
    """The language of a cry for help at the beginning."""
    for words, language in _cries():
        if tuple(tokens[: len(words)]) != words:
            continue
        after = tokens[len(words) :]
        if any(tuple(after[: len(each)]) == each for each in _requests()):
            continue
        return language
    return None


def _without_courtesy(tokens: list[str]) -> list[str]:
    kept, at = [], 0
    while at < len(tokens):
        for each in _polite():
            if tuple(tokens[at : at + len(each)]) == each:
                at += len(each)
                break
        else:
            kept.append(tokens[at])
            at += 1
    return kept


@cache
def _whole() -> dict[tuple[str, ...], tuple[str, str]]:
    """Whole messages, as words, and what each asks in which language; the source language first."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for asks, languages in _file()["words"].items():
        for language, texts in languages.items():
            for each in texts:
                found.setdefault(tuple(_tokens(each)), (asks, language))
    return found


@cache
def _cries() -> tuple[tuple[tuple[str, ...], str], ...]:
    found = [(words, what[1]) for words, what in _whole().items() if what[0] == SOS]
    return tuple(sorted(found, key=lambda each: -len(each[0])))


@cache
def _polite() -> tuple[tuple[str, ...], ...]:
    return _phrases("polite")


@cache
def _requests() -> tuple[tuple[str, ...], ...]:
    return _phrases("requests")


def _phrases(name: str) -> tuple[tuple[str, ...], ...]:
    """Phrases as words, the longest first."""
    found = [tuple(_tokens(each)) for each in _file()[name]]
    return tuple(sorted(found, key=lambda each: -len(each)))


@cache
def _file() -> dict[str, dict[str, dict[str, list[str]]]]:
    file = Path(__file__).parent / "keywords.yaml"
    loaded: dict[str, dict[str, dict[str, list[str]]]] = yaml.safe_load(
        file.read_text(encoding="utf-8")
    )
    return loaded
