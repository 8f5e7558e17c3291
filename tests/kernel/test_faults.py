"""What a log says of a fault: where it was, and nothing of what was being worked on."""

from __future__ import annotations

from lindung.kernel.faults import where
from lindung.kernel.quantities import Quantity


def test_names_kind_and_place_of_ours() -> None:
    try:
        Quantity.of("Siti Rahayu", "KRW/month")
    except Exception as error:
        said = where(error)
    assert "kernel/quantities.py:" in said
    assert "Siti" not in said


def test_of_what_was_never_raised_names_the_kind() -> None:
    assert where(ValueError("Siti")) == "ValueError"
