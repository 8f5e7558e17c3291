"""Readers of what comes from outside: whatever the bytes, a reader answers or refuses in its own way.

Short and the same each time; ``./lindung bench fuzz`` goes on for as long as one likes.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench._fuzz_targets import TARGETS, strategy


@pytest.mark.parametrize("name", list(TARGETS))
def test_a_reader_raises_only_its_refusals(name: str) -> None:
    target = TARGETS[name]

    @settings(
        max_examples=150,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy(target))
    def feed(data: bytes) -> None:
        target.feed(data)

    feed()


@pytest.mark.parametrize("name", list(TARGETS))
def test_a_reader_takes_its_whole_seed_or_refuses_it(name: str) -> None:
    TARGETS[name].warm()


@settings(derandomize=True, max_examples=60, database=None)
@given(st.text(max_size=200))
def test_words_are_read_whatever_they_are(words: str) -> None:
    TARGETS["keywords"].feed(words.encode("utf-8", "surrogatepass"))
