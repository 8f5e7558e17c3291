"""Refusals: what each door needs to say no well."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from lindung.kernel.refusals import NotAllowed, NotFound, Refusal, TooMany

SOURCE = Path(__file__).resolve().parents[2] / "src" / "lindung"


def refusals() -> list[type[Refusal]]:
    """Every refusal there is in the layers that can be imported by themselves."""
    for file in sorted(SOURCE.rglob("*.py")):
        if re.search(
            r"^class \w+\((?:Refusal|NotFound|Conflict|Incomplete)\)",
            file.read_text(),
            re.MULTILINE,
        ):
            name = file.relative_to(SOURCE).with_suffix("").as_posix().replace("/", ".")
            import_module(f"lindung.{name}".removesuffix(".__init__"))
    found, ahead = [], [Refusal]
    while ahead:
        each = ahead.pop()
        found.append(each)
        ahead.extend(each.__subclasses__())
    return [each for each in found if each.__module__.startswith("lindung.")]


class TestProblem:
    def test_is_that_of_rfc_9457(self) -> None:
        assert NotAllowed("because", right="a:b:c").problem() == {
            "type": "/problems/not-allowed",
            "title": NotAllowed.title,
            "status": 403,
            "detail": "because",
            "advice": NotAllowed.advice,
            "right": "a:b:c",
        }

    def test_says_no_more_than_there_is(self) -> None:
        assert set(Refusal().problem()) == {"type", "title", "status"}

    def test_facts_of_one_are_not_those_of_another(self) -> None:
        assert NotAllowed(right="x").facts == {"right": "x"}
        assert NotAllowed().facts == {}

    def test_reads_as_its_detail_or_its_title(self) -> None:
        assert str(NotFound()) == NotFound.title
        assert str(NotFound("no such number")) == "no such number"

    def test_says_what_may_be_tried_again(self) -> None:
        assert TooMany.retry
        assert not NotFound.retry


@pytest.mark.parametrize("each", refusals(), ids=lambda each: each.__qualname__)
class TestEveryRefusal:
    def test_is_an_answer_to_the_one_who_asks_or_says_that_we_cannot(
        self, each: type[Refusal]
    ) -> None:
        assert 400 <= each.status < 500 or each.status in {500, 502, 503}

    def test_has_a_stable_type(self, each: type[Refusal]) -> None:
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", each.slug)

    def test_has_a_sentence_for_people(self, each: type[Refusal]) -> None:
        assert str(each.title).endswith((".", "!", "?"))
        assert each.__doc__


def test_no_two_refusals_share_a_type() -> None:
    known: dict[str, type[Refusal]] = {}
    for each in refusals():
        other = known.setdefault(each.slug, each)
        # A narrower refusal may speak under its parent's type.
        assert other is each or issubclass(each, other) or issubclass(other, each), each
