"""The key ring that seals identity numbers, loaded once from its file beside the other keys."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from lindung.kernel.secrets import Keyring


def keyring() -> Keyring:
    """The installation's key ring.

    Raises:
        KeysUnusable: the file is missing or readable by others.
    """
    return _load(Path(settings.KEYS) / "identity.json")


@cache
def _load(file: Path) -> Keyring:
    return Keyring.load(file)
