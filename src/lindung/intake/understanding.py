"""What the words of a line mean, and what is wrong with them, each with its cure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_noop

from lindung.intake.reading import columns, plain
from lindung.kernel import identifiers, names
from lindung.reference.queries import regencies
from lindung.regulations.pathways import pathways

_DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")

NO_NAME = gettext_noop("Nama kosong: tulis nama seperti di paspor.")
NO_SEX = gettext_noop("Jenis kelamin tidak dikenal: tulis P atau L, atau kosongkan.")
NO_DAY = gettext_noop("Tanggal tidak terbaca: tulis 1999-04-12 atau 12-04-1999.")
NOT_BORN = gettext_noop("Tanggal lahir di masa depan: periksa tahunnya.")
NO_REGION = gettext_noop("Kode kabupaten/kota tidak dikenal: pakai empat angka Kemendagri.")
NO_NUMBER = gettext_noop("Nomor ini belum lengkap atau memuat huruf yang tidak semestinya.")
LOST_DIGITS = gettext_noop("Lembar kerja memotong angka nomor ini: ubah kolomnya menjadi teks.")
NO_PATHWAY = gettext_noop("Kode jalur tidak dikenal: lihat daftar jalur di bawah.")
NO_SECTOR = gettext_noop("Jalur ini tidak melayani sektor tersebut.")
SECTOR_MISSING = gettext_noop("Tulis sektornya bila jalurnya ditulis.")


@dataclass(slots=True)
class Understood:
    """A line as values, and its problems as (column, sentence)."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)

    def wrong(self, column: str, sentence: str) -> None:
        """Remember one problem; the sentence says the cure."""
        self.problems.append({"column": column, "sentence": sentence})


def understand(said: dict[str, str], *, on: date) -> Understood:
    """Turn the words of a line into values; every problem is found, not only the first."""
    made = Understood()
    name = said.get("full_name", "").strip()
    if not name:
        made.wrong("full_name", NO_NAME)
    made.values["full_name"] = name
    for column in ("call_name", "birth_place"):
        made.values[column] = said.get(column, "")
    _sex(made, said.get("sex", ""))
    _born(made, said.get("birth_date", ""), on)
    _region(made, said.get("region", ""))
    for column, kind in (
        ("nik", identifiers.Kind.NIK),
        ("passport", identifiers.Kind.PASSPORT),
    ):
        _number(made, column, kind, said.get(column, ""))
    _way(made, said.get("pathway", ""), said.get("sector", ""))
    return made


def key_of(said: dict[str, str], *, office: str) -> str:
    """What makes two lines of one sender the same person: the number, else name and birth day.

    Kept as a blind index alone.
    """
    if number := said.get("nik") or said.get("passport"):
        told = plain(number)
    else:
        name = " ".join(sorted(names.tokens(said.get("full_name", ""))))
        told = f"{name}|{plain(said.get('birth_date', ''))}|{plain(said.get('birth_place', ''))}"
    return f"{office}|{told}"


def _sex(made: Understood, text: str) -> None:
    made.values["sex"] = "X"
    if text:
        value = columns()["sex"].values.get(plain(text))
        if value is None:
            made.wrong("sex", NO_SEX)
        else:
            made.values["sex"] = value


def _born(made: Understood, text: str, on: date) -> None:
    made.values["birth_date"] = None
    if not text:
        return
    for layout in _DAYS:
        try:
            born = datetime.strptime(text, layout).date()
        except ValueError:
            continue
        if born > on:
            made.wrong("birth_date", NOT_BORN)
        made.values["birth_date"] = born
        return
    made.wrong("birth_date", NO_DAY)


def _region(made: Understood, text: str) -> None:
    made.values["region"] = ""
    if not text:
        return
    code = plain(text)
    if code not in {each.code for each in regencies()}:
        made.wrong("region", NO_REGION)
    else:
        made.values["region"] = code


def _number(made: Understood, column: str, kind: identifiers.Kind, text: str) -> None:
    made.values[column] = ""
    if not text:
        return
    # 3.50212E+15: a spreadsheet took the number for a quantity and lost its last digits.
    if "e+" in text.lower():
        made.wrong(column, LOST_DIGITS)
        return
    try:
        made.values[column] = identifiers.canonical(kind, text)
    except identifiers.NotThatNumber:
        made.wrong(column, NO_NUMBER)


def _way(made: Understood, pathway: str, sector: str) -> None:
    made.values["pathway"], made.values["sector"] = "", ""
    if not pathway:
        return
    way = pathways().get(pathway.strip().lower())
    if way is None:
        made.wrong("pathway", NO_PATHWAY)
        return
    if not sector:
        made.wrong("sector", SECTOR_MISSING)
    elif way.sectors and sector.strip().lower() not in way.sectors:
        made.wrong("sector", NO_SECTOR)
    made.values["pathway"], made.values["sector"] = way.id, sector.strip().lower()
