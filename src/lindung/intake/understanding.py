"""What the words of a line mean, and what is wrong with them, each with its cure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop

from lindung.intake.reading import columns, plain
from lindung.kernel import identifiers, names
from lindung.reference import queries as reference
from lindung.regulations.pathways import Pathway, pathways

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
NO_COUNTRY = gettext_noop("Negara tidak dikenal: tulis dua huruf kodenya atau namanya.")
NOT_THERE = gettext_noop("Jalur ini tidak menuju negara tersebut.")
COUNTRY_MISSING = gettext_noop("Jalur ini tidak terikat satu negara: tulis negara tujuannya.")


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
    _way(made, said.get("pathway", ""), said.get("sector", ""), said.get("destination", ""))
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


def sender(scope: Mapping[str, Any]) -> str:
    """The sender within a key: the same person of two senders is not one line."""
    return str(scope["agency_id"] or scope["region"])


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
    born = _day(text)
    if born is None:
        made.wrong("birth_date", NO_DAY)
        return
    if born > on:
        made.wrong("birth_date", NOT_BORN)
    made.values["birth_date"] = born


@lru_cache(maxsize=20_000)
def _day(text: str) -> date | None:
    """A day in any of the ways it is written; a list repeats its days, and reading one is dear."""
    for layout in _DAYS:
        try:
            return datetime.strptime(text, layout).date()
        except ValueError:
            continue
    return None


def _region(made: Understood, text: str) -> None:
    made.values["region"] = ""
    if not text:
        return
    code = plain(text)
    try:
        found = reference.region(code)
    except reference.UnknownPlace:
        made.wrong("region", NO_REGION)
        return
    if found.level == 2 and not found.is_retired:
        made.values["region"] = code
    else:
        made.wrong("region", NO_REGION)


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


def _way(made: Understood, pathway: str, sector: str, destination: str) -> None:
    made.values["pathway"], made.values["sector"], made.values["destination"] = "", "", ""
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
    _destination(made, way, destination)


def _destination(made: Understood, way: Pathway, text: str) -> None:
    if not text:
        if not way.corridor.fixed:
            made.wrong("destination", COUNTRY_MISSING)
        return
    code = _country(text)
    if not code:
        made.wrong("destination", NO_COUNTRY)
    elif not way.corridor.serves(code):
        made.wrong("destination", NOT_THERE)
    else:
        made.values["destination"] = code


@lru_cache(maxsize=512)
def _country(text: str) -> str:
    """Its code, from the code or its name in a language that is written in Latin letters."""
    code = text.strip().upper()
    if reference.is_country(code):
        return code
    wanted = plain(text)
    return next(
        (
            each.code
            for each in reference.countries()
            if wanted and any(plain(name) == wanted for name in each.names.values())
        ),
        "",
    )
