"""Rows of an export: CSV, XLSX, or a table in an SQL dump, one after the other."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from openpyxl import load_workbook

from lindung.changeover.mapping import SheetMap
from lindung.kernel.refusals import Refusal

Row = tuple[int, dict[str, str]]  # line or row number in the file, column → text

_COPY = re.compile(r'^COPY\s+(?:"?\w+"?\.)?"?(\w+)"?\s*\((.+)\)\s+FROM stdin', re.IGNORECASE)
_INSERT = re.compile(
    r"^INSERT\s+(?:IGNORE\s+)?INTO\s+(?:[`\"]?\w+[`\"]?\.)?[`\"]?(\w+)[`\"]?\s*"
    r"\(([^)]*)\)\s*VALUES\s*",
    re.IGNORECASE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


class ExportUnreadable(Refusal):
    """A file of the export is missing or not what the mapping says."""

    slug = "export-unreadable"
    title = "Berkas ekspor ini tidak dapat dibaca."
    advice = "Periksa nama berkas, tabel dan kolom di berkas pemetaan."


def rows(folder: Path, sheet: SheetMap) -> Iterator[Row]:
    """The rows of one file, as the old system wrote them.

    Raises:
        ExportUnreadable: no such file, table or key column.
    """
    file = folder / sheet.file
    if not file.is_file():
        raise ExportUnreadable(file=sheet.file)
    found = _of(file, sheet)
    first = next(found, None)
    if first is None:
        return
    wanted = {sheet.key, sheet.parent, *(each.source for each in sheet.columns)} - {""}
    if missing := sorted(wanted - set(first[1])):
        raise ExportUnreadable(file=sheet.file, columns=missing)
    yield first
    yield from found


def _of(file: Path, sheet: SheetMap) -> Iterator[Row]:
    if file.suffix.lower() == ".xlsx":
        yield from _xlsx(file, sheet)
        return
    try:
        with file.open(encoding=sheet.encoding, newline="") as text:
            if file.suffix.lower() == ".sql":
                yield from _sql(text, sheet.table)
            else:
                reader = csv.DictReader(text, delimiter=sheet.delimiter, restval="")
                for row in reader:
                    yield reader.line_num, {k: v or "" for k, v in row.items() if k is not None}
    except (UnicodeDecodeError, csv.Error) as error:
        raise ExportUnreadable(file=sheet.file, why=type(error).__name__) from error


def _xlsx(file: Path, sheet: SheetMap) -> Iterator[Row]:
    book = load_workbook(file, read_only=True, data_only=True)
    page = book[sheet.table] if sheet.table else book.worksheets[0]
    lines = page.iter_rows(values_only=True)
    heading = [str(cell or "").strip() for cell in next(lines, ())]
    for number, cells in enumerate(lines, start=2):
        row = {name: _cell(cell) for name, cell in zip(heading, cells, strict=False) if name}
        if any(row.values()):
            yield number, row
    book.close()


def _cell(cell: object) -> str:
    return "" if cell is None else str(cell).removesuffix(" 00:00:00")


def _sql(text: TextIO, table: str) -> Iterator[Row]:
    """Rows of one table in a dump of PostgreSQL (COPY) or MySQL and others (INSERT)."""
    names: list[str] = []
    copying = False
    for number, line in enumerate(text, start=1):
        if copying:
            if line.rstrip("\r\n") == "\\.":
                copying = False
                continue
            values = [_copied(each) for each in line.rstrip("\r\n").split("\t")]
            yield number, dict(zip(names, values, strict=False))
        elif (found := _COPY.match(line)) and found[1] == table:
            names, copying = _names(found[2]), True
        elif (found := _INSERT.match(line)) and found[1] == table:
            names = _names(found[2])
            rest = line[found.end() :]
            # A text may hold line breaks: the statement goes on until its end.
            while not _whole(rest):
                more = text.readline()
                if not more:
                    raise ExportUnreadable(why="the dump is cut short")
                rest += more
            for values in _tuples(rest):
                yield number, dict(zip(names, values, strict=False))


def _names(text: str) -> list[str]:
    return [name.strip().strip('`"') for name in text.split(",")]


def _copied(text: str) -> str:
    if text == "\\N":
        return ""
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), text)


def _whole(text: str) -> bool:
    """Whether the statement ends here, outside a text."""
    inside = False
    skip = False
    for letter in text:
        if skip:
            skip = False
        elif inside and letter == "\\":
            skip = True
        elif letter == "'":
            inside = not inside
    return not inside and text.rstrip().endswith(";")


def _tuples(text: str) -> Iterator[list[str]]:
    """The value lists of an INSERT: ``(1,'it''s',NULL),(…);``."""
    at = 0
    while (at := text.find("(", at)) >= 0:
        values: list[str] = []
        at += 1
        while True:
            value, at = _value(text, at)
            values.append(value)
            if text[at : at + 1] == ",":
                at += 1
                continue
            break
        yield values
        if text[at : at + 1] != ")":
            raise ExportUnreadable(why="a list of values without an end")
        at += 1


def _value(text: str, at: int) -> tuple[str, int]:
    while text[at : at + 1].isspace():
        at += 1
    if text[at : at + 1] != "'":
        end = at
        while text[end : end + 1] not in {",", ")", ""}:
            end += 1
        word = text[at:end].strip()
        return ("" if word.upper() == "NULL" else word), end
    parts: list[str] = []
    at += 1
    while True:
        letter = text[at : at + 1]
        if letter == "":
            raise ExportUnreadable(why="a text without an end")
        if letter == "\\":
            parts.append(_ESCAPES.get(text[at + 1], text[at + 1]))
            at += 2
        elif letter == "'" and text[at + 1 : at + 2] == "'":
            parts.append("'")
            at += 2
        elif letter == "'":
            at += 1
            while text[at : at + 1].isspace():
                at += 1
            return "".join(parts), at
        else:
            parts.append(letter)
            at += 1
