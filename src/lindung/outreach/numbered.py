"""Questions of ours that a digit answers, as data (``numbered.yaml``).

While such a question is open to a person, a relative may answer it in the same words: what they say is
then an answer about the person, no complaint of their own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec

from lindung.outreach import keywords
from lindung.outreach.models import Message

# Before what a relative's message asks for: it is said about the person, not by them.
ABOUT = "about:"


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a question is open, in hours, and what each digit means."""

    hours: int
    answers: dict[str, str]


@cache
def questions() -> dict[str, Question]:
    """By template."""
    raw = (Path(__file__).parent / "numbered.yaml").read_bytes()
    return msgspec.yaml.decode(raw, type=dict[str, Question])


def open_question(worker_id: UUID, *, at: datetime) -> Question | None:
    """The last such question to a person that is still open; as our robot."""
    longest = max(each.hours for each in questions().values())
    asked = (
        Message.objects.filter(
            worker_id=worker_id,
            incoming=False,
            template__in=questions(),
            made_at__gt=at - timedelta(hours=longest),
            made_at__lte=at,
        )
        .only("template", "made_at")
        .first()
    )
    if asked is None:
        return None
    question = questions()[asked.template]
    return question if asked.made_at > at - timedelta(hours=question.hours) else None


def read(words: str, question: Question) -> str:
    """What a digit asks for; empty where the words are not one of its digits."""
    return question.answers.get(keywords.plain(words), "")
