"""Mapping files: which column of an old system's export means what in ours.

A YAML file; ``docs/how-to/changeover.md`` explains it with an example::

    source: sisko-2019            # code of the old system; its keys are remembered under it
    title: Sisko P2MI, export of 2026-11
    persons:                      # also: placements, contracts
      file: pekerja.csv           # CSV, XLSX, or an SQL dump with `table`
      key: id_pekerja
      columns:
        full_name: nama
        birth_date: {from: tgl_lahir, date: "%d/%m/%Y"}
        sex: {from: jk, values: {L: M, P: F}}

``values`` turns the old system's codes into ours; a code that is not listed refuses the row. ``always``
gives the same value to every row. A column that the mapping does not name is not brought in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from lindung.kernel.refusals import Refusal

KINDS = ("persons", "placements", "contracts")
PARENTS = {"placements": "person", "contracts": "placement"}
FIELDS: dict[str, tuple[str, ...]] = {
    "persons": (
        "full_name", "call_name", "sex", "birth_date", "birth_place", "region", "language",
        "nik", "passport", "passport_from", "passport_to",
    ),
    "placements": (
        "country", "pathway", "scheme", "sector", "occupation", "state", "employer_name",
        "dest_region", "agency_licence", "opened_on", "cleared_on", "departed_on", "arrived_on",
        "ended_on",
    ),
    "contracts": (
        "offer_number", "offered_on", "signed_on", "starts_on", "ends_on", "wage", "currency",
        "wage_per", "employer_name",
    ),
}  # fmt: skip
_SHEET = {
    "type": "object",
    "required": ["file", "key", "columns"],
    "additionalProperties": False,
    "properties": {
        "file": {"type": "string", "minLength": 1},
        "table": {"type": "string"},
        "delimiter": {"type": "string", "minLength": 1, "maxLength": 1},
        "encoding": {"type": "string"},
        "key": {"type": "string"},
        "person": {"type": "string"},
        "placement": {"type": "string"},
        "columns": {
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    {"type": "string"},
                    {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "from": {"type": "string"},
                            "always": {"type": "string"},
                            "date": {"type": "string"},
                            "values": {
                                "type": "object",
                                "additionalProperties": {"type": "string"},
                            },
                        },
                        "oneOf": [{"required": ["from"]}, {"required": ["always"]}],
                    },
                ]
            },
        },
    },
}
_SCHEMA = {
    "type": "object",
    "required": ["source", "title", "persons"],
    "additionalProperties": False,
    "properties": {
        "source": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,30}$"},
        "title": {"type": "string", "minLength": 1},
        **dict.fromkeys(KINDS, _SHEET),
    },
}


class MappingUnusable(Refusal):
    """The mapping file does not say what it must; ``places`` name where."""

    slug = "mapping-unusable"
    title = "Berkas pemetaan tidak dapat dipakai."
    advice = "Perbaiki bagian yang disebut; docs/how-to/changeover.md menjelaskannya."


class NotUnderstood(Exception):
    """A value of a row cannot be read; names the column, never the value."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


@dataclass(frozen=True, slots=True)
class Column:
    """Where one field of ours comes from."""

    field: str
    source: str
    always: str
    date: str
    values: Mapping[str, str]

    def read(self, row: Mapping[str, str]) -> str:
        """The value in our form: text, days as ISO 8601; empty where the old system has none.

        Raises:
            NotUnderstood: a code that the mapping does not list, or no day of the given form.
        """
        if self.always:
            return self.always
        text = row.get(self.source, "").strip()
        if not text:
            return ""
        if self.values:
            if text not in self.values:
                raise NotUnderstood(self.field, "code not in the mapping")
            return self.values[text]
        if self.date:
            try:
                return datetime.strptime(text, self.date).date().isoformat()
            except ValueError:
                raise NotUnderstood(self.field, "no day of this form") from None
        return text


@dataclass(frozen=True, slots=True)
class SheetMap:
    """One file of the export."""

    kind: str
    file: str
    table: str
    delimiter: str
    encoding: str
    key: str
    parent: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole mapping file."""

    source: str
    title: str
    sheets: tuple[SheetMap, ...]


def load(file: Path) -> Plan:
    """Read and check a mapping file.

    Raises:
        MappingUnusable: not YAML, a field we do not know, or something missing.
    """
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MappingUnusable(places=[f"{file.name}: {type(error).__name__}"]) from error
    faults = [
        f"{each.json_path}: {each.message}"
        for each in Draft202012Validator(_SCHEMA).iter_errors(found)
    ]
    if faults:
        raise MappingUnusable(places=faults[:10])
    sheets = tuple(_sheet(kind, found[kind]) for kind in KINDS if kind in found)
    if places := [place for sheet in sheets for place in _wrong(sheet)]:
        raise MappingUnusable(places=places)
    return Plan(found["source"], found["title"], sheets)


def _sheet(kind: str, found: dict[str, Any]) -> SheetMap:
    return SheetMap(
        kind=kind,
        file=found["file"],
        table=found.get("table", ""),
        delimiter=found.get("delimiter", ","),
        encoding=found.get("encoding", "utf-8-sig"),
        key=found["key"],
        parent=found.get(PARENTS.get(kind, ""), ""),
        columns=tuple(_column(field, about) for field, about in found["columns"].items()),
    )


def _column(field: str, about: str | dict[str, Any]) -> Column:
    given: dict[str, Any] = {"from": about} if isinstance(about, str) else about
    return Column(
        field,
        given.get("from", ""),
        given.get("always", ""),
        given.get("date", ""),
        {str(code): value for code, value in given.get("values", {}).items()},
    )


def _wrong(sheet: SheetMap) -> list[str]:
    known = FIELDS[sheet.kind]
    places = [
        f"$.{sheet.kind}.columns.{each.field}: no such field; known: {', '.join(known)}"
        for each in sheet.columns
        if each.field not in known
    ]
    parent = PARENTS.get(sheet.kind)
    if parent and not sheet.parent:
        places.append(f"$.{sheet.kind}.{parent}: names the column with the {parent}'s key")
    if sheet.kind == "persons" and "full_name" not in {each.field for each in sheet.columns}:
        places.append("$.persons.columns.full_name: a person has a name at least")
    return places
