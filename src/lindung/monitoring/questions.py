"""What is asked of people at work abroad, when, and which answers worry us: ``questions.yaml``, read once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec
from django.conf import settings

from lindung.kernel.refusals import NotFound


class NoSuchQuestion(NotFound):
    """No question has this code, or no answer of it."""

    slug = "no-such-question"
    title = "Pertanyaan atau jawaban itu tidak ada."
    advice = "Muat ulang halamannya, lalu jawab lagi."


Words = dict[str, str]


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer that can be given.

    Attributes:
        amber: that it worries us.
        points: of a screen that adds up several questions.
    """

    code: str
    label: Words
    amber: bool = False
    points: int = 0

    def words(self, language: str) -> str:
        """Its label, in the source language where there is no other."""
        return in_language(self.label, language)


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question, in several wordings that take turns.

    Attributes:
        code: its name in the rows.
        ilo: which of ILO's eleven forced-labour indicators it is about.
        every: asked in each so-manieth round.
        asked: which wording is asked now; a position in ``wordings``.
    """

    wordings: tuple[Words, ...]
    answers: tuple[Choice, ...]
    ilo: tuple[int, ...] = ()
    every: int = 1
    code: str = ""
    asked: int = 0

    def words(self, language: str) -> str:
        """The question as it is asked now, in the source language where there is no other."""
        return in_language(self.wordings[self.asked % len(self.wordings)], language)

    def choice(self, code: str) -> Choice:
        """One of its answers.

        Raises:
            NoSuchQuestion: it has no such answer.
        """
        for each in self.answers:
            if each.code == code:
                return each
        raise NoSuchQuestion(code)


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When people are asked: so many days after arrival, then again and again.

    Attributes:
        at_most: questions at one time.
    """

    first_days: tuple[int, ...]
    then_every_days: int
    at_most: int


class Questions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    schedule: Schedule
    questions: dict[str, Question]


@cache
def questions() -> Questions:
    """The file, read once."""
    read = msgspec.yaml.decode(
        (Path(__file__).parent / "questions.yaml").read_bytes(), type=Questions
    )
    named = {
        code: msgspec.structs.replace(each, code=code) for code, each in read.questions.items()
    }
    return msgspec.structs.replace(read, questions=named)


def question(code: str) -> Question:
    """One question.

    Raises:
        NoSuchQuestion: none has this code.
    """
    try:
        return questions().questions[code]
    except KeyError:
        raise NoSuchQuestion(code) from None


def round_on(began_on: date, on: date) -> tuple[int, date] | None:
    """The round of questions that runs on a day, from 0, and its first day; None before the first."""
    schedule, days = questions().schedule, (on - began_on).days
    begun = [at for at in schedule.first_days if at <= days]
    if not begun:
        return None
    if len(begun) < len(schedule.first_days):
        return len(begun) - 1, began_on + timedelta(days=begun[-1])
    more = (days - begun[-1]) // schedule.then_every_days
    first = began_on + timedelta(days=begun[-1] + more * schedule.then_every_days)
    return len(begun) - 1 + more, first


def due(worker_id: UUID, *, number: int, answered: Iterable[str]) -> list[Question]:
    """What to ask one person in a round: what is not answered yet, the wording and order taking turns.

    The same person in the same round is always asked the same; the next person is asked otherwise,
    so that nobody learns the answers by heart.
    """
    known, turn = set(answered), number + worker_id.int % 1_000
    asked = [
        msgspec.structs.replace(each, asked=turn % len(each.wordings))
        for each in questions().questions.values()
        if each.code not in known and (number == 0 or turn % each.every == 0)
    ]
    # The first stays first; what follows begins elsewhere with every round.
    head, tail = asked[:1], asked[1:]
    if tail:
        cut = turn % len(tail)
        tail = tail[cut:] + tail[:cut]
    return [*head, *tail][: questions().schedule.at_most]


def in_language(words: Words, language: str) -> str:
    """The words in a language, in the source language where there is no other."""
    return words.get(language) or words[settings.LANGUAGE_CODE]
