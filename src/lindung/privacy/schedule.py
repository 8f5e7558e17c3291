"""The retention schedule: kinds of record (``kinds.yaml``) and every app's tables (``personal.yaml``).

A period that no source gives is ``None``: *needs a check*, and nothing of that kind is ever due until
two people have decided one (``operations.periods``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.apps import apps
from django.db import models
from django.utils.translation import get_language

Words = dict[str, str]

THEN = {
    "erase": {"id": "dihapus", "en": "erased"},
    "blank": {"id": "dikosongkan; nomor Lindung tetap, tanpa nama", "en": "blanked; the Lindung number stays, without a name"},
    "aggregate": {"id": "dihapus; hanya jumlahnya yang dicatat", "en": "erased; only counts are kept"},
    "words": {"id": "kata-kata dan nama dihapus; faktanya tetap dan tetap terbukti", "en": "words and names erased; the fact stays and stays proven"},
    "keep": {"id": "disimpan", "en": "kept"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of record.

    Attributes:
        counts: ``person`` or ``row``: from what a period counts.
        years: the period, whole years; ``None`` where no source gives one.
        basis: ``instrument``, ``provision``, ``confidence``.
        kept_by: what clears it earlier, where something does.
    """

    id: str
    title: Words
    purpose: Words
    basis: dict[str, str]
    counts: str
    years: int | None
    then: str
    hint: Words | None = None
    kept_by: Words | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table with personal data.

    Attributes:
        whose: paths from the row to the worker's id; none where no row is a worker's.
        along: (table, column) of a table whose rows name these rows, where they name nobody.
        since: the row's day or instant from which the period counts; it is not over while null.
        then: ``erase``, ``blank``, ``words``, ``keep`` or ``keep_shell`` (what is left names nobody).
        blank: what the fields become.
        copy: fields of the copy that the person gets.
        left_out: why there are none, a key of ``left_out`` in ``kinds.yaml``.
    """

    label: str
    kind: str
    whose: tuple[str, ...] = ()
    along: tuple[str, str] | None = None
    since: str = ""
    then: str = "keep"
    blank: dict[str, Any] | None = None
    copy: tuple[str, ...] = ()
    left_out: str = ""

    @property
    def model(self) -> type[models.Model]:
        """The table's model."""
        return apps.get_model(self.label)

    def rows(self, people: Iterable[UUID]) -> models.QuerySet[Any]:
        """The rows about these people, found by every path that leads to them."""
        ids = list(people)
        if self.along is not None:
            table, column = self.along
            named = tables()[table].rows(ids).exclude(**{column: None}).values(column)
            return self.model._default_manager.filter(pk__in=named)
        found = models.Q(pk__in=[])
        for path in self.whose:
            found |= models.Q(**{f"{path}__in": ids})
        return self.model._default_manager.filter(found)

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return self.model._meta.db_table

    @property
    def person(self) -> str:
        """The column of the table itself that names the person; empty where another table does."""
        return self.column(self.whose[0]) if self.whose and "__" not in self.whose[0] else ""

    def column(self, field: str) -> str:
        """A field's column."""
        found: Any = self.model._meta.get_field(field)
        return str(found.column)


def said(words: Words | None) -> str:
    """The words in the active language; Indonesian where it has none."""
    if not words:
        return ""
    return words.get((get_language() or "id").split("-")[0]) or words["id"]


@cache
def _kinds_file() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        files("lindung.privacy").joinpath("kinds.yaml").read_text(encoding="utf-8")
    )
    return found


@cache
def kinds() -> dict[str, Record]:
    """Every kind of record, in the file's order."""
    return {id_: Record(id_, **row) for id_, row in _kinds_file()["kinds"].items()}


def reasons() -> dict[str, Words]:
    """Why something is not in a person's copy."""
    found: dict[str, Words] = _kinds_file()["left_out"]
    return found


def rule_of(kind: str) -> tuple[str, str]:
    """The rule that says by when a request is answered, and the articles it rests on."""
    row = _kinds_file()["requests"][kind]
    return row["rule"], row["article"]


def practice_hours() -> int:
    """Hours to which the desk works where the law names no term; our own practice."""
    hours: int = _kinds_file()["practice"]["hours"]
    return hours


def breach_rule() -> str:
    """The rule that says by when a breach is told."""
    rule: str = _kinds_file()["breach"]["rule"]
    return rule


def authority(language: str) -> str:
    """Whom a breach is reported to."""
    words: Words = _kinds_file()["breach"]["authority"]
    return words.get(language) or words["id"]


def seen_words(app: str, language: str) -> str:
    """What of a person's data an event of an app opened, in words; empty where none are known."""
    words: Words = _kinds_file()["seen"].get(app, {})
    return words.get(language) or words.get("id", "")


def who_decides() -> str:
    """Who decides where the law is unknown."""
    return said(_kinds_file()["decides"])


@cache
def tables() -> dict[str, Table]:
    """Every declared table with personal data by label, apps in the order of the layers."""
    return {
        label: _table(label, row)
        for declared in _declared()
        for label, row in declared["tables"].items()
    }


@cache
def of_nobody() -> dict[str, str]:
    """Tables that hold nobody's data, and what stands there instead."""
    return {
        label: why
        for declared in _declared()
        for label, why in (declared.get("nobody") or {}).items()
    }


def tables_of(kind: str) -> list[Table]:
    """The tables of one kind of record."""
    return [each for each in tables().values() if each.kind == kind]


def _declared() -> list[dict[str, Any]]:
    paths = [
        Path(config.path) / "personal.yaml"
        for config in apps.get_app_configs()
        if config.name.startswith("lindung.")
    ]
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths if path.exists()]


def _table(label: str, row: dict[str, Any]) -> Table:
    whose, along = row.get("whose") or (), row.get("along")
    return Table(
        label=label,
        kind=row["kind"],
        whose=(whose,) if isinstance(whose, str) else tuple(whose),
        along=(along["table"], along["by"]) if along else None,
        since=row.get("since", ""),
        then="blank" if "blank" in row else row["then"],
        blank=row.get("blank"),
        copy=tuple(row.get("copy", ())),
        left_out=row.get("left_out", ""),
    )


def parts() -> list[tuple[str, str]]:
    """Parts of the data that a breach may have opened, with what they are called."""
    language = (get_language() or "id").split("-")[0]
    return [(app, seen_words(app, language)) for app in _kinds_file()["seen"]]
