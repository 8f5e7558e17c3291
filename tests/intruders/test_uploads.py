"""Files that are two things, act, or unfold beyond all measure: none comes in, each is told why."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from lindung.documents import sound
from lindung.intake import reading
from lindung.kernel.refusals import Refusal
from tests.documents import files

SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)
OUTSIDE = ENTITY.replace(b'<!ENTITY a "aaaaaaaaaa">', b'<!ENTITY a SYSTEM "file:///etc/passwd">')


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (SVG, "foto.svg"),
        (SVG, "foto.png"),
        (b"GIF89a/*" + b"\0" * 40 + b"*/=alert(1)", "foto.gif"),
        (b"<!doctype html><body onload=alert(1)>", "foto.jpg"),
        (b"\xff\xd8\xff\xe0<script>alert(1)</script>", "foto.jpg"),
        (b"#!/bin/sh\nrm -rf /\n", "surat.pdf"),
        (b"PK\x05\x06" + b"\0" * 18, "surat.pdf"),
        (files.PDF, "../../etc/cron.d/surat.exe"),
    ],
)
def test_what_acts_or_is_another_thing_does_not_come_in(data: bytes, name: str) -> None:
    with pytest.raises(sound.FileRefused) as refused:
        sound.examine(data, name=name, declared="")
    assert refused.value.advice


def workbook(sheet: bytes, *, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook with that sheet in it."""
    from openpyxl import Workbook

    made, out = BytesIO(), BytesIO()
    book = Workbook()
    assert book.active is not None
    book.active.append(["Nama lengkap"])
    book.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, sheet if each == name else old.read(each))
    return out.getvalue()


@pytest.mark.parametrize("sheet", [ENTITY, OUTSIDE], ids=["doubling", "outside"])
def test_a_list_whose_parts_name_others_is_refused(sheet: bytes) -> None:
    with pytest.raises(Refusal):
        list(reading.read(workbook(sheet)).lines)


def test_a_list_that_unfolds_beyond_measure_is_refused_before_it_does() -> None:
    with pytest.raises(Refusal):
        list(reading.read(workbook(b"<worksheet>" + b" " * 210_000_000)).lines)
