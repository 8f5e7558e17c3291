"""Reads a CSV or XLSX list into lines of text; decides nothing about people."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from openpyxl import load_workbook

from lindung.kernel.refusals import Refusal

# A hundred thousand lines of every column weigh some 15 MB as CSV.
MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
# An XLSX file is a zip: what it unpacks to may not be far beyond what it weighs.
MOST_UNPACKED = 200_000_000
_LONGEST = 400


class ListTooLarge(Refusal):
    """More bytes or lines than one list may have."""

    status = 413
    slug = "list-too-large"
    title = "Daftar ini terlalu besar."
    advice = "Bagi menjadi beberapa berkas, masing-masing paling banyak 100.000 baris dan 20 MB."


class ListUnreadable(Refusal):
    """Neither CSV nor XLSX, or without a heading that we know."""

    slug = "list-unreadable"
    title = "Berkas ini tidak dapat dibaca sebagai daftar."
    advice = (
        "Simpan sebagai CSV (UTF-8) atau XLSX, dengan baris judul di atas; kolom nama wajib ada."
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One meaning a column may have."""

    name: str
    title: dict[str, str]
    known_as: frozenset[str]
    values: dict[str, str]
    needed: bool


Line = tuple[int, dict[str, str]]
# By their slug: what a list that a job could not read remembers.
TROUBLES: dict[str, type[Refusal]] = {each.slug: each for each in (ListTooLarge, ListUnreadable)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list: which heading means what, which nobody knows, and its lines as they are read.

    Attributes:
        lines: (number of the line in the file, column → text), read once and as far as asked; may
            raise what :func:`read` does.
    """

    columns: dict[str, str]
    unknown: tuple[str, ...]
    lines: Iterator[Line]


@cache
def columns() -> dict[str, Column]:
    """The columns of ``columns.yaml``, by name."""
    data = yaml.safe_load(Path(__file__).with_name("columns.yaml").read_text(encoding="utf-8"))
    return {
        name: Column(
            name=name,
            title=row["title"],
            known_as=frozenset({plain(name), *map(plain, row["known_as"])}),
            values={
                plain(word): value
                for value, words in row.get("values", {}).items()
                for word in (value, *words)
            },
            needed=row.get("needed", False),
        )
        for name, row in data.items()
    }


def plain(text: str) -> str:
    """A heading or a code without case, spaces and punctuation."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def read(content: bytes) -> Sheet:
    """Read the headings of a list; its lines follow as they are asked for.

    Raises:
        ListTooLarge: more than it may have, packed or unpacked.
        ListUnreadable: no table with a heading for the name.
    """
    if len(content) > MOST_BYTES:
        raise ListTooLarge
    table = _xlsx(content) if content.startswith(b"PK") else _csv(content)
    headings: list[str] = next(table, [])
    meaning, unknown = _meanings(headings)
    if not all(name in meaning.values() for name, each in columns().items() if each.needed):
        raise ListUnreadable
    return Sheet(
        {headings[at]: name for at, name in meaning.items()}, unknown, _lines(table, meaning)
    )


def _lines(table: Iterator[list[str]], meaning: dict[int, str]) -> Iterator[Line]:
    for number, cells in enumerate(table, start=2):
        if number - 1 > MOST_ROWS:
            raise ListTooLarge
        said = {
            meaning[at]: text[:_LONGEST]
            for at, cell in enumerate(cells)
            if at in meaning and (text := cell.strip())
        }
        if said:
            yield number, said


def _meanings(headings: list[str]) -> tuple[dict[int, str], tuple[str, ...]]:
    meaning: dict[int, str] = {}
    unknown = []
    for at, heading in enumerate(headings):
        found = next((n for n, c in columns().items() if plain(heading) in c.known_as), None)
        if found is None or found in meaning.values():
            if heading.strip():
                unknown.append(heading.strip()[:80])
        else:
            meaning[at] = found
    return meaning, tuple(unknown)


def _csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What older spreadsheets write on Windows.
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise ListUnreadable
    first = text.split("\n", 1)[0]
    mark = max(";,\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    except csv.Error as error:
        raise ListUnreadable from error


def _xlsx(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
                raise ListTooLarge
        # openpyxl parses with defusedxml by itself where it is installed, as it is here.
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except ListTooLarge:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise ListUnreadable from error
    try:
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=60, values_only=True):
            yield [_cell(value) for value in row]
    finally:
        book.close()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime() | date():
            return f"{value:%Y-%m-%d}"
        case float() if value.is_integer():
            return str(int(value))
    return str(value)
