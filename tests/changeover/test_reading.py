"""Exports as old systems write them: CSV, XLSX, dumps of PostgreSQL and MySQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from lindung.changeover import reading
from lindung.changeover.mapping import Column, SheetMap
from lindung.changeover.reading import ExportUnreadable


def sheet(file: str, *columns: str, table: str = "", delimiter: str = ",") -> SheetMap:
    """A sheet with these columns, the first of them its key."""
    return SheetMap(
        "persons", file, table, delimiter, "utf-8-sig", columns[0], "",
        tuple(Column(name, name, "", "", {}) for name in columns),
    )  # fmt: skip


def test_csv_with_a_byte_order_mark_and_semicolons(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes("\ufeffid;nama\r\n7;Siti Nur'aini\r\n".encode())
    found = list(reading.rows(tmp_path, sheet("p.csv", "id", "nama", delimiter=";")))
    assert found == [(2, {"id": "7", "nama": "Siti Nur'aini"})]


def test_xlsx_days_and_numbers_as_text(tmp_path: Path) -> None:
    from datetime import datetime

    book = Workbook()
    page = book.active
    page.append(["id", "lahir"])
    page.append([7, datetime(1999, 2, 3)])
    book.save(tmp_path / "p.xlsx")
    found = list(reading.rows(tmp_path, sheet("p.xlsx", "id", "lahir")))
    assert found == [(2, {"id": "7", "lahir": "1999-02-03"})]


def test_a_postgresql_dump(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text(
        "SET x;\nCOPY public.lain (id) FROM stdin;\n1\n\\.\n"
        "COPY public.pekerja (id, nama, alamat) FROM stdin;\n7\tSiti\\tNur\t\\N\n8\tBudi\tJl. A\n\\.\n"
    )
    found = list(reading.rows(tmp_path, sheet("dump.sql", "id", "nama", table="pekerja")))
    assert [row["nama"] for _, row in found] == ["Siti\tNur", "Budi"]
    assert found[0][1]["alamat"] == ""


def test_a_mysql_dump_with_line_breaks_in_a_text(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text(
        "INSERT INTO `pekerja` (`id`, `nama`) VALUES (7,'Siti; Nur\\'aini\nbinti (Ali)'),(8, NULL);\n"
        "INSERT INTO `pekerja` (`id`, `nama`) VALUES (9,'it''s');\n"
    )
    found = list(reading.rows(tmp_path, sheet("dump.sql", "id", "nama", table="pekerja")))
    assert [row["nama"] for _, row in found] == ["Siti; Nur'aini\nbinti (Ali)", "", "it's"]


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\x1a")),
        min_size=1,
    )
)
def test_every_text_survives_a_mysql_dump(texts: list[str]) -> None:
    def quoted(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    values = ",".join(f"({n},{quoted(text)})" for n, text in enumerate(texts))
    found = list(reading._tuples(f"{values};\n"))
    assert found == [[str(n), text] for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("content", "columns"),
    [("", ("id",)), ("id\n1\n", ("id", "nama")), (None, ("id",))],
    ids=["empty", "a column is missing", "no file"],
)
def test_what_cannot_be_read(tmp_path: Path, content: str | None, columns: tuple[str, ...]) -> None:
    if content is not None:
        (tmp_path / "p.csv").write_text(content)
    if content == "":
        assert list(reading.rows(tmp_path, sheet("p.csv", *columns))) == []
        return
    with pytest.raises(ExportUnreadable):
        list(reading.rows(tmp_path, sheet("p.csv", *columns)))


def test_a_dump_cut_short(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text("INSERT INTO `pekerja` (`id`, `nama`) VALUES (7,'Siti")
    with pytest.raises(ExportUnreadable):
        list(reading.rows(tmp_path, sheet("dump.sql", "id", table="pekerja")))
