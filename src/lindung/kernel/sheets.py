"""Tables for spreadsheet programs: CSV whose cells are never taken for formulas.

A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break is run as a formula by some
programs; it gets an apostrophe before it, as OWASP advises (CSV injection). Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | Decimal | date | None


def cell(value: Cell) -> str:
    """One cell: a number or day as machines read it, a text that no program runs."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bool | int | date):
        return str(value)
    # Blanks before it do not keep a program from running it.
    return f"'{value}" if value.lstrip(" ").startswith(_RUNS) else value


def sheet(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A whole table as CSV (RFC 4180), its head first.

    Raises:
        ValueError: a row is not as long as the head.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([cell(each) for each in columns])
    for row in rows:
        writer.writerow([cell(value) for _, value in zip(columns, row, strict=True)])
    return out.getvalue()
