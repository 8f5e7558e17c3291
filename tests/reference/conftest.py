"""What the tests of the reference tables share."""

from __future__ import annotations

import pytest


@pytest.fixture
def reference(places: None) -> None:
    """The shipped data, for one test."""
