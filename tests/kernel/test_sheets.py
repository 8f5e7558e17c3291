"""Cells that no spreadsheet program runs, and numbers that stay numbers."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel.sheets import Cell, cell, sheet


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1"])
def test_a_text_that_would_run_is_kept_from_running(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("-1.50"), "-1.50"), (Decimal("1E+3"), "1000"), (-3, "-3"), (None, ""),
        (date(2026, 3, 2), "2026-03-02"), ("Siti", "Siti"), ("a=b", "a=b"),
    ],
)  # fmt: skip
def test_everything_else_stays_as_it_is(value: Cell, written: str) -> None:
    assert cell(value) == written


def test_a_row_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        sheet(["a", "b"], [["1"]])


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_any_texts_come_back_and_none_begins_like_a_formula(rows: list[tuple[str, str]]) -> None:
    clean = [tuple(each.replace("\0", "") for each in row) for row in rows]
    read = list(csv.reader(io.StringIO(sheet(["a", "b"], clean), newline="")))[1:]
    assert len(read) == len(clean)
    for written, given_ in zip(read, clean, strict=True):
        for one, other in zip(written, given_, strict=True):
            assert one in (other, f"'{other}")
            assert not one.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
