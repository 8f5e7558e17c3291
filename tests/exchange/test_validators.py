"""Two validators of one schema: the compiled one is never more lenient than the one that explains."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lindung.exchange.wire import agreement

EXAMPLES = sorted(
    file
    for file in (agreement.FOLDER / "examples").glob("*.v1.json")
    if "dataschema" in json.loads(file.read_text())
)
ODD: list[Any] = [None, True, -1, 1.5, "", "x" * 400, "2026-02-30", [], {}, "2026-13-01T00:00:00Z"]


def both(urn: str, value: Any) -> tuple[bool, bool]:
    """What the compiled and the explaining validator say."""
    return (
        agreement._compiled(urn).is_valid(value),
        next(agreement._validator(urn).iter_errors(value), None) is None,
    )


def spoilt(value: Any, chance: Random) -> Any:
    """The value with one place changed, removed or added."""
    made = deepcopy(value)
    place, inside = made, []
    while isinstance(place, dict | list) and place:
        key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
        inside.append((place, key))
        place = place[key]
    container, key = chance.choice(inside)
    act = chance.randrange(3)
    if act == 0:
        container[key] = chance.choice(ODD)
    elif act == 1 and isinstance(container, dict):
        del container[key]
    elif isinstance(container, dict):
        container["not_agreed"] = chance.choice(ODD)
    else:
        container.append(chance.choice(ODD))
    return made


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_agree_on_the_examples(file: Any) -> None:
    message = json.loads(file.read_text())
    assert both(agreement.ENVELOPE, message) == (True, True)
    assert both(message["dataschema"], message["data"]) == (True, True)


@given(st.sampled_from(EXAMPLES), st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_what_is_spoilt_never_passes_the_compiled_one_alone(file: Any, seed: int) -> None:
    message = json.loads(file.read_text())
    chance = Random(seed)
    for urn, value in ((agreement.ENVELOPE, message), (message["dataschema"], message["data"])):
        if value:
            compiled, explained = both(urn, spoilt(value, Random(chance.random())))
            assert explained or not compiled
