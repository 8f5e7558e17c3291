"""Message templates, read once from ``templates.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Formatter

import yaml
from django.conf import settings

# What lets a person in: of no use to who is signed in, and of much use to anybody else.
SECRET_TEMPLATES = ("entry_code", "entry_link")
# What an officer may choose to send as it stands.
CHOSEN = ("how_are_you", "please_call", "please_answer")
# What travels in place of a template where no word may betray us.
_NEUTRAL = {"entry_code": "neutral_code", "entry_link": "neutral_link"}


@cache
def templates() -> dict[str, dict[str, str]]:
    """Template → language → text with ``{places}``."""
    file = Path(__file__).parent / "templates.yaml"
    loaded: dict[str, dict[str, str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


def render(name: str, language: str, facts: dict[str, str]) -> tuple[str, str]:
    """The words and the language they are really in: the source language where asked-for is not.

    Raises:
        KeyError: no such template, or a place without a fact.
    """
    texts = templates()[name]
    real = language if language in texts else settings.LANGUAGE_CODE
    return texts[real].format(**facts), real


def places(name: str) -> tuple[str, ...]:
    """The places of a template in the order in which its source text has them."""
    text = templates()[name][settings.LANGUAGE_CODE]
    found = [field for _text, field, _spec, _conversion in Formatter().parse(text) if field]
    return tuple(dict.fromkeys(found))


def neutral(name: str, language: str, facts: dict[str, str]) -> str:
    """The harmless words that travel in place of a template's."""
    return render(_NEUTRAL.get(name, "neutral"), language, facts)[0]


def subject(language: str, *, harmless: bool) -> str:
    """The subject of an e-mail: never a word of what it is about."""
    return render("subject_neutral" if harmless else "subject", language, {})[0]
