"""Everything that changes in early warning."""

from __future__ import annotations

from lindung.signals.operations.looking import draw_quiet, look_at_everybody, look_at_people
from lindung.signals.operations.reviewing import (
    answer_quiet,
    open_case_of,
    open_file_of,
    release,
    review,
)
from lindung.signals.operations.tuning import set_threshold

__all__ = [
    "answer_quiet",
    "draw_quiet",
    "look_at_everybody",
    "look_at_people",
    "open_case_of",
    "open_file_of",
    "release",
    "review",
    "set_threshold",
]
