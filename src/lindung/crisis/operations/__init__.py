"""Everything that changes when people are called up after a disaster."""

from __future__ import annotations

from lindung.crisis.operations.answering import answer, answer_for, heard, note_channel
from lindung.crisis.operations.asking import ask, ask_some, chase, preview
from lindung.crisis.operations.declaring import Given, declare, end, footprint_of
from lindung.crisis.operations.taking import see, take_out

__all__ = [
    "Given",
    "answer",
    "answer_for",
    "ask",
    "ask_some",
    "chase",
    "declare",
    "end",
    "footprint_of",
    "heard",
    "note_channel",
    "preview",
    "see",
    "take_out",
]
