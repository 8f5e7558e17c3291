"""Message templates, read once from ``templates.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from django.conf import settings

# What lets a person in: of no use to who is signed in, and of much use to anybody else.
SECRET_TEMPLATES = ("entry_code", "entry_link")


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
