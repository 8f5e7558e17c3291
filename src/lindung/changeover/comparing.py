"""Both systems side by side: what the old one says today, beside what ours says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from lindung.changeover.bringing import STAGED, Opened, StagedRow, links_of, opened
from lindung.changeover.models import Import, Link, Staged
from lindung.changeover.understanding import READERS
from lindung.placement.models import Contract, Placement
from lindung.registry.models import Worker

_BATCH = 1_000
# Where a field of an export stands in our rows; what is not here is not compared.
_PLACES: dict[str, dict[str, str]] = {
    "persons": {
        "full_name": "full_name", "sex": "sex", "birth_date": "birth_date", "region": "region",
    },
    "placements": {
        "country": "country", "pathway": "pathway", "sector": "sector", "state": "state",
        "employer_name": "employer_name", "dest_region": "dest_region", "opened_on": "opened_on",
        "departed_on": "departed_on", "arrived_on": "arrived_on", "ended_on": "ended_on",
    },
    "contracts": {"signed_on": "signed_on", "starts_on": "starts_on", "ends_on": "ends_on"},
}  # fmt: skip
_MODELS: dict[str, Any] = {"persons": Worker, "placements": Placement, "contracts": Contract}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the systems do not agree.

    Attributes:
        what: ``new there`` (not brought in yet), ``gone there``, or ``differs``.
        line: in the old system's file; 0 where it is gone there.
        number: our public number; empty where it is not here.
        moved: whether the old system said something else when the row was brought in.
    """

    kind: str
    what: str
    line: int
    number: str
    field: str = ""
    theirs: str = ""
    ours: str = ""
    moved: bool = False


def differences(import_: Import) -> Iterator[Difference]:
    """Every difference between the staged export and our books, kind by kind."""
    for kind in _PLACES:
        seen: set[UUID] = set()
        rows = Staged.objects.filter(import_id=import_.id, kind=kind).order_by("line")
        for batch in batched(rows.values_list(*STAGED).iterator(_BATCH)):
            yield from _of(import_, kind, opened(batch), seen)
        yield from _gone(import_, kind, seen)


def batched(rows: Iterator[StagedRow]) -> Iterator[list[StagedRow]]:
    """Rows by the thousand."""
    while batch := list(islice(rows, _BATCH)):
        yield batch


def counted(found: Iterator[Difference]) -> tuple[list[Difference], Counter[str]]:
    """The differences and how many of each sort there are."""
    listed = list(found)
    return listed, Counter(f"{each.kind} {each.what}" for each in listed)


def _of(import_: Import, kind: str, rows: list[Opened], seen: set[UUID]) -> Iterator[Difference]:
    links = links_of(import_.source, rows)
    seen |= {each.id for each in links.values()}
    ours = _MODELS[kind].objects.in_bulk([each.subject for each in links.values()])
    for row in rows:
        link = links.get((kind, row.key))
        if link is None:
            yield Difference(kind, "new there", row.line, "")
            continue
        about = ours[link.subject]
        # What could not be so was left empty here as well: that is told in the report of the import.
        said = READERS[kind](row.values, on=import_.began_at.date()).values
        for field, name in _PLACES[kind].items():
            theirs, mine = said.get(field, ""), _text(getattr(about, name))
            if theirs and theirs != mine:
                moved = bytes(link.said) != row.said(link.id)
                yield Difference(
                    kind, "differs", row.line, _number(about), field, theirs, mine, moved
                )


def _gone(import_: Import, kind: str, seen: set[UUID]) -> Iterator[Difference]:
    links = Link.objects.filter(source=import_.source, kind=kind).values_list("id", "subject")
    ids = [subject for id_, subject in links if id_ not in seen]
    for start in range(0, len(ids), _BATCH):
        found = _MODELS[kind].objects.in_bulk(ids[start : start + _BATCH])
        for about in found.values():
            yield Difference(kind, "gone there", 0, _number(about))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(about: Any) -> str:
    return str(about.public_number if isinstance(about, Worker) else about.number)
