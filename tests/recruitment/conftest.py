"""The parties of the chain, for every test here that asks for them."""

from __future__ import annotations

import pytest

from tests.conftest import Scene
from tests.recruitment import people


@pytest.fixture
def parties(scene: Scene, posts: None, places: None) -> None:
    with scene():
        people.parties()
