"""Names in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

from lindung.reference.models import Occupation
from lindung.reference.queries import kept

# What a reader who has no name in the own language most likely reads.
_NEXT_BEST = {"jv": ("id",), "su": ("id",), "ms": ("id",)}


def in_language(names: Mapping[str, str], language: str | None = None) -> str:
    """The name in a language; else in the next best, Indonesian, English, the local one.

    Args:
        language: a code of Django's; None takes the active one.
    """
    wanted = (language or get_language() or "id").lower()
    for key in (wanted, *_NEXT_BEST.get(wanted[:2], ()), wanted[:2], "id", "en", "local"):
        if name := names.get(key):
            return name
    return next(iter(names.values()), "")


def currency_name(code: str, language: str | None = None) -> str:
    """``Rupiah Indonesia``; the code itself for one we do not know."""
    found = kept.currencies().get(code)
    return in_language(found.names, language) if found else code


def language_name(code: str, language: str | None = None) -> str:
    """``Jawa`` for ``jav`` or ``jv``; the code itself for one we do not know."""
    found = kept.languages().get(code.partition("-")[0].lower())
    return in_language(found.names, language) if found else code


def occupation_name(code: str, language: str | None = None) -> str:
    """Title of an ISCO-08 group; in English where it has none in the language.

    A code we do not know, as old papers hold, is answered by the code itself.
    """
    found = kept.occupations().get(code)
    return in_language(found.names, language) if found else code


def occupations(level: int = 4) -> tuple[Occupation, ...]:
    """The groups of one level (4: unit groups), in the order of their codes."""
    return tuple(each for each in kept.occupations().values() if each.level == level)
