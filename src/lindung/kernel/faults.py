"""Faults of our own in the words of a log: kind and place, never what was being worked on."""

from __future__ import annotations

import traceback


def where(error: Exception) -> str:
    """Kind and place of a fault, at most 300 characters.

    Never its words: these may hold what a message or a person says.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "/lindung/" in each.filename] or frames
    if not ours:  # never raised
        return type(error).__name__
    last = ours[-1]
    return f"{type(error).__name__}: {last.filename.rpartition('/lindung/')[2]}:{last.lineno}"[:300]
